"""The EVM's operations on words, named like its opcodes.

A word is an integer term in ``[0, 2**256)``; arithmetic is exact arithmetic
followed by an explicit wrap, which vanishes where bounds exclude it. Arguments
are in the order in which the opcode takes them from the stack. Comparisons
return the words 0 and 1. An operation whose symbolic form has no finite exact
encoding raises `Unsupported`.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.term import boolean, compare
from harness.term.choice import ite
from harness.term.integer import iadd, idiv, imod, imul, ineg, isub, scale
from harness.term.linear import combine, map_leaves, parts
from harness.term.node import MAX_WORD, ONE, WORD, WORD_BITS, ZERO, Term, TermError, const
from harness.term.pack import bit, bit_and, bit_or, bit_xor, extract

HALF = WORD >> 1
TABLE_LIMIT = 257
"""A symbolic shift, position or exponent is resolved by a table of at most so many cases."""


class Unsupported(TermError):
    """An operation on symbolic operands for which there is no finite exact encoding."""

    def __init__(self, op: str) -> None:
        """Name the opcode."""
        super().__init__(f"{op} with these symbolic operands has no finite exact encoding")
        self.op = op


def wrap(term: Term, width: int) -> Term:
    """Return ``term mod 2**width``; nothing but `term` where its bounds are inside."""
    return imod(term, const(1 << width))


def narrow(word: Term, width: int) -> Term:
    """Return the lowest `width` bits of a word (what a cast to uintN keeps)."""
    return wrap(word, width)


def truth(word: Term) -> Term:
    """Return whether `word` is not zero, as a boolean."""
    return boolean.not_(compare.is_zero(word))


def word_of(condition: Term) -> Term:
    """Return the word 1 if `condition` holds, else 0."""
    return bit(condition)


def add(a: Term, b: Term) -> Term:
    """ADD."""
    return wrap(iadd(a, b), WORD_BITS)


def sub(a: Term, b: Term) -> Term:
    """SUB."""
    return wrap(isub(a, b), WORD_BITS)


def mul(a: Term, b: Term) -> Term:
    """MUL."""
    return wrap(imul(a, b), WORD_BITS)


def div(a: Term, b: Term) -> Term:
    """DIV; 0 for a zero divisor."""
    return idiv(a, b)


def mod(a: Term, b: Term) -> Term:
    """MOD; 0 for a zero divisor."""
    return imod(a, b)


def signed(word: Term) -> Term:
    """Return the integer that `word` means in two's complement."""
    if word.op == "ite":
        return map_leaves(word, signed, ite)
    if word.hi is not None and word.hi < HALF:
        return word
    if word.lo is not None and word.lo >= HALF:
        return combine((1, word), (-WORD, ONE))
    if word.op == "mod" and word.args[1].op == "const" and word.args[1].data == WORD:
        inner = word.args[0]
        if inner.lo is not None and inner.lo >= -HALF and inner.hi is not None and inner.hi < HALF:
            return inner
    return ite(compare.le(word, const(HALF - 1)), word, combine((1, word), (-WORD, ONE)))


def _magnitude(number: Term) -> Term:
    return ite(compare.lt(number, ZERO), ineg(number), number)


def sdiv(a: Term, b: Term) -> Term:
    """SDIV: truncates towards zero; 0 for a zero divisor."""
    x, y = signed(a), signed(b)
    quotient = idiv(_magnitude(x), _magnitude(y))
    negative = boolean.xor(compare.lt(x, ZERO), compare.lt(y, ZERO))
    return wrap(ite(negative, ineg(quotient), quotient), WORD_BITS)


def smod(a: Term, b: Term) -> Term:
    """SMOD: the sign is the dividend's; 0 for a zero divisor."""
    x = signed(a)
    remainder = imod(_magnitude(x), _magnitude(signed(b)))
    return wrap(ite(compare.lt(x, ZERO), ineg(remainder), remainder), WORD_BITS)


def addmod(a: Term, b: Term, n: Term) -> Term:
    """ADDMOD, the sum not wrapped; 0 for a zero modulus."""
    return imod(iadd(a, b), n)


def mulmod(a: Term, b: Term, n: Term) -> Term:
    """MULMOD, the product not wrapped; 0 for a zero modulus."""
    return imod(imul(a, b), n)


def lt(a: Term, b: Term) -> Term:
    """LT."""
    return bit(compare.lt(a, b))


def gt(a: Term, b: Term) -> Term:
    """GT."""
    return bit(compare.lt(b, a))


def slt(a: Term, b: Term) -> Term:
    """SLT."""
    return bit(compare.lt(signed(a), signed(b)))


def sgt(a: Term, b: Term) -> Term:
    """SGT."""
    return slt(b, a)


def eq(a: Term, b: Term) -> Term:
    """EQ."""
    return bit(compare.eq(a, b))


def iszero(a: Term) -> Term:
    """ISZERO."""
    return bit(compare.is_zero(a))


def and_(a: Term, b: Term) -> Term:
    """AND."""
    return bit_and(a, b)


def or_(a: Term, b: Term) -> Term:
    """OR."""
    return bit_or(a, b)


def xor(a: Term, b: Term) -> Term:
    """XOR."""
    return bit_xor(a, b)


def not_(a: Term) -> Term:
    """NOT."""
    return combine((MAX_WORD, ONE), (-1, a))


def byte(i: Term, x: Term) -> Term:
    """BYTE: the i-th byte of `x` from the most significant; 0 beyond the 31st."""
    return table("BYTE", i, 31, lambda n: extract(x, 8 * (31 - n), 8), ZERO)


def shl(shift: Term, x: Term) -> Term:
    """SHL; 0 for shifts of 256 and more."""
    return table("SHL", shift, 255, lambda n: wrap(scale(x, 1 << n), WORD_BITS), ZERO)


def shr(shift: Term, x: Term) -> Term:
    """SHR; 0 for shifts of 256 and more."""
    return table("SHR", shift, 255, lambda n: idiv(x, const(1 << n)), ZERO)


def sar(shift: Term, x: Term) -> Term:
    """SAR; all sign bits for shifts of 256 and more."""
    number = signed(x)
    shifted = table("SAR", shift, 254, lambda n: idiv(number, const(1 << n)), idiv(number, const(HALF)))
    return wrap(shifted, WORD_BITS)


def signextend(k: Term, x: Term) -> Term:
    """SIGNEXTEND: bit ``8 * k + 7`` of `x` copied upwards; `x` itself for k >= 31."""
    return table("SIGNEXTEND", k, 30, lambda n: _extended(x, 8 * (n + 1)), x)


def _extended(x: Term, width: int) -> Term:
    low = wrap(x, width)
    top = 1 << (width - 1)
    return ite(compare.le(low, const(top - 1)), low, combine((1, low), (WORD - 2 * top, ONE)))


def exp(base: Term, exponent: Term) -> Term:
    """EXP modulo 2**256, for a constant exponent, base 0 or 1, an even base, or a small bounded exponent."""
    if exponent.op == "const":
        return _power(base, exponent.data)
    if base.op != "const":
        return table("EXP", exponent, TABLE_LIMIT - 1, lambda n: _power(base, n), None)
    if base.data < 2:
        return ite(compare.is_zero(exponent), ONE, base)
    if base.data % 2:
        return table("EXP", exponent, TABLE_LIMIT - 1, lambda n: const(pow(base.data, n, WORD)), None)
    return table("EXP", exponent, WORD_BITS - 1, lambda n: const(pow(base.data, n, WORD)), ZERO)


def _power(base: Term, exponent: int) -> Term:
    if base.op == "const":
        return const(pow(base.data, exponent, WORD))
    result = ONE
    square = base
    while exponent:
        if exponent & 1:
            result = mul(result, square)
        exponent >>= 1
        square = mul(square, square) if exponent else square
    return result


def table(op: str, index: Term, last: int, entry: Callable[[int], Term], beyond: Term | None) -> Term:
    """Return ``entry(index)`` for ``0 <= index <= last``, and `beyond` above.

    `beyond` = None means that the table must cover the index's bounds; raises
    Unsupported where it does not.
    """
    if index.op == "ite":
        return map_leaves(index, lambda leaf: table(op, leaf, last, entry, beyond), ite)
    if index.op == "const":
        return _entry(op, index.data, last, entry, beyond)
    k, items = parts(index)
    item, c = next(iter(items.items()))
    if len(items) > 1 or c < 0 or item.lo is None:
        item, c, k = index, 1, 0
    lo = 0 if item.lo is None else item.lo
    end = (last - k) // c
    if item.hi is not None and item.hi <= end:
        return _search(item, lo, item.hi, lambda n: entry(c * n + k))
    if beyond is None:
        raise Unsupported(op)
    if end < lo:
        return beyond
    return ite(compare.le(item, const(end)), _search(item, lo, end, lambda n: entry(c * n + k)), beyond)


def _entry(op: str, number: int, last: int, entry: Callable[[int], Term], beyond: Term | None) -> Term:
    if number <= last:
        return entry(number)
    if beyond is None:
        raise Unsupported(op)
    return beyond


def _search(item: Term, lo: int, hi: int, entry: Callable[[int], Term]) -> Term:
    """Return ``entry(item)`` for an item in ``[lo, hi]``, by binary search."""
    if lo == hi:
        return entry(lo)
    middle = (lo + hi) // 2
    return ite(
        compare.le(item, const(middle)),
        _search(item, lo, middle, entry),
        _search(item, middle + 1, hi, entry),
    )
