"""keccak256, once."""

from __future__ import annotations

from eth_hash.auto import keccak


def keccak256(data: bytes) -> bytes:
    """Return the 32-byte hash of `data`."""
    return bytes(keccak(data))


def keccak_word(data: bytes) -> int:
    """Return the hash of `data` as a word."""
    return int.from_bytes(keccak(data), "big")
