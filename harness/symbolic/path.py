"""Path conditions: what must have held for control to be here, and what that decides.

A path is a conjunction kept in the order in which branches were taken, because
where two paths first differ is the selector of their merge.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.term.core import FALSE, TRUE, Term, and_, ite, not_, or_
from harness.term.facts import Facts


class Path:
    """An immutable conjunction of conditions, with the facts that they state."""

    __slots__ = ("_condition", "conditions", "facts")

    def __init__(self, conditions: tuple[Term, ...] = (), facts: Facts | None = None) -> None:
        self.conditions = conditions
        self.facts = facts if facts is not None else Facts(_flat(conditions))
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
        return Path((*self.conditions, condition), self.facts.extended(_flat((condition,))))


def _flat(conditions: Sequence[Term]) -> list[Term]:
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
    return _common(left, shared).extended(remainder), selector


def _common(path: Path, length: int) -> Path:
    """The first `length` conditions of `path`."""
    return path if length == len(path.conditions) else Path(path.conditions[:length])


def impossible(path: Path) -> bool:
    """Whether the path is plainly contradictory."""
    return FALSE in path.facts.members
