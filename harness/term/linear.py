"""Linear sums over the integers: the normal form of every arithmetic term.

A sum is a constant and a map from terms to non-zero coefficients. Packed words
have the same form (``low + 2**64 * high``), so masks, shifts and carries are all
questions about which part of a sum is below a modulus: `split`.

An ite-tree over constants is *affine-normal* inside a sum: its last leaf is 0 and
its leaves have no common factor, so that equal contributions meet; standing alone
it carries its own constant and factor in its leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import gcd
from operator import attrgetter

from harness.term.node import ZERO, Bound, Term, const, make, memo, raw_ite

Items = dict[Term, int]

_normal_trees: dict[Term, tuple[int, int, Term]] = memo()
_cuts: dict[tuple[Term, int], tuple[Term, Term] | None] = memo()
_items: dict[Term, Items] = memo()
_places: dict[Term, list[int]] = memo()
_affine_trees: dict[tuple[Term, int, int], Term] = memo()


def parts(term: Term) -> tuple[int, Items]:
    """Return (k, items) with ``term = k + sum of coefficient * item``; the map is the caller's own."""
    if term.op == "sum":
        found = _items.get(term)
        if found is None:
            found = _items[term] = dict(zip(term.args, term.data[1:], strict=True))
        return term.data[0], found.copy()
    if term.op == "const":
        return term.data, {}
    return 0, {term: 1}


def bounds(k: int, items: Iterable[tuple[Term, int]]) -> tuple[Bound, Bound]:
    """Return the interval of ``k + sum of coefficient * item``."""
    lo: Bound = k
    hi: Bound = k
    for term, c in items:
        least, most = (term.lo, term.hi) if c > 0 else (term.hi, term.lo)
        lo = None if lo is None or least is None else lo + c * least
        hi = None if hi is None or most is None else hi + c * most
    return lo, hi


def total(k: int, items: Items) -> Term:
    """Return the normal form of ``k + sum of coefficient * item``; takes the map over."""
    if len(items) > 1:
        for term in items:
            if term.leaves:
                k, items = _with_normal_trees(k, items)
                break
    if 0 in items.values():
        items = {term: c for term, c in items.items() if c}
    if not items:
        return const(k)
    if len(items) == 1:
        ((term, c),) = items.items()
        if term.leaves:
            return affine_tree(term, c, k)
        if c == 1 and not k:
            return term
    args = tuple(sorted(items, key=attrgetter("id"))) if len(items) > 1 else tuple(items)
    data = (k, *[items[term] for term in args])
    lo, hi = bounds(k, items.items())
    return make("sum", args, data, lo, hi)


def _with_normal_trees(k: int, items: Items) -> tuple[int, Items]:
    result: Items = {}
    for term, c in items.items():
        if term.leaves:
            shift, factor, term = normal_tree(term)
            k += c * shift
            c *= factor
        result[term] = result.get(term, 0) + c
    return k, result


def add_scaled(k: int, items: Items, term: Term, factor: int) -> int:
    """Add ``factor * term`` to `items` in place and return the new constant."""
    if term.op == "sum":
        for item, c in zip(term.args, term.data[1:], strict=True):
            items[item] = items.get(item, 0) + factor * c
        return k + factor * int(term.data[0])
    if term.op == "const":
        return k + factor * int(term.data)
    items[term] = items.get(term, 0) + factor
    return k


def combine(*scaled: tuple[int, Term]) -> Term:
    """Return the sum of ``factor * term`` over the pairs."""
    k = 0
    items: Items = {}
    for factor, term in scaled:
        k = add_scaled(k, items, term, factor)
    return total(k, items)


def shifted(term: Term, k: int) -> Term:
    """Return ``term + k``."""
    if not k:
        return term
    if term.op == "const":
        return const(term.data + k)
    if term.leaves:
        return affine_tree(term, 1, k)
    args, data = (term.args, (term.data[0] + k, *term.data[1:])) if term.op == "sum" else ((term,), (k, 1))
    if data == (0, 1):
        return args[0]
    lo = None if term.lo is None else term.lo + k
    hi = None if term.hi is None else term.hi + k
    return make("sum", args, data, lo, hi)


def split(k: int, items: Mapping[Term, int], modulus: int) -> tuple[tuple[int, Items], tuple[int, Items]]:
    """Return (low, high) with ``value = low + modulus * high``, each as (k, items).

    `high` has every item whose coefficient `modulus` divides, and `low`'s constant is
    in ``[0, modulus)``. Whether `low` itself is in that range is `fits`.
    """
    low = {term: c for term, c in items.items() if c % modulus}
    high = {term: c // modulus for term, c in items.items() if not c % modulus}
    return (k % modulus, low), (k // modulus, high)


def cut(term: Term, modulus: int) -> tuple[Term, Term] | None:
    """Return (low, high) with ``term = low + modulus * high``, low surely in ``[0, modulus)``; else None."""
    key = (term, modulus)
    if key not in _cuts:
        _cuts[key] = _cut(term, modulus)
    return _cuts[key]


def _cut(term: Term, modulus: int) -> tuple[Term, Term] | None:
    k, items = parts(term)
    (low_k, low), (high_k, high) = split(k, items, modulus)
    for carry in (0, 1):
        lo, hi = bounds(low_k - carry * modulus, low.items())
        if lo is not None and lo >= 0 and hi is not None and hi < modulus:
            return total(low_k - carry * modulus, low), total(high_k + carry, high)
    return None


def moduli(items: Mapping[Term, int]) -> list[int]:
    """Return where a sum may come apart: common divisors > 1 of its larger coefficients, ascending."""
    result: list[int] = []
    common = 0
    for c in sorted((abs(c) for c in items.values()), reverse=True):
        common = gcd(common, c)
        if common == 1:
            break
        if not result or result[-1] != common:
            result.append(common)
    return result[::-1]


def places(term: Term) -> list[int]:
    """Return the moduli at which a term may come apart, which only a sum does."""
    if term.op != "sum":
        return []
    found = _places.get(term)
    if found is None:
        found = _places[term] = moduli(parts(term)[1])
    return found


def content(items: Mapping[Term, int]) -> int:
    """Return the greatest common divisor of the coefficients (0 of none)."""
    return gcd(*items.values())


def map_leaves(term: Term, f: Callable[[Term], Term], build: Callable[[Term, Term, Term], Term]) -> Term:
    """Return the ite-tree `term` with `f` applied to its leaves, rebuilt by `build(condition, then, else)`.

    Shared subtrees are visited once; iterative, so that long chains do not overflow.
    """
    done: dict[Term, Term] = {}
    stack = [term]
    while stack:
        node = stack[-1]
        if node in done:
            stack.pop()
            continue
        if node.op != "ite":
            done[node] = f(node)
            continue
        condition, then, other = node.args
        if then in done and other in done:
            done[node] = build(condition, done[then], done[other])
        else:
            stack += [arm for arm in (then, other) if arm not in done]
    return done[term]


def affine_tree(tree: Term, factor: int, shift: int) -> Term:
    """Return ``factor * tree + shift`` for an ite-tree over constants, in its leaves."""
    if not factor:
        return const(shift)
    if tree.op == "const":
        return const(factor * tree.data + shift)
    if factor == 1 and not shift:
        return tree
    key = (tree, factor, shift)
    result = _affine_trees.get(key)
    if result is None:
        # The map is one-to-one, so no arms become equal and the shape stays normal.
        result = map_leaves(tree, lambda leaf: const(factor * leaf.data + shift), _raw)
        _affine_trees[key] = result
    return result


def normal_tree(tree: Term) -> tuple[int, int, Term]:
    """Return (shift, factor, normal) with ``tree = shift + factor * normal``, `normal` affine-normal."""
    if tree.op == "const":
        return tree.data, 0, ZERO
    known = _normal_trees.get(tree)
    if known is None:
        values = _leaves_from_last(tree)
        shift = values[0]
        differences = [number - shift for number in values if number != shift]
        factor = gcd(*differences)
        if differences and differences[0] < 0:
            factor = -factor
        normal = map_leaves(tree, lambda leaf: const((leaf.data - shift) // factor), _raw) if factor else ZERO
        known = _normal_trees[tree] = (shift, factor, normal)
    return known


def _raw(condition: Term, then: Term, other: Term) -> Term:
    lo = None if then.lo is None or other.lo is None else min(then.lo, other.lo)
    hi = None if then.hi is None or other.hi is None else max(then.hi, other.hi)
    return raw_ite(condition, then, other, lo, hi)


def _leaves_from_last(tree: Term) -> list[int]:
    """Return the constants of an ite-tree, each node once, the last else-arm first."""
    values: list[int] = []
    seen: set[Term] = set()
    stack = [tree]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op == "const":
            values.append(node.data)
        else:
            stack += [node.args[1], node.args[2]]
    return values
