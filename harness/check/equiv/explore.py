"""Runs a model's transition on terms, along every path that it can take.

Where the transition asks for the truth of a term (an ``if``), the path taken so far answers if it can;
otherwise both answers are tried, each by running the transition anew from its beginning. Transitions are
pure functions, so that is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.lang import Revert, Step
from harness.symbolic.errors import Unsupported
from harness.symbolic.path import Extensions, Path, flattened
from harness.term.context import simplify_under
from harness.term.core import FALSE, TRUE, Term, and_, not_
from harness.term.facts import Facts
from harness.term.node import memo
from harness.term.symbol import deciding
from harness.term.touch import bits_of, fact_bits
from harness.term.walk import postorder

MOST_PATHS = 4096
"""A transition with more paths than this is not explored."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One path through a transition: the conditions in the order in which they were asked, and its end."""

    path: Path
    end: Step[Any] | Revert


ANYWHERE = Path()


def explore(run: Callable[[], Step[Any]], start: Path = ANYWHERE) -> Iterator[Leaf]:
    """Yield every path of ``run()`` that `start` doesn't exclude; together they are all of them.

    Paths come in the order of a walk that takes the true arm first. Some may be impossible for reasons that
    the path's facts don't show.

    Raises:
        Unsupported: if there are more than `MOST_PATHS`.
    """
    waiting: list[tuple[bool, ...]] = [()]
    known = Known()
    found = 0
    while waiting:
        walk = _Walk(start, waiting.pop(), known)
        with deciding(walk.decide):
            end = walk.run(run)
        found += 1
        if found > MOST_PATHS:
            raise Unsupported("model", -1, f"the model has more than {MOST_PATHS} paths")
        waiting += walk.others
        yield Leaf(walk.path, end)


class Known:
    """What conditions come to on paths: walks that begin alike ask alike."""

    def __init__(self) -> None:
        self.extensions = Extensions()
        self._simple: dict[tuple[Path, Term], Term] = {}

    def simple(self, condition: Term, path: Path) -> Term:
        """Return what a condition comes to on a path."""
        key = path, condition
        found = self._simple.get(key)
        if found is None:
            found = self._simple[key] = settled(condition, path)
        return found


class _Walk:
    """One run: the answers that it begins with are given, further ones are True."""

    def __init__(self, start: Path, given: tuple[bool, ...], known: Known) -> None:
        self.path = start
        self.others: list[tuple[bool, ...]] = []
        self._given = given
        self._answers: list[bool] = []
        self._known = known

    def run(self, transition: Callable[[], Step[Any]]) -> Step[Any] | Revert:
        try:
            return transition()
        except Revert as refusal:
            return refusal

    def decide(self, condition: Term) -> bool:
        """Say which way this run goes, and remember that the other is to be walked."""
        simple = self._known.simple(condition, self.path)
        if simple is TRUE or simple is FALSE:
            return simple is TRUE
        place = len(self._answers)
        answer = self._given[place] if place < len(self._given) else True
        if place >= len(self._given):
            self.others.append((*self._answers, False))
        self._answers.append(answer)
        self.path = self._known.extensions.of(self.path, simple if answer else not_(simple))
        return answer


def settled(condition: Term, path: Path) -> Term:
    """Return a condition simplified by the path, and by its own parts: each by what the others say."""
    simple = simplify_under(condition, path.facts)
    if simple.op != "and":
        return simple
    parts = list(simple.args)
    for place, part in enumerate(parts):
        others = _with_a_say(part, flattened([*parts[:place], *parts[place + 1 :]]))
        if others:
            parts[place] = simplify_under(part, path.facts.extended(others))
    return and_(*parts)


def _with_a_say(part: Term, others: Sequence[Term]) -> list[Term]:
    """Return those of other conditions that can have a say in a term."""
    bits = bits_of(part)
    return [other for other in others if fact_bits(other) & bits]


def refined(path: Path) -> Path:
    """Return the same path with each condition simplified by all others, later ones too."""
    parts = flat(path)
    for place, part in enumerate(parts):
        if any(path.facts.decide(condition) is not None for condition in _conditions(part)):
            parts[place] = _by_others(part, flattened([*parts[:place], *parts[place + 1 :]]))
    # What was simplified by the old conditions need not be simplified again by the same ones.
    return Path(tuple(parts), path.facts.extended(flattened(parts)))


_simpler: dict[tuple[Term, ...], Term] = memo()


def _by_others(part: Term, others: Sequence[Term]) -> Term:
    """Return a condition simplified by those others that have a say in it: on many paths the same ones."""
    while True:
        key = (part, *_with_a_say(part, others))
        simple = _simpler.get(key)
        if simple is None:
            simple = _simpler[key] = simplify_under(part, Facts(key[1:]))
        if simple is part:
            return part
        part = simple


def flat(path: Path) -> list[Term]:
    """Return the conditions of a path, conjunctions taken apart."""
    return list(dict.fromkeys(flattened(path.conditions)))


_inner: dict[Term, list[Term]] = memo()


def _conditions(term: Term) -> list[Term]:
    """Return the conditions inside a condition (not those between the leaves of constant choices)."""
    found = _inner.get(term)
    if found is None:
        nodes = postorder((term,))
        choices = [node.args[0] for node in nodes if node.op == "ite" and not node.leaves]
        joined = [arg for node in nodes if node.op == "and" for arg in node.args]
        found = _inner[term] = list(dict.fromkeys([*choices, *joined]))
    return found
