"""Fixing the inputs of non-linear operations, so that what is left is linear and exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.solver.model import nearest
from harness.solver.query import Query
from harness.term.core import Function, Term, apply, boolean, const, eq
from harness.term.hashing import is_keccak
from harness.term.substitute import substitute
from harness.term.walk import postorder

PINNED = "(pinned) "


def pins(query: Query) -> list[Term]:
    """Return symbols and applications which, once constant, leave no product and no division of terms."""
    chosen: dict[Term, None] = {}
    for node in postorder(query.roots()):
        if node.op in ("div", "mod") and node.args[1].op != "const":
            chosen.update(dict.fromkeys(_inputs(node.args[1])))
        elif node.op == "mul":
            by_cost = sorted(
                node.args, key=lambda factor: sum(term not in chosen for term in _inputs(factor))
            )
            for factor in by_cost[:-1]:
                chosen.update(dict.fromkeys(_inputs(factor)))
        elif node.op in ("band", "bor", "bxor"):
            chosen.update(dict.fromkeys(_inputs(node)))
    return list(chosen)


def _inputs(term: Term) -> list[Term]:
    """Return the symbols and applications that `term` reads; nothing inside an application."""
    found: list[Term] = []
    seen = {term}
    stack = [term]
    while stack:
        node = stack.pop()
        if node.op in ("var", "bvar", "apply"):
            found.append(node)
            continue
        for arg in node.args:
            if arg not in seen:
                seen.add(arg)
                stack.append(arg)
    return sorted(found, key=lambda node: node.id)


def fixed(term: Term, number: int) -> Term:
    """Return the constant `number` in the sort of `term`."""
    return boolean(bool(number)) if term.boolean else const(number)


def pinned_query(query: Query, values: Mapping[Term, int]) -> Query:
    """Return `query` with the pinned terms constant, and hypotheses that say so."""
    replace = {term: fixed(term, value) for term, value in values.items()}
    terms = substitute(query.roots(), replace)
    names = [name for name, _ in query.hypotheses]
    facts = [(f"{PINNED}{index}", eq(term, replace[term])) for index, term in enumerate(values)]
    return Query((*zip(names, terms[:-1], strict=True), *facts), terms[-1])


def blank_at_numbers(query: Query) -> Query:
    """Return `query` with every function, where it is read at numbers, the value nearest to 0 of its own.

    So is what is read at such values in turn. Little is left of what an unrolled loop goes through.
    """
    values: dict[Term, Term] = {}

    def reader(function: Function) -> Callable[..., Term]:
        def read(*args: Term) -> Term:
            found = apply(function, *args)
            if not args or any(arg.op != "const" for arg in args):
                return found
            if found not in values:
                values[found] = const(nearest(function.lo, function.hi))
            return values[found]

        return read

    roots = query.roots()
    functions = {node.data for node in postorder(roots) if node.op == "apply" and not is_keccak(node.data)}
    terms = substitute(roots, {}, {function: reader(function) for function in functions})
    names = [name for name, _ in query.hypotheses]
    facts = [(f"{PINNED}{index}", eq(*pair)) for index, pair in enumerate(values.items())]
    return Query((*zip(names, terms[:-1], strict=True), *facts), terms[-1])
