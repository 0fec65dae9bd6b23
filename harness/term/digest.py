"""Terms as digests of their structure, the same in every session.

Term ids depend on what was built before; digests do not. The order of what commutes does not count, nor does
an equation's sign: both are a matter of session order.
"""

from __future__ import annotations

from hashlib import blake2b

from harness.term.linear import parts
from harness.term.node import Function, Term, memo
from harness.term.walk import postorder

COMMUTATIVE = frozenset({"and", "mul", "iff", "band", "bor", "bxor"})


class Digests:
    """Digests of `size` bytes, in hexadecimal: a few name and order the terms of a query, more identify."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: dict[Term, str] = memo()

    def of(self, term: Term) -> str:
        """Return the digest of a term; also a key to sort by."""
        known = self._known.get(term)
        if known is None:
            for node in postorder((term,), self._known):
                self._known[node] = self._digest(node)
            known = self._known[term]
        return known

    def sides(self, term: Term) -> tuple[list[tuple[Term, int]], list[tuple[Term, int]], int]:
        """Return (left, right, k) such that comparing with 0 is comparing ``left`` with ``right + k``.

        Coefficients are positive, items in the order of their digests.
        """
        constant, items = parts(term)
        ordered = sorted(items.items(), key=lambda item: self.of(item[0]))
        left = [(item, c) for item, c in ordered if c > 0]
        right = [(item, -c) for item, c in ordered if c < 0]
        return left, right, -constant

    def text(self, *pieces: str) -> str:
        """Return the digest of a sequence of texts, none of which holds a zero character."""
        return blake2b("\0".join(pieces).encode(), digest_size=self._size).hexdigest()

    def _digest(self, node: Term) -> str:
        if node.op == "eq":
            left, right, k = self.sides(node.args[0])
            ends = sorted((f"{self._items(left)}+{-k}", f"{self._items(right)}+{k}"))
            return self.text("eq", *ends)
        args = [self._known[arg] for arg in node.args]
        if node.op == "sum":
            items = sorted(f"{c}*{a}" for c, a in zip(node.data[1:], args, strict=True))
            return self.text("sum", str(node.data[0]), *items)
        if node.op in COMMUTATIVE:
            args.sort()
        data = node.data
        if isinstance(data, Function):
            data = (data.name, data.arity, data.lo, data.hi)
        return self.text(node.op, repr(data), *args)

    def _items(self, items: list[tuple[Term, int]]) -> str:
        return ",".join(f"{c}*{self._known[item]}" for item, c in items)
