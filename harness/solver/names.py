"""Names of terms in solver input: digests of structure, so that no query depends on another.

Term ids depend on what was built before; digests do not, and give each query
one text whatever the order of the session. They only name and order: the encoder
checks that two terms of one query never share a name.
"""

from __future__ import annotations

from hashlib import blake2b

from harness.term.linear import parts
from harness.term.node import Function, Term, memo
from harness.term.walk import postorder

COMMUTATIVE = frozenset({"and", "mul", "iff", "band", "bor", "bxor"})

_digests: dict[Term, str] = memo()


def digest(term: Term) -> str:
    """Return the digest of a term's structure: 16 hexadecimal digits, the same in every session."""
    known = _digests.get(term)
    if known is None:
        for node in postorder((term,)):
            if node not in _digests:
                _digests[node] = _digest(node)
        known = _digests[term]
    return known


def by_digest(term: Term) -> str:
    """Sort key: the digest."""
    return _digests.get(term) or digest(term)


def sides(term: Term) -> tuple[list[tuple[Term, int]], list[tuple[Term, int]], int]:
    """Return (left, right, k) such that comparing with 0 is comparing ``left`` with ``right + k``.

    Coefficients are positive, items in the order of their digests.
    """
    constant, items = parts(term)
    ordered = sorted(items.items(), key=lambda item: by_digest(item[0]))
    left = [(item, c) for item, c in ordered if c > 0]
    right = [(item, -c) for item, c in ordered if c < 0]
    return left, right, -constant


def _digest(node: Term) -> str:
    if node.op == "eq":
        # An equation's sign is a matter of session order, so both sides count alike.
        left, right, k = sides(node.args[0])
        ends = sorted((f"{_items(left)}+{-k}", f"{_items(right)}+{k}"))
        return _hash("eq", *ends)
    args = [_digests[arg] for arg in node.args]
    if node.op == "sum":
        return _hash(
            "sum", str(node.data[0]), *sorted(f"{c}*{a}" for c, a in zip(node.data[1:], args, strict=True))
        )
    if node.op in COMMUTATIVE:
        args.sort()
    data = node.data
    if isinstance(data, Function):
        data = (data.name, data.arity, data.lo, data.hi)
    return _hash(node.op, repr(data), *args)


def _items(items: list[tuple[Term, int]]) -> str:
    return ",".join(f"{c}*{_digests[item]}" for item, c in items)


def _hash(*pieces: str) -> str:
    return blake2b("\0".join(pieces).encode(), digest_size=8).hexdigest()
