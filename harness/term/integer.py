"""Exact arithmetic on mathematical integers, as specifications use it.

Division and remainder are Python's (floor; the remainder has the divisor's
sign), except that ``x div 0 = 0`` and ``x mod 0 = 0``, as on the EVM.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from math import gcd
from typing import TypeGuard

from harness.term.choice import ite
from harness.term.compare import eq, le
from harness.term.linear import (
    Items,
    add_scaled,
    bounds,
    combine,
    content,
    cut,
    map_leaves,
    moduli,
    parts,
    shifted,
    split,
    total,
)
from harness.term.node import ONE, ZERO, Bound, Term, const, make, memo

OPAQUE = frozenset({"var", "apply", "band", "bor", "bxor"})
"""Operations that no arithmetic rule looks into."""

_products: dict[tuple[Term, Term], Term] = memo()
_quotients: dict[tuple[Term, Term], Term] = memo()
_remainders: dict[tuple[Term, Term], Term] = memo()


def iadd(a: Term, b: Term) -> Term:
    """Return ``a + b``."""
    if b.op == "const":
        return shifted(a, b.data)
    if a.op == "const":
        return shifted(b, a.data)
    return combine((1, a), (1, b))


def isub(a: Term, b: Term) -> Term:
    """Return ``a - b``."""
    if b.op == "const":
        return shifted(a, -b.data)
    return combine((1, a), (-1, b))


def ineg(a: Term) -> Term:
    """Return ``-a``."""
    return combine((-1, a))


def imin(a: Term, b: Term) -> Term:
    """Return the smaller of `a` and `b`."""
    return ite(le(a, b), a, b)


def imax(a: Term, b: Term) -> Term:
    """Return the greater of `a` and `b`."""
    return ite(le(a, b), b, a)


def scale(term: Term, factor: int) -> Term:
    """Return ``factor * term``."""
    return combine((factor, term))


def imul(a: Term, b: Term) -> Term:
    """Return ``a * b``."""
    if a.op == "const":
        return scale(b, a.data)
    if b.op == "const":
        return scale(a, b.data)
    if b.id < a.id:
        a, b = b, a
    result = _products.get((a, b))
    if result is None:
        result = _products[a, b] = _product(a, b)
    return result


def _product(a: Term, b: Term) -> Term:
    for x, y in ((a, b), (b, a)):
        if x.leaves:
            return map_leaves(x, partial(imul, y), ite)
        if x.op == "ite" and ZERO in x.args:
            return ite(x.args[0], imul(x.args[1], y), imul(x.args[2], y))
    factor = 1
    factors: list[Term] = []
    for term in (a, b):
        k, items = parts(term)
        common = gcd(content(items), k)
        factor *= common
        primitive = total(k // common, {item: c // common for item, c in items.items()})
        factors += primitive.args if primitive.op == "mul" else (primitive,)
    if factor > 1:
        product = ONE
        for term in factors:
            product = imul(product, term)
        return scale(product, factor)
    return raw_product(factors)


def raw_product(factors: list[Term]) -> Term:
    """Return the product node of non-constant, primitive factors."""
    if len(factors) == 1:
        return factors[0]
    ordered = tuple(sorted(factors, key=lambda term: term.id))
    lo, hi = ordered[0].lo, ordered[0].hi
    for term in ordered[1:]:
        lo, hi = _product_bounds((lo, hi), (term.lo, term.hi))
    if len(ordered) == 2 and ordered[0] is ordered[1]:
        lo = max(0, lo) if lo is not None else 0
    return make("mul", ordered, None, lo, hi)


def _product_bounds(a: tuple[Bound, Bound], b: tuple[Bound, Bound]) -> tuple[Bound, Bound]:
    """Return the interval of a product from those of its factors."""
    (a_lo, a_hi), (b_lo, b_hi) = a, b
    if a_lo is not None and a_hi is not None and b_lo is not None and b_hi is not None:
        corners = (a_lo * b_lo, a_lo * b_hi, a_hi * b_lo, a_hi * b_hi)
        return min(corners), max(corners)
    if a_lo is not None and a_lo >= 0 and b_lo is not None and b_lo >= 0:
        return a_lo * b_lo, None
    return None, None


def idiv(x: Term, d: Term) -> Term:
    """Return ``floor(x / d)``, and 0 where `d` is 0."""
    if d.op == "const":
        if d.data < 0:
            x, d = ineg(x), const(-d.data)
        if d.data < 2:
            return x if d.data else ZERO
        if x.op == "const":
            return const(x.data // d.data)
    key = (x, d)
    result = _quotients.get(key)
    if result is None:
        result = _quotients[key] = _by_constant(x, d.data) if d.op == "const" else _by_term(x, d)
    return result


def _by_constant(x: Term, d: int) -> Term:
    """Return ``floor(x / d)`` for d > 1."""
    if x.op == "ite":
        return map_leaves(x, lambda leaf: idiv(leaf, const(d)), ite)
    if x.op in OPAQUE:
        return const(x.lo // d) if _one_quotient(x.lo, x.hi, d) else _quotient(x, const(d))
    k, items = parts(x)
    (low_k, low), (high_k, high) = split(k, items, d)
    if high or high_k:
        return total(add_scaled(high_k, high, idiv(total(low_k, low), const(d)), 1), high)
    if _one_quotient(x.lo, x.hi, d):
        return const(x.lo // d)
    common = gcd(content(items), d)
    if common > 1:
        return idiv(total(k // common, {item: c // common for item, c in items.items()}), const(d // common))
    for modulus in moduli(items):
        if d % modulus == 0:
            pieces = cut(x, modulus)
            if pieces is not None:
                return idiv(pieces[1], const(d // modulus))
    if len(items) == 1:
        return _by_constant_of_item(next(iter(items)), k, x, d)
    return _quotient(x, const(d))


def _by_constant_of_item(item: Term, k: int, x: Term, d: int) -> Term:
    """Return ``floor((c * item + k) / d)``, where `x` is the dividend."""
    if (
        item.op in ("div", "mod")
        and item.args[1].op == "const"
        and item.args[1].data > 0
        and parts(x)[1][item] == 1
    ):
        inner, divisor = item.args[0], item.args[1].data
        if item.op == "div":
            return idiv(combine((1, inner), (k * divisor, ONE)), const(divisor * d))
        if not k and divisor % d == 0:
            return imod(idiv(inner, const(d)), const(divisor // d))
    return _quotient(x, const(d))


def _one_quotient(lo: Bound, hi: Bound, d: int) -> TypeGuard[int]:
    """Say whether every number in ``[lo, hi]`` has the same quotient by d."""
    return lo is not None and hi is not None and lo // d == hi // d


def _by_term(x: Term, d: Term) -> Term:
    """Return ``floor(x / d)`` for a divisor that is no constant."""
    if x is ZERO:
        return ZERO
    if d.leaves:
        return map_leaves(d, lambda leaf: idiv(x, leaf), ite)
    if x.op == "ite" and ZERO in x.args:
        return ite(x.args[0], idiv(x.args[1], d), idiv(x.args[2], d))
    if d.op == "ite" and "const" in (d.args[1].op, d.args[2].op):
        return ite(d.args[0], idiv(x, d.args[1]), idiv(x, d.args[2]))
    k, items = parts(x)
    if len(items) == 1 and not k:
        ((item, c),) = items.items()
        factors = Counter(item.args if item.op == "mul" else (item,))
        divisors = Counter(d.args if d.op == "mul" else (d,))
        if divisors <= factors:
            left = list((factors - divisors).elements())
            rest = scale(raw_product(left), c) if left else const(c)
            return ite(eq(d, ZERO), ZERO, rest)
    return _quotient(x, d)


def _quotient(x: Term, d: Term) -> Term:
    """Return the division node, with its bounds."""
    lo: Bound = None
    hi: Bound = None
    if x.lo is not None and x.hi is not None:
        hi = max(abs(x.lo), abs(x.hi))
        lo = -hi
        if d.lo is not None and d.lo > 0:
            lo = x.lo // d.lo if x.lo < 0 else (0 if d.hi is None else x.lo // d.hi)
            hi = x.hi // d.lo if x.hi >= 0 or d.hi is None else x.hi // d.hi
            hi = max(hi, -1) if d.hi is None and x.hi < 0 else hi
        elif d.lo is not None and d.lo >= 0:
            lo, hi = min(0, x.lo), max(0, x.hi)
    elif x.lo is not None and x.lo >= 0 and d.lo is not None and d.lo >= 0:
        lo = 0
    return make("div", (x, d), None, lo, hi)


def imod(x: Term, d: Term) -> Term:
    """Return ``x - d * floor(x / d)`` (the sign is the divisor's), and 0 where `d` is 0."""
    if d.op == "const":
        if d.data < 0:
            return ineg(imod(ineg(x), const(-d.data)))
        if d.data < 2:
            return ZERO
        if x.op == "const":
            return const(x.data % d.data)
        if x.lo is not None and x.lo >= 0 and x.hi is not None and x.hi < d.data:
            return x
    key = (x, d)
    result = _remainders.get(key)
    if result is None:
        result = _remainders[key] = _mod_constant(x, d.data) if d.op == "const" else _mod_term(x, d)
    return result


def _mod_term(x: Term, d: Term) -> Term:
    """Return the remainder by a divisor that is no constant."""
    if x is ZERO or x is d:
        return ZERO
    if x.lo is not None and x.lo >= 0 and x.hi is not None and d.lo is not None and x.hi < d.lo:
        return x
    if d.leaves:
        return map_leaves(d, lambda leaf: imod(x, leaf), ite)
    lo: Bound = None
    hi: Bound = None
    if d.lo is not None and d.lo >= 0:
        lo = 0
        hi = None if d.hi is None else max(d.hi - 1, 0)
        if x.lo is not None and x.lo >= 0 and x.hi is not None:
            hi = x.hi if hi is None else min(hi, x.hi)
    elif d.lo is not None and d.hi is not None:
        lo, hi = min(0, d.lo + 1), max(0, d.hi - 1)
    return make("mod", (x, d), None, lo, hi)


def _mod_constant(x: Term, d: int) -> Term:
    """Return ``x mod d`` for d > 1."""
    if x.op == "ite":
        return map_leaves(x, lambda leaf: imod(leaf, const(d)), ite)
    if x.op in OPAQUE and not _one_quotient(x.lo, x.hi, d):
        return make("mod", (x, const(d)), None, 0, d - 1)
    k, items = _reduced(x, d)
    lo, hi = bounds(k, items.items())
    if _one_quotient(lo, hi, d):
        return total(k - lo // d * d, items)
    common = gcd(content(items), d)
    if common > 1:
        rest = total(k // common, {item: c // common for item, c in items.items()})
        return combine((common, imod(rest, const(d // common))), (k % common, ONE))
    term = total(k, items)
    for modulus in reversed(moduli(items)):
        if d % modulus == 0:
            pieces = cut(term, modulus)
            if pieces is not None:
                return combine((1, pieces[0]), (modulus, imod(pieces[1], const(d // modulus))))
    if term.op == "ite":
        return imod(term, const(d))
    return make("mod", (term, const(d)), None, 0, d - 1)


def _reduced(x: Term, d: int) -> tuple[int, Items]:
    """Return a sum congruent to `x` modulo d, with small coefficients and no needless inner remainder."""
    k, items = parts(x)
    while True:
        opened: Items = {}
        k = _symmetric(k, d)
        changed = False
        for item, c in items.items():
            inner = _congruent(item, _symmetric(c, d), d)
            changed = changed or inner is not item
            k = add_scaled(k, opened, inner, _symmetric(c, d))
        items = {item: _symmetric(c, d) for item, c in opened.items() if c % d}
        if not changed:
            return _symmetric(k, d), items


def _symmetric(number: int, d: int) -> int:
    """Return the representative of `number` modulo d in ``(-d/2, d/2]``."""
    residue = number % d
    return residue - d if 2 * residue > d else residue


def _congruent(item: Term, c: int, d: int) -> Term:
    """Return t with ``c * t = c * item`` modulo d, without a remainder that d makes needless."""
    if item.op == "mod" and item.args[1].op == "const" and c * item.args[1].data % d == 0:
        return item.args[0]
    if item.op == "mul":
        factors = [_congruent(factor, c, d) for factor in item.args]
        if any(new is not old for new, old in zip(factors, item.args, strict=True)):
            product = ONE
            for factor in factors:
                product = imul(product, factor)
            return product
    return item
