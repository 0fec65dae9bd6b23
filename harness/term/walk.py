"""Traversals of the term graph. None of them recurses, so depth does not matter."""

from __future__ import annotations

from collections.abc import Container, Iterable
from operator import attrgetter

from harness.term.node import Function, Term


def postorder(terms: Iterable[Term], known: Container[Term] = ()) -> list[Term]:
    """Return every subterm of `terms` once, arguments before the terms that use them.

    What is `known` already is left out, with all that only it needs.
    """
    seen = {term for term in terms if term not in known}
    stack = list(seen)
    while stack:
        for arg in stack.pop().args:
            if arg not in seen and arg not in known:
                seen.add(arg)
                stack.append(arg)
    return sorted(seen, key=attrgetter("id"))


def size(*terms: Term) -> int:
    """Return how many distinct nodes `terms` have together."""
    return len(postorder(terms))


def free_symbols(*terms: Term) -> tuple[list[Term], list[Function]]:
    """Return the symbols (integer and boolean) and the functions that occur, in creation order."""
    symbols: list[Term] = []
    functions: dict[Function, None] = {}
    for node in postorder(terms):
        if node.op in ("var", "bvar"):
            symbols.append(node)
        elif node.op == "apply":
            functions[node.data] = None
    return symbols, list(functions)
