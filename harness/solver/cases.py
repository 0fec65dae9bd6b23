"""Splitting a query by the values of a symbol that has only a few: each case is simpler in every term."""

from __future__ import annotations

from harness.solver.query import Query
from harness.term.core import Term, const
from harness.term.substitute import substitute
from harness.term.walk import postorder

MAX_CASES = 64


def splitter(query: Query) -> Term | None:
    """Return the integer symbol of the query with the fewest values, if it has 2 to MAX_CASES of them."""
    found = [
        (node.hi - node.lo, node.data[0], node)
        for node in postorder(query.roots())
        if node.op == "var" and node.lo is not None and node.hi is not None
    ]
    few = [entry for entry in found if 1 <= entry[0] < MAX_CASES]
    return min(few)[2] if few else None


def case(query: Query, symbol: Term, number: int) -> Query:
    """Return the query for one value of the symbol."""
    *terms, goal = substitute(query.roots(), {symbol: const(number)})
    names = [name for name, _ in query.hypotheses]
    return Query(zip(names, terms, strict=True), goal)
