"""Numbers that depend on the path taken: a tree of conditions with a constant at each leaf.

A number that is not known, but small (a length that was checked), is such a choice, too.

A leaf knows the path that leads to it, so whatever is read there is simplified by
all its conditions, one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from harness.symbolic.errors import Inexact, Unreachable
from harness.symbolic.path import Path, impossible
from harness.symbolic.simplify import refine_operand
from harness.term.core import Term, const, ite, le, not_
from harness.term.linear import affine_tree, map_leaves, parts

T = TypeVar("T")

MAX_LEAVES = 128

MAX_RANGE = 40
"""A number with at most so many values (and one) is a choice between them."""


class Leaf(NamedTuple):
    """A number, and the path on which it is the one."""

    number: int
    path: Path


class Fork(NamedTuple):
    """One choice where the condition holds, else another."""

    condition: Term
    then: Choice
    other: Choice


Choice = Leaf | Fork


def choices(term: Term, path: Path, what: str) -> Choice:
    """What numbers a term can be on a path. Raises Inexact, naming `what`, unless all are constants."""
    if term.op == "const":
        return Leaf(term.data, path)
    if not term.leaves:
        term = one_tree(refine_operand(term, path), path)
    if not term.leaves:
        raise Inexact(f"{what} is symbolic")
    room = [MAX_LEAVES]
    found = _walk(term, path, room)
    if found is None:
        raise Unreachable
    if room[0] < 0:
        raise Inexact(f"{what} has more than {MAX_LEAVES} choices")
    return found


def _walk(term: Term, path: Path, room: list[int]) -> Choice | None:
    """The choices of a tree on a path; None where the path is plainly impossible."""
    if impossible(path) or room[0] < 0:
        return None
    if term.op == "const":
        room[0] -= 1
        return Leaf(term.data, path)
    condition, then, other = term.args
    decided = path.decide(condition)
    if decided is not None:
        return _walk(then if decided else other, path, room)
    left = _walk(then, path.extended(condition), room)
    right = _walk(other, path.extended(not_(condition)), room)
    if left is None or right is None:
        return left or right
    return Fork(condition, left, right)


def fold(choice: Choice, at: Callable[[Leaf], T], join: Callable[[Term, T, T], T]) -> T:
    """Put together what `at` makes of the leaves."""
    if isinstance(choice, Leaf):
        return at(choice)
    return join(choice.condition, fold(choice.then, at, join), fold(choice.other, at, join))


def leaves(choice: Choice) -> list[Leaf]:
    """All leaves, from left to right."""
    return [choice] if isinstance(choice, Leaf) else leaves(choice.then) + leaves(choice.other)


def numbers(choice: Choice) -> list[int]:
    """The distinct numbers, ascending."""
    return sorted({leaf.number for leaf in leaves(choice)})


def without(choice: Choice, unwanted: Callable[[int], bool]) -> Choice | None:
    """The choice without leaves of unwanted numbers, where the path excludes those."""
    if isinstance(choice, Leaf):
        return None if unwanted(choice.number) else choice
    then, other = without(choice.then, unwanted), without(choice.other, unwanted)
    if then is None or other is None:
        return then or other
    return Fork(choice.condition, then, other)


def one_tree(term: Term, path: Path) -> Term:
    """A sum of choices and of small numbers as one choice between constants; other terms as they are."""
    k, items = parts(term)
    tree = const(k)
    for item, factor in items.items():
        choice = item if item.leaves else _enumerated(item, path)
        if choice is None or tree.leaves * choice.leaves > MAX_LEAVES:
            return term
        scaled = affine_tree(choice, factor, 0)
        tree = map_leaves(tree, lambda leaf, more=scaled: affine_tree(more, 1, leaf.data), ite)  # type: ignore[misc]
    return tree


def _enumerated(item: Term, path: Path) -> Term | None:
    """A number in a small range as a choice between constants."""
    least, most = path.facts.bounds(item)
    if least is None or most is None or most - least > MAX_RANGE:
        return None
    tree = const(most)
    for value in range(most - 1, least - 1, -1):
        tree = ite(le(item, const(value)), const(value), tree)
    return tree
