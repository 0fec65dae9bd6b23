"""Simplifying a term by what a path says, down to its leaves: for operands that must become numbers."""

from __future__ import annotations

from harness.symbolic.path import Path
from harness.term.choice import under
from harness.term.core import Term, const, ite
from harness.term.integer import idiv, imod, imul
from harness.term.linear import combine, parts
from harness.term.pack import bit_and, bit_xor

MAX_MEMORY = 1 << 24
"""Memory addresses from here on cost more gas than any block has."""


def refine(term: Term, path: Path) -> Term:
    """The term with choices that the path decides taken, wraps that it excludes removed."""
    seen: dict[Term, Term] = {}
    return _refine(term, path, seen)


def _refine(term: Term, path: Path, seen: dict[Term, Term]) -> Term:
    known = seen.get(term)
    if known is None:
        top = under(term, path.facts)
        known = seen[term] = under(_rebuilt(top, path, seen), path.facts)
    return known


def _rebuilt(term: Term, path: Path, seen: dict[Term, Term]) -> Term:
    """The term with its arguments refined."""
    if term.op == "ite":
        condition, then, other = term.args
        return ite(condition, _refine(then, path, seen), _refine(other, path, seen))
    if term.op == "sum":
        k, items = parts(term)
        return combine(
            (k, const(1)), *((factor, _refine(item, path, seen)) for item, factor in items.items())
        )
    build = {"div": idiv, "mod": imod, "band": bit_and, "bxor": bit_xor}.get(term.op)
    if build is not None:
        return build(_refine(term.args[0], path, seen), _refine(term.args[1], path, seen))
    if term.op == "mul":
        product = const(1)
        for factor in term.args:
            product = imul(product, _refine(factor, path, seen))
        return product
    return term
