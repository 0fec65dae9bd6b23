"""Simplifying a word by what a path says: for operands that must become numbers.

Cheaper than `harness.term.context.simplify_under`: it looks into choices and
arithmetic, but neither into conditions that stay open nor into arguments.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.symbolic.path import Path
from harness.term.choice import under
from harness.term.core import ONE, Term
from harness.term.facts import Facts
from harness.term.linear import combine
from harness.term.substitute import rebuild
from harness.term.touch import bits_of

MAX_MEMORY = 1 << 24
"""Memory addresses from here on cost more gas than any block has."""

_ARITHMETIC = frozenset(("sum", "mul", "div", "mod"))


def refine(term: Term, path: Path) -> Term:
    """The word with choices that the path decides taken and needless wraps removed; a word on any path."""
    return _refined(term, path, under)


def refine_operand(term: Term, path: Path) -> Term:
    """As `refine`, but without any wrap that the path excludes: a number that may be no word off the path."""
    return _refined(term, path, _unwrapped)


def _unwrapped(term: Term, facts: Facts) -> Term:
    """The term without the wraps that the facts exclude."""
    term = under(term, facts)
    while term.op == "mod" and term.args[1].op == "const":
        inner, modulus = term.args[0], term.args[1].data
        least, most = facts.bounds(inner)
        if least is None or most is None or least // modulus != most // modulus:
            break
        term = under(combine((1, inner), (-(least // modulus) * modulus, ONE)), facts)
    return term


def _refined(term: Term, path: Path, finish: Callable[[Term, Facts], Term]) -> Term:
    if term.op != "ite" and term.op not in _ARITHMETIC:
        return term
    about = path.facts.about
    if not about & bits_of(term):
        return term
    done: dict[Term, Term] = {}
    stack = [term]
    while stack:
        node = stack[-1]
        if node in done:
            stack.pop()
            continue
        parts, chosen = _inside(node, path)
        missing = [part for part in parts if part not in done and about & bits_of(part)]
        if missing:
            stack += missing
        elif chosen or not parts:
            done[node] = done.get(parts[0], parts[0]) if chosen else node
        else:
            args = tuple([done.get(arg, arg) for arg in node.args])
            done[node] = finish(node if args == node.args else rebuild(node, args), path.facts)
    return done[term]


def _inside(node: Term, path: Path) -> tuple[tuple[Term, ...], bool]:
    """The parts of a node to look into, and whether the node is one of them by the path."""
    if node.op == "ite":
        condition, then, other = node.args
        decided = path.decide(condition)
        if decided is not None:
            return (then if decided else other,), True
        return (then, other), False
    return (node.args if node.op in _ARITHMETIC else ()), False
