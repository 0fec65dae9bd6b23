"""Path conditions: what must have held for control to be here, and what that decides.

A path is a conjunction kept in the order in which branches were taken, because
where two paths first differ is the selector of their merge.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.term.core import FALSE, TRUE, Term, and_, ite, not_, or_
from harness.term.facts import Facts


class Path:
    """An immutable conjunction of conditions, with the facts that they state.

    `facts` may say it in more ways, if they say no more than the conditions.
    """

    __slots__ = ("_before", "_condition", "conditions", "facts")

    def __init__(
        self, conditions: tuple[Term, ...] = (), facts: Facts | None = None, before: Path | None = None
    ) -> None:
        self.conditions = conditions
        self.facts = facts if facts is not None else Facts(flattened(conditions))
        self._before = before
        self._condition: Term | None = None

    @property
    def condition(self) -> Term:
        """The conjunction as one boolean term."""
        if self._condition is None:
            self._condition = and_(*self.conditions)
        return self._condition

    def decide(self, condition: Term) -> bool | None:
        """What the path makes of `condition`, as far as that is seen without a solver."""
        return self.facts.decide(condition)

    def extended(self, condition: Term) -> Path:
        """This path and `condition`; itself where it already says so."""
        if condition is TRUE or condition in self.facts.members:
            return self
        return Path((*self.conditions, condition), self.facts.extended(flattened((condition,))), self)

    def first(self, length: int) -> Path:
        """The path of the first `length` conditions."""
        path: Path | None = self
        while path is not None and len(path.conditions) > length:
            path = path._before
        return path if path is not None else Path(self.conditions[:length])


class Extensions:
    """How paths went on: what begins alike is one path, so that terms are simplified on it once."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, Term], Path] = {}

    def of(self, path: Path, condition: Term) -> Path:
        """The path and a condition, the same object each time."""
        key = path, condition
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = path.extended(condition)
        return found


def flattened(conditions: Sequence[Term]) -> list[Term]:
    """Conditions with conjunctions taken apart."""
    return [part for found in conditions for part in (found.args if found.op == "and" else (found,))]


def shared_length(left: Path, right: Path) -> int:
    """How many leading conditions two paths share."""
    count = 0
    for one, other in zip(left.conditions, right.conditions, strict=False):
        if one is not other:
            break
        count += 1
    return count


def join(left: Path, right: Path) -> tuple[Path, Term]:
    """Return the path that holds iff one of two *disjoint* paths does, and a selector.

    Under the joined path, the selector is true exactly on `left`. It is the first
    condition that differs where the two are complementary, else the conjunction
    of the shorter side's remainder: exact because the paths are disjoint.
    """
    shared = shared_length(left, right)
    mine, other = left.conditions[shared:], right.conditions[shared:]
    if mine and other and mine[0] is not_(other[0]):
        selector = mine[0]
        remainder = ite(selector, and_(*mine[1:]), and_(*other[1:]))
    else:
        here, there = and_(*mine), and_(*other)
        selector = here if len(mine) <= len(other) else not_(there)
        remainder = or_(here, there)
    return left.first(shared).extended(remainder), selector


def impossible(path: Path) -> bool:
    """Whether the path is plainly contradictory."""
    return FALSE in path.facts.members
