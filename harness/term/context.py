"""Simplification under facts: what a path or a hypothesis makes of a whole term."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.term.core import FALSE, TRUE, const
from harness.term.facts import Facts
from harness.term.linear import parts, total
from harness.term.node import Term
from harness.term.substitute import rebuild
from harness.term.touch import bits_of


def simplify_under(term: Term, facts: Facts) -> Term:
    """Return a term that equals `term` wherever the facts hold.

    Conditions that the facts decide are resolved everywhere, symbols and values of
    functions that can be one number only become that, and remainders by constants
    vanish where the facts bound what they are taken of. The result may have looser
    bounds than `term`: it means something only where the facts hold.
    """
    return simplifier(facts)(term)


def simplifier(facts: Facts) -> Callable[[Term], Term]:
    """Return `simplify_under` these facts, for many terms.

    Facts that extend others come after them, and look only into what they have news of.
    """
    stages = [(stage, stage.news) for stage in facts.stages()]

    def simplify(term: Term) -> Term:
        for stage, news in stages:
            if news & bits_of(term):
                term = _simplified(term, stage)
        return term

    return simplify


def _simplified(root: Term, facts: Facts) -> Term:
    """Simplify a term by the facts, for what is new in them."""
    done, news = facts.simplified, facts.news
    if root in done:
        return done[root]
    stack: list[tuple[Term, tuple[Term, ...] | None]] = [(root, None)]
    while stack:
        node, needed = stack.pop()
        if node in done:
            continue
        if needed is None:
            needed = _needed(node, facts)
            missing = [arg for arg in needed if arg not in done and news & bits_of(arg)]
            if missing:
                stack.append((node, needed))
                stack += [(arg, None) for arg in missing]
                continue
        args = [done.get(arg, arg) for arg in needed]
        if node.op in ("var", "apply") and (only := _only(node, facts)) is not None:
            simple = only
        elif node.boolean and not needed:
            simple = _decided(node, facts)
        elif node.op == "ite" and len(needed) == 1:
            simple = args[0]
        else:
            simple = _settled(_rebuilt(node, args), facts)
        done[node] = simple
        done.setdefault(simple, simple)
    return done[root]


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
    if tuple(args) == node.args:
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
