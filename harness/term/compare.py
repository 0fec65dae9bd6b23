"""Comparisons of integers: ``S = 0`` and ``S <= 0`` of a linear sum S, and nothing else.

Every comparison has one normal form: common factors divided out (with rounding,
for <=), sign chosen so that a comparison and its negation share an atom, packs
compared segment by segment, divisions and ite-trees over constants resolved.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.term.boolean import and_, choose, iff, not_, or_
from harness.term.linear import (
    Items,
    add_scaled,
    bounds,
    combine,
    content,
    cut,
    map_leaves,
    moduli,
    shifted,
    split,
    total,
)
from harness.term.node import FALSE, ONE, TRUE, ZERO, Term, TermError, boolean, const, make, memo

PUSH_HEIGHT = 48
"""A comparison is pushed into an ite only if the ite's chain is not longer than this."""
PUSH_ITEMS = 4
"""A comparison is pushed into an ite only if it has no more items than this."""

_Test = Callable[[Term], Term]

_zero: dict[Term, Term] = memo()
_negative: dict[Term, Term] = memo()


def eq(a: Term, b: Term) -> Term:
    """Return whether two terms of the same sort are equal."""
    if a.boolean != b.boolean:
        raise TermError("eq compares two integers or two booleans")
    if a is b:
        return TRUE
    if a.boolean:
        return iff(a, b)
    if a.op == b.op == "sum" and not set(a.args).isdisjoint(b.args):
        apart = _same_segments(a, b)
        if apart is not None:
            return apart
    return is_zero(_difference(a, b))


def _same_segments(a: Term, b: Term) -> Term | None:
    """Compare packed words by segments: in their difference, a term in two different segments would mix."""
    for modulus in sorted({*moduli(_opened(a)[1]), *moduli(_opened(b)[1])}):
        one, two = cut(a, modulus), cut(b, modulus)
        if one is not None and two is not None:
            return and_(eq(one[0], two[0]), eq(one[1], two[1]))
    return None


def le(a: Term, b: Term) -> Term:
    """Return ``a <= b`` of integers."""
    return TRUE if a is b else not_positive(_difference(a, b))


def lt(a: Term, b: Term) -> Term:
    """Return ``a < b`` of integers."""
    return FALSE if a is b else not_(not_positive(_difference(b, a)))


def _difference(a: Term, b: Term) -> Term:
    if b.op == "const":
        return shifted(a, -b.data)
    items: Items = {}
    k = add_scaled(0, items, a, 1)
    return total(add_scaled(k, items, b, -1), items)


def _opened(term: Term) -> tuple[int, Items]:
    items: Items = {}
    return add_scaled(0, items, term, 1), items


def is_zero(term: Term) -> Term:
    """Return ``term = 0``."""
    result = _zero.get(term)
    if result is None:
        result = _zero[term] = _is_zero(term)
    return result


def _is_zero(term: Term) -> Term:
    if (term.lo is not None and term.lo > 0) or (term.hi is not None and term.hi < 0):
        return FALSE
    if term.leaves:
        return map_leaves(term, lambda leaf: boolean(leaf.data == 0), choose)
    k, items = _opened(term)
    divisor = content(items)
    if k % divisor:
        return FALSE
    if divisor > 1:
        return is_zero(total(k // divisor, {item: c // divisor for item, c in items.items()}))
    if len(items) == 1:
        ((item, c),) = items.items()
        return _item_is(item, -k * c)
    quotient = _as_quotient(k, items)
    if quotient is not None:
        return _quotient_is(*quotient)
    if k > 0 or (k == 0 and items[min(items, key=_id)] < 0):
        return is_zero(total(-k, {item: -c for item, c in items.items()}))
    split_up = _parts_are_zero(k, items)
    if split_up is None:
        split_up = _unwrapped(k, items, is_zero)
    if split_up is None:
        split_up = _pushed(k, items, is_zero)
    return _atom("eq", term) if split_up is None else split_up


def _id(term: Term) -> int:
    return term.id


def _atom(op: str, term: Term) -> Term:
    return make(op, (term,), boolean=True)


def _item_is(item: Term, number: int) -> Term:
    """Return ``item = number``."""
    term = total(-number, {item: 1})
    if item.lo is not None and item.hi == item.lo + 1 and number == item.hi:
        return not_(is_zero(total(-item.lo, {item: 1})))
    if item.op == "ite":
        pushed = _pushed(-number, {item: 1}, is_zero)
        return _atom("eq", term) if pushed is None else pushed
    if item.op == "mod" and _is_only_way(item, number):
        return eq(item.args[0], total(number, {}))
    if number == 0 and item.op == "mul":
        return or_(*(is_zero(factor) for factor in item.args))
    if number == 0 and item.op == "bor":
        return and_(*(is_zero(part) for part in item.args))
    if number == 0 and item.op == "bxor":
        return eq(*item.args)
    if number == 0 and _is_quotient(item) and item.lo is not None and item.lo >= 0:
        return _quotient_bound(item.args[0], item.args[1].data, 1, 0)
    if _is_ratio(item):
        return and_(_ratio_bound(item, 1, -number), _ratio_bound(item, -1, number))
    return _atom("eq", term)


def _is_only_way(item: Term, number: int) -> bool:
    """Say whether ``inner mod m = number`` leaves ``inner = number`` only, by the bounds of `inner`."""
    inner, modulus = item.args
    if modulus.op != "const" or not 0 <= number < modulus.data or inner.lo is None or inner.hi is None:
        return False
    return bool(inner.lo > number - modulus.data and inner.hi < number + modulus.data)


def _is_quotient(item: Term) -> bool:
    """Say whether `item` is a division by a positive constant."""
    return item.op == "div" and item.args[1].op == "const" and item.args[1].data > 0


def _is_ratio(item: Term) -> bool:
    """Say whether `item` is a division by a term that is not negative."""
    if item.op != "div" or item.args[1].op == "const":
        return False
    return item.args[1].lo is not None and item.args[1].lo >= 0


def _ratio_bound(item: Term, sign: int, k: int) -> Term:
    """Return ``sign * floor(x / d) + k <= 0`` for d >= 0 without the division; 0 is what x / 0 gives."""
    x, divisor = item.args
    bound = combine((1, x), (1, ONE), (k - 1, divisor)) if sign > 0 else combine((k, divisor), (-1, x))
    return choose(is_zero(divisor), boolean(k <= 0), not_positive(bound))


def _parts_are_zero(k: int, items: Items) -> Term | None:
    """Split ``low + m * high = 0`` with \\|low\\| < m into ``low = 0 and high = 0``."""
    for modulus in moduli(items):
        (low_k, low), (high_k, high) = split(k, items, modulus)
        if not low:
            continue
        for carry in (0, 1):
            lo, hi = bounds(low_k - carry * modulus, low.items())
            if lo is not None and lo > -modulus and hi is not None and hi < modulus:
                return and_(
                    is_zero(total(low_k - carry * modulus, low)), is_zero(total(high_k + carry, high))
                )
    return None


def _pushed(k: int, items: Items, test: _Test) -> Term | None:
    """Push ``k + items`` into an ite among the items if the comparison folds in one of the arms."""
    if len(items) > PUSH_ITEMS:
        return None
    for item, c in items.items():
        if item.op != "ite" or item.leaves or item.height > PUSH_HEIGHT:
            continue
        condition, then, other = item.args
        rest = {other_item: other_c for other_item, other_c in items.items() if other_item is not item}
        arms = [_with(k, rest, c, arm) for arm in (then, other)]
        if any(_folds(arm, test) for arm in arms):
            return choose(condition, test(arms[0]), test(arms[1]))
    return None


def _unwrapped(k: int, items: Items, test: _Test) -> Term | None:
    """Take apart ``x mod m`` with x in ``[-m, m)``, as a checked subtraction leaves it, if one side folds."""
    for item, c in items.items():
        if item.op != "mod" or c not in (1, -1) or not _wraps_once(item):
            continue
        inner, modulus = item.args[0], item.args[1].data
        rest = {other: other_c for other, other_c in items.items() if other is not item}
        above, below = _with(k, rest, c, inner), _with(k + c * modulus, rest, c, inner)
        if _folds(below, test):
            return choose(le(ZERO, inner), test(above), test(below))
    return None


def _wraps_once(item: Term) -> bool:
    """Say whether ``x mod m``, m constant, is x or x + m by the bounds of x."""
    inner, modulus = item.args
    if modulus.op != "const" or inner.lo is None or inner.hi is None:
        return False
    return bool(-modulus.data <= inner.lo and inner.hi < modulus.data)


def _with(k: int, rest: Items, c: int, arm: Term) -> Term:
    items = dict(rest)
    return total(add_scaled(k, items, arm, c), items)


def _folds(term: Term, test: _Test) -> bool:
    """Say whether bounds alone decide the comparison of `term` (without building a term for it)."""
    above = term.lo is not None and term.lo > 0
    if test is is_zero:
        return above or term.op == "const" or (term.hi is not None and term.hi < 0)
    return above or (term.hi is not None and term.hi <= 0)


def not_positive(term: Term) -> Term:
    """Return ``term <= 0``."""
    result = _negative.get(term)
    if result is None:
        result = _negative[term] = _not_positive(term)
    return result


def _not_positive(term: Term) -> Term:
    lo, hi = term.lo, term.hi
    if hi is not None and hi <= 0:
        return TRUE
    if lo is not None and lo > 0:
        return FALSE
    if term.leaves:
        return map_leaves(term, lambda leaf: boolean(leaf.data <= 0), choose)
    if lo == 0:
        return is_zero(term)
    if hi == 1:
        return not_(is_zero(shifted(term, -1)))
    k, items = _opened(term)
    divisor = content(items)
    if divisor > 1:
        return not_positive(total(-(-k // divisor), {item: c // divisor for item, c in items.items()}))
    quotient = _as_quotient(k, items)
    if quotient is not None:
        return _quotient_bound(*quotient)
    if k > 0:
        return not_(not_positive(total(1 - k, {item: -c for item, c in items.items()})))
    if len(items) == 1:
        ((item, c),) = items.items()
        if _is_quotient(item):
            return _quotient_bound(item.args[0], item.args[1].data, c, k)
        if _is_ratio(item):
            return _ratio_bound(item, c, k)
    smaller = _without_low_part(k, items)
    if smaller is None:
        smaller = _unwrapped(k, items, not_positive)
    if smaller is None:
        smaller = _pushed(k, items, not_positive)
    return _atom("le", term) if smaller is None else smaller


def _quotient_bound(x: Term, divisor: int, factor: int, k: int) -> Term:
    """Return ``factor * floor(x / divisor) + k <= 0`` as a comparison of x."""
    if factor > 0:
        return le(x, const((-k // factor + 1) * divisor - 1))
    return le(const(-(k // factor) * divisor), x)


def _quotient_is(x: Term, divisor: int, factor: int, k: int) -> Term:
    """Return ``factor * floor(x / divisor) + k = 0`` as comparisons of x."""
    if k % factor:
        return FALSE
    number = -k // factor
    return and_(le(const(number * divisor), x), le(x, const(number * divisor + divisor - 1)))


def _as_quotient(k: int, items: Items) -> tuple[Term, int, int, int] | None:
    """Return (x, d, factor, shift) of ``c * (x - x mod d) + k = factor * floor(x / d) + shift``."""
    for item, c in items.items() if len(items) > 1 else ():
        if item.op != "mod" or item.args[1].op != "const":
            continue
        x_k, x_items = _opened(item.args[0])
        if len(items) == len(x_items) + 1 and all(items.get(x) == -c * x_c for x, x_c in x_items.items()):
            divisor = item.args[1].data
            return item.args[0], divisor, -c * divisor, k + c * x_k
    return None


def _without_low_part(k: int, items: Items) -> Term | None:
    """Return ``high <= 0`` for ``low + m * high <= 0`` with low in ``(-m, 0]``."""
    for modulus in moduli(items):
        (low_k, low), (high_k, high) = split(k, items, modulus)
        if not low:
            continue
        for carry in (0, 1):
            lo, hi = bounds(low_k - carry * modulus, low.items())
            if lo is not None and lo > -modulus and hi is not None and hi <= 0:
                return not_positive(total(high_k + carry, high))
    return None
