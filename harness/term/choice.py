"""Choice between integers: ``ite(condition, then, else)``.

What both arms share is taken out (common summands, common factors, equal or
separable segments of packed words), an arm that knows its condition is
simplified by it, and nested choices are brought into one order:
``ite(not c and s, x, ite(c, X, Y))`` is ``ite(c, X, ite(s, x, Y))``.
"""

from __future__ import annotations

from math import gcd

from harness.term.boolean import and_, assume, choose, not_, or_, some_of
from harness.term.facts import Facts, facts_of
from harness.term.linear import Items, add_scaled, content, cut, parts, places, total
from harness.term.node import FALSE, MAX_WORD, TRUE, Bound, Term, TermError, memo, raw_ite

LOST_BITS = 16
"""A wrap is taken off a word only if this does not widen its bounds by more bits."""

_choices: dict[tuple[Term, Term, Term], Term] = memo()


def ite(condition: Term, then: Term, other: Term) -> Term:
    """Return ``then if condition else other``; both arms integers, or both booleans."""
    if then.boolean:
        return choose(condition, then, other)
    if other.boolean or not condition.boolean:
        raise TermError("ite takes a boolean condition and two arms of one sort")
    if condition.op == "not":
        condition, then, other = condition.args[0], other, then
    if condition is TRUE or then is other:
        return then
    if condition is FALSE:
        return other
    key = (condition, then, other)
    result = _choices.get(key)
    if result is None:
        result = _choices[key] = _ite(condition, then, other)
    return result


def _ite(condition: Term, then: Term, other: Term) -> Term:
    if then.op == other.op == "const":
        return raw_ite(condition, then, other, min(then.data, other.data), max(then.data, other.data))
    holds, fails = facts_of(condition), facts_of(not_(condition))
    then, other = _arm(then, holds), _arm(other, fails)
    if then is other:
        return then
    lo, hi = _hull(holds.bounds(then), fails.bounds(other))
    rules = (_shared, _segments, _merged, _reordered) if _come_apart(then, other) else (_merged, _reordered)
    for rule in rules:
        result = rule(condition, then, other)
        # A rule that loses a bound would let a wrap reappear that the plain choice does not need.
        if result is not None and _as_tight(result, lo, hi):
            return result
    return raw_ite(condition, then, other, lo, hi)


def _come_apart(then: Term, other: Term) -> bool:
    """Say whether arms may share summands, a factor or segments, which only sums have."""
    return (then.op == "sum" or other.op == "sum") and not (then.leaves and other.leaves)


def _as_tight(term: Term, lo: Bound, hi: Bound) -> bool:
    low_enough = lo is None or (term.lo is not None and term.lo >= lo)
    return low_enough and (hi is None or (term.hi is not None and term.hi <= hi))


def under(word: Term, facts: Facts) -> Term:
    """Return a word equal to `word` where the facts hold: its arm that they select, without a needless wrap.

    A remainder goes where the facts exclude it, if what it is taken of is by its own bounds not much
    wider: without the facts a wider one would bring wraps back wherever the word is used.
    """
    while True:
        word = selected(word, facts)
        if word.op != "mod" or word.args[1].op != "const":
            return word
        inner, modulus = word.args[0], word.args[1].data
        lo, hi = inner.lo, facts.bounds(inner)[1]
        if lo is None or lo < 0 or inner.hi is None or hi is None or hi >= modulus:
            return word
        if inner.hi > MAX_WORD or inner.hi >= modulus << LOST_BITS:
            return word
        word = inner


def selected(term: Term, facts: Facts) -> Term:
    """Return the arm of nested choices that the facts select, as far as they decide."""
    while term.op == "ite":
        decided = facts.decide(term.args[0])
        if decided is None:
            break
        term = term.args[1 if decided else 2]
    return term


def _arm(term: Term, facts: Facts) -> Term:
    """Return the arm that the facts select, its own condition freed from what they say."""
    if term.op != "ite":
        return term
    term = selected(term, facts)
    if term.op == "ite":
        condition = assume(term.args[0], facts)
        if condition is not term.args[0]:
            return ite(condition, term.args[1], term.args[2])
    return term


def _hull(one: tuple[Bound, Bound], other: tuple[Bound, Bound]) -> tuple[Bound, Bound]:
    """Return bounds of what is within one of two pairs of bounds."""
    (least, most), (other_least, other_most) = one, other
    lo = None if least is None or other_least is None else min(least, other_least)
    hi = None if most is None or other_most is None else max(most, other_most)
    return lo, hi


def _shared(condition: Term, then: Term, other: Term) -> Term | None:
    """Take common summands or a common factor out of the arms, where no bound is lost by it."""
    k, items = parts(then)
    other_k, other_items = parts(other)
    common = {term: c for term, c in items.items() if other_items.get(term) == c}
    shift = k if k == other_k else 0
    if common or shift:
        for term in common:
            del items[term], other_items[term]
        rest = ite(condition, total(k - shift, items), total(other_k - shift, other_items))
        return total(add_scaled(shift, common, rest, 1), common)
    factor = gcd(content(items), content(other_items), k, other_k)
    if factor < 2:
        return None
    rest = ite(condition, _divided(k, items, factor), _divided(other_k, other_items, factor))
    k, items = parts(rest)
    return total(k * factor, {term: c * factor for term, c in items.items()})


def _divided(k: int, items: Items, factor: int) -> Term:
    return total(k // factor, {term: c // factor for term, c in items.items()})


def _segments(condition: Term, then: Term, other: Term) -> Term | None:
    """Choose segment by segment where both arms come apart at the same place."""
    for modulus in sorted({*places(then), *places(other)}):
        one, two = cut(then, modulus), cut(other, modulus)
        if one is None or two is None or (one[1].op == two[1].op == "const"):
            continue
        low = ite(condition, one[0], two[0])
        high = ite(condition, one[1], two[1])
        items: Items = {}
        k = add_scaled(0, items, low, 1)
        return total(add_scaled(k, items, high, modulus), items)
    return None


def _merged(condition: Term, then: Term, other: Term) -> Term | None:
    """Join nested choices of which two arms are equal."""
    if then.op == "ite":
        inner, x, y = then.args
        if y is other:
            return ite(and_(condition, inner), x, other)
        if x is other:
            return ite(and_(condition, not_(inner)), y, other)
    if other.op == "ite":
        inner, x, y = other.args
        if x is then:
            return ite(or_(condition, inner), then, y)
        if y is then:
            return ite(or_(condition, not_(inner)), then, x)
    return None


def _reordered(condition: Term, then: Term, other: Term) -> Term | None:
    """Put the choice that the condition speaks about outside."""
    if condition.op != "and" or other.op != "ite":
        return None
    inner, x, y = other.args
    members = condition.args
    wanted = set(inner.args) if inner.op == "and" else {inner}
    if wanted <= set(members):
        rest = some_of([member for member in members if member not in wanted])
        return ite(inner, ite(rest, then, x), y)
    negated = not_(inner)
    if negated in members:
        rest = some_of([member for member in members if member is not negated])
        return ite(inner, x, ite(rest, then, y))
    return None
