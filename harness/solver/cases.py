"""Splitting a query by the values of a symbol that has only a few: each case is simpler in every term."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.solver.query import Query
from harness.term.core import Term, const
from harness.term.substitute import substitute
from harness.term.walk import postorder

MAX_CASES = 64

MIN_BRANCHES = 8
"""A symbol with fewer values is asked for by chance."""


def splitter(query: Query) -> Term | None:
    """Return the integer symbol of the query with the fewest values, if it has 2 to MAX_CASES of them.

    One that is read as a function's argument only makes no case simpler than another, and is none.
    """
    found = [
        (node.hi - node.lo, node.data[0], node)
        for node in _outside_functions(query.roots())
        if node.op == "var" and node.lo is not None and node.hi is not None
    ]
    few = [entry for entry in found if 1 <= entry[0] < MAX_CASES]
    return min(few)[2] if few else None


def _outside_functions(roots: Iterable[Term]) -> Iterator[Term]:
    """Yield every subterm that is not within a function's arguments alone."""
    seen = set(roots)
    stack = list(seen)
    while stack:
        node = stack.pop()
        yield node
        if node.op != "apply":
            new = [arg for arg in node.args if arg not in seen]
            seen.update(new)
            stack += new


def is_branched(query: Query, symbol: Term) -> bool:
    """Say whether the query asks for the value again and again: then each value is a case at once."""
    assert symbol.lo is not None
    assert symbol.hi is not None
    asked = sum(node.op in ("eq", "le") and _is_of(node.args[0], symbol) for node in postorder(query.roots()))
    return asked >= MIN_BRANCHES and 2 * asked > symbol.hi - symbol.lo


def _is_of(term: Term, symbol: Term) -> bool:
    """Say whether a term is the symbol up to a factor and a constant."""
    return term is symbol or (term.op == "sum" and term.args == (symbol,))


def case(query: Query, symbol: Term, number: int) -> Query:
    """Return the query for one value of the symbol."""
    *terms, goal = substitute(query.roots(), {symbol: const(number)})
    names = [name for name, _ in query.hypotheses]
    return Query(zip(names, terms, strict=True), goal)
