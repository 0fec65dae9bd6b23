"""Values worth trying for what makes a query non-linear: those at which conditions change.

A quotient by an argument is beyond most solvers together with everything else, and plain once the argument is
a number. Contracts compare their divisors with bounds, so a bound, or one more, is nearly always as good as
any other value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from harness.term.core import Term
from harness.term.linear import parts
from harness.term.walk import postorder

CHOICES = 3
"""So many values of one symbol, and as many combinations, are tried."""


def trials(terms: Sequence[Term]) -> Iterator[dict[Term, int]]:
    """Yield assignments of numbers to the symbols that divide or multiply others in `terms`."""
    nodes = postorder(terms)
    symbols = list(dict.fromkeys(_factors(nodes)))
    if not symbols:
        return
    choices = [_values(symbol, nodes)[:CHOICES] for symbol in symbols]
    for place, values in enumerate(product(*choices)):
        if place == CHOICES:
            return
        yield dict(zip(symbols, values, strict=True))


def _factors(nodes: Iterable[Term]) -> Iterator[Term]:
    """Yield the symbols that divisors and all but one factor of products are made of."""
    for node in nodes:
        if node.op in ("div", "mod") and node.args[1].op != "const":
            yield from _leaves(node.args[1])
        elif node.op == "mul":
            for factor in sorted(node.args, key=lambda one: len(list(_leaves(one))))[:-1]:
                yield from _leaves(factor)


def _leaves(term: Term) -> Iterator[Term]:
    """Yield the symbols that a term can come to be, or is a sum of; conditions don't count."""
    seen = {term}
    waiting = [term]
    while waiting:
        node = waiting.pop()
        if node.op == "var":
            yield node
        for arg in node.args[1:] if node.op == "ite" else node.args if node.op == "sum" else ():
            if arg not in seen:
                seen.add(arg)
                waiting.append(arg)


def _values(symbol: Term, nodes: Iterable[Term]) -> list[int]:
    """Return the numbers that conditions compare a symbol with, and the next ones, within its bounds."""
    found = {max(1, symbol.lo or 0)}
    for node in nodes:
        if node.op in ("le", "eq"):
            k, items = parts(node.args[0])
            if list(items) == [symbol]:
                bound = -k // items[symbol]
                found |= {bound, bound + 1}
    low, high = symbol.lo or 0, symbol.hi
    fitting = [one for one in found if low <= one and (high is None or one <= high)]
    return sorted(fitting, key=lambda one: (one == max(1, low), one))
