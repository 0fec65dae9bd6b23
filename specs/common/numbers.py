"""Numbers as the contracts store them."""

from __future__ import annotations

from harness.lang import Int, Prop, Revert, within

ARITHMETIC_PANIC = 0x11


def checked(value: Int, bits: int, *, by_callee: bool = False) -> Int:
    """Return `value`; refuses with solc's arithmetic panic what `bits` bits cannot hold."""
    if value >= 2**bits:
        raise Revert("Panic", ARITHMETIC_PANIC, by_callee=by_callee)
    return value


def fits(value: Int, bits: int) -> Prop:
    """Return that `bits` bits can hold `value`."""
    return within(value, 0, 2**bits - 1)
