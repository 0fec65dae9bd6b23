"""Comparisons as ranges: what each says about a linear form.

A comparison speaks about a linear form up to sign and constant (its *key*), and says that the form lies
in a range. Comparisons of one key decide each other.
"""

from __future__ import annotations

from typing import NamedTuple

from harness.term.node import Bound, Term, memo


class Form:
    """A linear form of several items, its first coefficient positive; equal forms are one object."""

    __slots__ = ()


Key = Term | Form
"""A linear form up to sign and constant; one item alone is its own."""


class Range(NamedTuple):
    """The integers of ``[lo, hi]`` (None = unbounded) without those in `holes`."""

    lo: Bound = None
    hi: Bound = None
    holes: frozenset[int] = frozenset()

    def meet(self, other: Range) -> Range:
        """Return the intersection, with holes at its ends cut off."""
        lo = self.lo if other.lo is None or (self.lo is not None and self.lo >= other.lo) else other.lo
        hi = self.hi if other.hi is None or (self.hi is not None and self.hi <= other.hi) else other.hi
        holes = self.holes | other.holes
        while lo is not None and lo in holes and (hi is None or lo <= hi):
            lo += 1
        while hi is not None and hi in holes and (lo is None or lo <= hi):
            hi -= 1
        return Range(lo, hi, holes)

    def empty(self) -> bool:
        """Say whether the bounds leave no integer."""
        return self.lo is not None and self.hi is not None and self.lo > self.hi

    def inside(self, other: Range) -> bool:
        """Say whether every integer of this range is surely in `other`."""
        if other.lo is not None and (self.lo is None or self.lo < other.lo):
            return False
        if other.hi is not None and (self.hi is None or self.hi > other.hi):
            return False
        return all(self._excludes(hole) for hole in other.holes)

    def _excludes(self, number: int) -> bool:
        below = self.lo is not None and number < self.lo
        above = self.hi is not None and number > self.hi
        return below or above or number in self.holes


_forms: dict[tuple[tuple[Term, ...], tuple[int, ...]], Form] = memo()
_keys: dict[Term, tuple[Key, int, int]] = memo()
_ranges: dict[Term, tuple[Key, Range] | None] = memo()


def form_key(term: Term) -> tuple[Key, int, int]:
    """Return (key, sign, k) such that ``term = sign * form + k`` for the key's linear form."""
    if term.op != "sum":
        return term, 1, 0
    found = _keys.get(term)
    if found is None:
        k, coefs = term.data[0], term.data[1:]
        sign = 1 if coefs[0] > 0 else -1
        found = _keys[term] = _form(term.args, coefs if sign > 0 else tuple(-c for c in coefs)), sign, k
    return found


def _form(items: tuple[Term, ...], coefs: tuple[int, ...]) -> Key:
    return items[0] if coefs == (1,) else _forms.setdefault((items, coefs), Form())


def literal_range(p: Term) -> tuple[Key, Range] | None:
    """Return the key of a comparison (or a negated one) and the range it puts it in; None for others."""
    if p in _ranges:
        return _ranges[p]
    result = None
    atom = p.args[0] if p.op == "not" else p
    if atom.op in ("le", "eq"):
        key, sign, k = form_key(atom.args[0])
        result = key, _range_of(atom.op, p.op == "not", sign, k)
    _ranges[p] = result
    return result


def _range_of(op: str, negated: bool, sign: int, k: int) -> Range:
    """Return the values of a form for which ``sign * form + k`` is = 0 or <= 0 (or not)."""
    edge = -k * sign
    if op == "eq":
        return Range(None, None, frozenset((edge,))) if negated else Range(edge, edge)
    if sign > 0:
        return Range(edge + 1, None) if negated else Range(None, edge)
    return Range(None, edge - 1) if negated else Range(edge, None)
