"""keccak256: concrete on constants, an uninterpreted function on terms.

That different arguments have different hashes is *not* built into the terms:
the solver may use it, and then names the assumption.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from eth_hash.auto import keccak as _keccak

from harness.term.node import MAX_WORD, Function, Term, apply, const, memo

KECCAK = "keccak"

_preimages: dict[int, tuple[int, ...]] = memo()


def keccak_bytes(data: bytes) -> int:
    """Return keccak256 of `data` as a number."""
    return int.from_bytes(_keccak(data), "big")


@lru_cache(maxsize=4096)  # a storage layout's are asked for again and again
def keccak_words(*words: int) -> int:
    """Return keccak256 of the 32-byte words, one after the other, as a number."""
    return keccak_bytes(b"".join(word.to_bytes(32, "big") for word in words))


def keccak_function(arity: int) -> Function:
    """Return the uninterpreted keccak256 of `arity` words."""
    return Function(f"{KECCAK}{arity}", arity, 0, MAX_WORD)


def is_keccak(function: Function) -> bool:
    """Say whether `function` is keccak256 of some number of words."""
    return function is keccak_function(function.arity)


def keccak(args: Sequence[Term]) -> Term:
    """Return keccak256 of the words `args`, each 32 bytes."""
    if all(arg.op == "const" for arg in args):
        words = tuple(arg.data for arg in args)
        digest = keccak_words(*words)
        _preimages[digest] = words
        return const(digest)
    return apply(keccak_function(len(args)), *args)


def preimage(digest: int) -> tuple[int, ...] | None:
    """Return the words whose hash was computed as `digest` since the last `clear`, if any."""
    return _preimages.get(digest)
