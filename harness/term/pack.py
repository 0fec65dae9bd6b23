"""Words as packed segments: masks, shifts and bitwise operations taken apart.

A packed word is a linear sum whose summands occupy disjoint ranges of bits, so
this module only finds the ranges. Bitwise operations work range by range; where
both operands are opaque in a range, `band`, `bor` and `bxor` nodes remain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from harness.term.boolean import and_, not_, or_, xor
from harness.term.choice import ite
from harness.term.compare import is_zero
from harness.term.integer import idiv, imod
from harness.term.linear import Items, add_scaled, combine, cut, map_leaves, places, total
from harness.term.node import ONE, ZERO, Term, TermError, const, make, memo


class Segment(NamedTuple):
    """`term`, with ``0 <= term < 2**width``, at bit `offset` of a word."""

    offset: int
    width: int
    term: Term


def pack(segments: Iterable[Segment | tuple[int, int, Term]]) -> Term:
    """Return the number with those segments and zeros elsewhere.

    Raises TermError if segments overlap or a term does not fit its width.
    """
    items: Items = {}
    k = end = 0
    for offset, width, term in sorted(segments, key=lambda segment: segment[0]):
        if offset < end or not fits(term, width):
            raise TermError(
                f"segment of {width} bits at bit {offset} overlaps another or its term does not fit"
            )
        k = add_scaled(k, items, term, 1 << offset)
        end = offset + width
    return total(k, items)


def fits(term: Term, width: int) -> bool:
    """Say whether bounds show ``0 <= term < 2**width``."""
    return term.lo is not None and term.lo >= 0 and term.hi is not None and term.hi < 1 << width


def segments(term: Term) -> tuple[Segment, ...]:
    """Take a bounded non-negative term apart into its segments, lowest first; zeros are left out.

    Raises TermError for a term that may be negative or has no bound.
    """
    if term.lo is None or term.lo < 0 or term.hi is None:
        raise TermError(f"not a packed word: {term!r} may be negative or unbounded")
    found: list[Segment] = []
    offset = 0
    rest = term
    while rest is not ZERO:
        low, rest, shift = _lowest(rest)
        if low is not ZERO:
            assert low.hi is not None
            found.append(Segment(offset, low.hi.bit_length(), low))
        offset += shift
    return tuple(found)


def _lowest(term: Term) -> tuple[Term, Term, int]:
    """Return (low, high, shift) with ``term = low + high * 2**shift``, low the lowest separable segment."""
    for modulus in places(term):
        shift = (modulus & -modulus).bit_length() - 1
        pieces = cut(term, 1 << shift) if shift else None
        if pieces is not None:
            return pieces[0], pieces[1], shift
    return term, ZERO, 0


def extract(term: Term, offset: int, width: int) -> Term:
    """Return bits ``offset .. offset + width - 1`` of `term` as a number."""
    if term.op == "const":
        return const(term.data >> offset & ((1 << width) - 1))
    return imod(idiv(term, const(1 << offset)) if offset else term, const(1 << width))


_Piecewise = Callable[[Term, Term, int], Term]

_results: dict[tuple[_Piecewise, Term, Term], Term] = memo()
_ends: dict[Term, list[int]] = memo()


def bit_and(a: Term, b: Term) -> Term:
    """Return the bitwise conjunction of two non-negative numbers."""
    return _piecewise(a, b, _and_piece)


def bit_or(a: Term, b: Term) -> Term:
    """Return the bitwise disjunction of two non-negative numbers."""
    return _piecewise(a, b, _or_piece)


def bit_xor(a: Term, b: Term) -> Term:
    """Return the bitwise exclusive disjunction of two non-negative numbers."""
    return _piecewise(a, b, _xor_piece)


def _piecewise(a: Term, b: Term, piece: _Piecewise) -> Term:
    """Apply `piece(a's bits, b's bits, width)` to each range in which neither operand comes apart further."""
    if b.op == "const":
        a, b = b, a
    if b.op == "const":
        return piece(a, b, max(_width(a), _width(b)))
    masked = piece is _and_piece and a.op == "const"
    if masked and not a.data & (a.data + 1) and fits(b, a.data.bit_length()):
        return b  # a mask of all the bits that there are
    key = (piece, a, b)
    result = _results.get(key)
    if result is None:
        items: Items = {}
        k = 0
        for offset, width in _ranges(a, b):
            if masked and not a.data >> offset & 1:
                continue  # what is masked out need not be made
            part = piece(extract(a, offset, width), extract(b, offset, width), width)
            k = add_scaled(k, items, part, 1 << offset)
        result = _results[key] = total(k, items)
    return result


def _ranges(a: Term, b: Term) -> list[tuple[int, int]]:
    """Return the (offset, width) of each range in which neither operand comes apart."""
    top = max(_width(a), _width(b))
    ends = {0, *_places(b)}
    if a.op != "const":
        ends.update(_places(a))
    else:
        changes = a.data ^ (a.data << 1)
        while changes:
            ends.add((changes & -changes).bit_length() - 1)
            changes &= changes - 1
    edges = [*sorted(place for place in ends if place < top), top]
    return [(offset, end - offset) for offset, end in pairwise(edges)]


def _width(term: Term) -> int:
    if term.lo is None or term.lo < 0 or term.hi is None:
        raise TermError(f"bitwise operation on {term!r}, which may be negative or unbounded")
    return term.hi.bit_length()


def _places(term: Term) -> list[int]:
    """Return the bits at which a term that is no constant comes apart: the ends of its segments."""
    found = _ends.get(term)
    if found is None:
        found = _ends[term] = [place for s in segments(term) for place in (s.offset, s.offset + s.width)]
    return found


def _is_bit(term: Term) -> bool:
    return term.lo is not None and term.lo >= 0 and term.hi is not None and term.hi <= 1


def bit(condition: Term) -> Term:
    """Return 1 if `condition` holds, else 0."""
    return ite(condition, ONE, ZERO)


def _holds(term: Term) -> Term:
    return not_(is_zero(term))


def _and_piece(a: Term, b: Term, width: int) -> Term:
    if a.op == b.op == "const":
        return const(a.data & b.data)
    for one, other in ((a, b), (b, a)):
        if one is ZERO or one is other:
            return one
        if one.op == "const" and one.data == (1 << width) - 1:
            return other
    if _is_bit(a) and _is_bit(b):
        return bit(and_(_holds(a), _holds(b)))
    for one, other in ((a, b), (b, a)):
        if one.op == "ite" and (one.leaves or one.args[1].op == "const" or one.args[2].op == "const"):
            return map_leaves(one, partial(bit_and, other), ite)
    assert a.hi is not None
    assert b.hi is not None
    return make("band", (a, b) if a.id < b.id else (b, a), None, 0, min(a.hi, b.hi))


def _or_piece(a: Term, b: Term, width: int) -> Term:
    if a.op == b.op == "const":
        return const(a.data | b.data)
    for one, other in ((a, b), (b, a)):
        if one is ZERO or one is other:
            return other
        if one.op == "const" and one.data == (1 << width) - 1:
            return one
    if _is_bit(a) and _is_bit(b):
        return bit(or_(_holds(a), _holds(b)))
    for one, other in ((a, b), (b, a)):
        if one.op == "ite" and (one.leaves or ZERO in one.args):
            return map_leaves(one, partial(bit_or, other), ite)
    assert a.lo is not None
    assert b.lo is not None
    return make("bor", (a, b) if a.id < b.id else (b, a), None, max(a.lo, b.lo), (1 << width) - 1)


def _xor_piece(a: Term, b: Term, width: int) -> Term:
    if a.op == b.op == "const":
        return const(a.data ^ b.data)
    for one, other in ((a, b), (b, a)):
        if one is ZERO:
            return other
        if one.op == "const" and one.data == (1 << width) - 1:
            return combine((1, one), (-1, other))
    if a is b:
        return ZERO
    if _is_bit(a) and _is_bit(b):
        return bit(xor(_holds(a), _holds(b)))
    for one, other in ((a, b), (b, a)):
        if one.leaves:
            return map_leaves(one, partial(bit_xor, other), ite)
    return make("bxor", (a, b) if a.id < b.id else (b, a), None, 0, (1 << width) - 1)
