"""What the getters of public constants and variables tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.lang import Call, Int, Prop, all_of, either, iff, implies
from specs.common.frame import has_no_effect

Told = tuple[str, Prop, Sequence[Int]]
"""A getter, when it answers, and the words that it then answers."""


def getters_tell(before: Any, call: Call, after: Any, *getters: Told) -> Prop:
    """Return that a call of one of the getters answers what it should, when it should, and does nothing."""

    def right(answers: Prop, words: Sequence[Int]) -> Prop:
        told = all_of(call.returned(place) == word for place, word in enumerate(words))
        return iff(call.succeeds, answers) & implies(call.succeeds, told) & has_no_effect(before, call, after)

    def about(name: str, answers: Prop, words: Sequence[Int]) -> Prop:
        return either(call.is_call_of(name), lambda: right(answers, words), lambda: True)

    return all_of(about(*getter) for getter in getters)


def constants_tell(before: Any, call: Call, after: Any, constants: Mapping[str, int]) -> Prop:
    """Return that a call of a constant's getter answers the constant's value, and does nothing."""
    return getters_tell(before, call, after, *((name, True, (value,)) for name, value in constants.items()))
