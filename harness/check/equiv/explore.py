"""Runs a model's transition on terms, along every path that it can take.

Where the transition asks for the truth of a term (an ``if``), the path taken so far answers if it can;
otherwise both answers are tried, each by running the transition anew from its beginning. Transitions are
pure functions, so that is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from harness.lang import Revert, Step
from harness.symbolic.errors import Unsupported
from harness.symbolic.path import Path
from harness.term.core import Term, not_
from harness.term.symbol import deciding

MOST_PATHS = 4096
"""A transition with more paths than this is not explored."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One path through a transition: the conditions in the order in which they were asked, and its end."""

    path: Path
    end: Step[Any] | Revert


def explore(run: Callable[[], Step[Any]], start: Path = Path()) -> Iterator[Leaf]:
    """Yield every path of ``run()`` that `start` doesn't exclude; together they are all of them.

    Paths come in the order of a walk that takes the true arm first. Some may be impossible for reasons that
    the path's facts don't show.

    Raises:
        Unsupported: if there are more than `MOST_PATHS`.
    """
    waiting: list[tuple[bool, ...]] = [()]
    found = 0
    while waiting:
        walk = _Walk(start, waiting.pop())
        with deciding(walk.decide):
            end = walk.run(run)
        found += 1
        if found > MOST_PATHS:
            raise Unsupported("model", -1, f"the model has more than {MOST_PATHS} paths")
        waiting += walk.others
        yield Leaf(walk.path, end)


class _Walk:
    """One run: the answers that it begins with are given, further ones are True."""

    def __init__(self, start: Path, given: tuple[bool, ...]) -> None:
        self.path = start
        self.others: list[tuple[bool, ...]] = []
        self._given = given
        self._answers: list[bool] = []

    def run(self, transition: Callable[[], Step[Any]]) -> Step[Any] | Revert:
        try:
            return transition()
        except Revert as refusal:
            return refusal

    def decide(self, condition: Term) -> bool:
        """Say which way this run goes, and remember that the other is to be walked."""
        known = self.path.decide(condition)
        if known is not None:
            return known
        place = len(self._answers)
        answer = self._given[place] if place < len(self._given) else True
        if place >= len(self._given):
            self.others.append((*self._answers, False))
        self._answers.append(answer)
        self.path = self.path.extended(condition if answer else not_(condition))
        return answer
