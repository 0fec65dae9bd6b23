"""Rows of alike terms: what an unrolled loop leaves, read at a symbolic position as one term.

The weights of 32 slots are 32 terms that differ in the slot's number alone. Where the one term behind
them is found, the row at a position is that term of the position: small, and a question about any
position is one question instead of 32. That the term is the right one is not argued but checked: put at
each position of the row, it has to give the very term that stands there.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.term.choice import ite
from harness.term.compare import eq
from harness.term.linear import combine
from harness.term.node import ONE, Term, const, memo, var
from harness.term.substitute import rebuild, substitute

POSITION = "(position)"
"""The symbol of the position in the term behind a row; it never leaves this module."""

SHORTEST = 3
"""Any two terms are alike, which says nothing."""

_rows: dict[tuple[Term, ...], Term | None] = memo()


def at_position(values: Sequence[Term], position: Term) -> Term:
    """Return the integer term ``values[position]``; the last of them where it is out of range."""
    last = len(values) - 1
    inside = position.lo is not None and position.lo >= 0 and position.hi is not None and position.hi <= last
    behind = behind_row(values) if inside else None
    if behind is not None:
        return substitute([behind], {_position(len(values)): position})[0]
    chosen = values[last]
    for place in reversed(range(last)):
        chosen = ite(eq(position, const(place)), values[place], chosen)
    return chosen


def behind_row(values: Sequence[Term]) -> Term | None:
    """Return the term over `POSITION` that is each of `values` at its position, None if there is none.

    What simplifies with the position's bounds holds of every position, so it holds at a term of them.
    """
    key = tuple(values)
    if key not in _rows:
        _rows[key] = _behind(key)
    return _rows[key]


def _position(length: int) -> Term:
    return var(POSITION, 0, length - 1)


def _behind(values: tuple[Term, ...]) -> Term | None:
    if len(values) < SHORTEST:
        return None
    symbol = _position(len(values))
    general = _Pattern(symbol, 1).of(values[1], values[2])
    if general is None:
        return None
    for place, expected in enumerate(values):
        if substitute([general], {symbol: const(place)})[0] is not expected:
            return None
    return general


class _Pattern:
    """Guesses the term behind two neighbours, of which the first stands at `place`."""

    def __init__(self, symbol: Term, place: int) -> None:
        self._symbol = symbol
        self._place = place
        self._known: dict[tuple[Term, Term], Term | None] = {}

    def of(self, one: Term, next_: Term) -> Term | None:
        """Return a term that is likely `one` and `next_` at their places; None where they are unlike."""
        if one is next_:
            return one
        pair = (one, next_)
        if pair not in self._known:
            self._known[pair] = self._guess(one, next_)
        return self._known[pair]

    def _guess(self, one: Term, next_: Term) -> Term | None:
        if one.op == "const" and next_.op == "const":
            step = next_.data - one.data
            return combine((step, self._symbol), (one.data - step * self._place, ONE))
        if one.op != next_.op or one.data != next_.data or len(one.args) != len(next_.args) or not one.args:
            return None
        parts = [self.of(a, b) for a, b in self._paired(one, next_)]
        found = [part for part in parts if part is not None]
        return rebuild(one, found) if len(found) == len(parts) else None

    def _paired(self, one: Term, next_: Term) -> list[tuple[Term, Term]]:
        """Pair the arguments: in order; of a conjunction, ordered by age, what is shared first."""
        if one.op != "and":
            return list(zip(one.args, next_.args, strict=True))
        shared = [arg for arg in one.args if arg in next_.args]
        rest = [[arg for arg in node.args if arg not in shared] for node in (one, next_)]
        return [(arg, arg) for arg in shared] + list(zip(*rest, strict=True))
