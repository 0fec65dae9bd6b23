"""Numbers as the contracts store them."""

from __future__ import annotations

from harness.lang import Int, Revert

ARITHMETIC_PANIC = 0x11


def checked(value: Int, bits: int) -> Int:
    """Return `value`; refuses with solc's arithmetic panic what `bits` bits cannot hold."""
    if value >= 2**bits:
        raise Revert("Panic", ARITHMETIC_PANIC)
    return value
