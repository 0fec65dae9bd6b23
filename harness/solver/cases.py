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


def few_values(node: Term) -> int:
    """Return how many values a term has if it is an integer symbol with 2 to MAX_CASES of them, else 0."""
    if node.op != "var" or node.lo is None or node.hi is None:
        return 0
    values = node.hi - node.lo + 1
    return values if 2 <= values <= MAX_CASES else 0


def splitter(query: Query) -> Term | None:
    """Return the symbol of the query with the fewest values, of those with few; None if there is none.

    One that is read as a function's argument only makes no case simpler than another, and is none.
    """
    few = (node for node in _outside_functions(query.roots()) if few_values(node))
    return min(few, key=lambda node: (few_values(node), node.data[0]), default=None)


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
