"""Simplification under facts: what a path or a hypothesis makes of a whole term."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.term.core import FALSE, TRUE, const
from harness.term.facts import Facts
from harness.term.linear import parts, total
from harness.term.node import Term
from harness.term.substitute import rebuild


def simplify_under(term: Term, facts: Facts) -> Term:
    """Return a term that equals `term` wherever the facts hold.

    Conditions that the facts decide are resolved everywhere, symbols and values of
    functions that can be one number only become that, and remainders by constants
    vanish where the facts bound what they are taken of. The result may have looser
    bounds than `term`: it means something only where the facts hold.
    """
    return simplify_all((term,), facts)[0]


def simplify_all(terms: Iterable[Term], facts: Facts) -> list[Term]:
    """Return what `simplify_under` makes of each of `terms`; what they have in common is done once."""
    roots = list(terms)
    done: dict[Term, Term] = {}
    stack = list(roots)
    while stack:
        node = stack[-1]
        if node in done:
            stack.pop()
            continue
        needed = _needed(node, facts)
        missing = [arg for arg in needed if arg not in done]
        if missing:
            stack += missing
        elif node.op in ("var", "apply") and (only := _only(node, facts)) is not None:
            done[node] = only
        elif node.boolean and not needed:
            done[node] = _decided(node, facts)
        elif node.op == "ite" and len(needed) == 1:
            done[node] = done[needed[0]]
        else:
            done[node] = _settled(_rebuilt(node, [done[arg] for arg in node.args]), facts)
    return [done[root] for root in roots]


def _needed(node: Term, facts: Facts) -> tuple[Term, ...]:
    """Return the arguments that the simplified node depends on."""
    if node.boolean and facts.decide(node) is not None:
        return ()
    if node.op == "ite":
        chosen = facts.decide(node.args[0])
        if chosen is not None:
            return (node.args[1 if chosen else 2],)
    return node.args


def _only(node: Term, facts: Facts) -> Term | None:
    """Return the one number that the facts leave for a symbol or a function, None if there are more."""
    lo, hi = facts.bounds(node)
    return const(lo) if lo is not None and lo == hi else None


def _rebuilt(node: Term, args: Sequence[Term]) -> Term:
    if all(new is old for new, old in zip(args, node.args, strict=True)):
        return node
    if node.op in ("band", "bor", "bxor") and any(
        arg.lo is None or arg.lo < 0 or arg.hi is None for arg in args
    ):
        return node  # an operand lost the wrap that made it a word
    return rebuild(node, args)


def _settled(term: Term, facts: Facts) -> Term:
    """Return what the facts make of a term whose arguments are simple already."""
    if term.boolean:
        return _decided(term, facts)
    if term.op == "apply":
        only = _only(term, facts)
        return term if only is None else only
    return _unwrapped(term, facts)


def _decided(node: Term, facts: Facts) -> Term:
    decided = facts.decide(node)
    if decided is None:
        return node
    return TRUE if decided else FALSE


def _unwrapped(term: Term, facts: Facts) -> Term:
    """Remove the remainder by a constant at the top of a term where the facts allow it."""
    while term.op == "mod" and term.args[1].op == "const":
        inner, modulus = term.args[0], term.args[1].data
        lo, hi = facts.bounds(inner)
        if lo is None or hi is None or lo // modulus != hi // modulus:
            break
        k, items = parts(inner)
        term = total(k - lo // modulus * modulus, items)
    return term
