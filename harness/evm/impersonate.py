"""Calls whose sender is a contract.

The EVM refuses a transaction from an address that has code (EIP-3607), but a
counterexample may well need the registry, the token or the proxy as caller. So
the sender's code is replaced, for that one call, by a shim: called by the
driver it makes the wanted call, called by anyone else it is the old code.
What differs from a call by the contract itself: the transaction's origin is
the driver, and a callee that halts shows as a revert without data.
"""

from __future__ import annotations

DRIVER = 0xD51FE500000000000000000000000000000C0DE1
"""The account that sends the transaction in the contract's stead (it becomes tx.origin)."""

PARKED = 0xD51FE500000000000000000000000000000C0DE2
"""Where the sender's own code waits, reached by delegatecall, while the shim stands in for it."""


def shim() -> bytes:
    """Return runtime code that makes the driver's calls (see `wrapped`) and delegates everyone else's."""
    is_driver = b"\x33\x73" + DRIVER.to_bytes(20, "big") + b"\x14"  # CALLER PUSH20 EQ
    delegate = (
        b"\x36\x5f\x5f\x37"  # CALLDATACOPY(0, 0, size)
        b"\x5f\x5f\x36\x5f\x73" + PARKED.to_bytes(20, "big") + b"\x5a\xf4"  # DELEGATECALL(gas, it, 0, size)
    )
    forward = (
        b"\x60\x40\x36\x03\x80\x60\x40\x5f\x37"  # CALLDATACOPY(0, 64, n), n = CALLDATASIZE - 64
        b"\x5f\x5f\x91\x5f\x60\x20\x35\x5f\x35\x5a\xf1"  # CALL(gas, word 0, word 1, 0, n, 0, 0)
    )
    forward_at = len(is_driver) + 3 + len(delegate) + 3
    done_at = forward_at + 1 + len(forward)
    return_data = b"\x5b\x3d\x5f\x5f\x3e\x3d\x5f\x82"  # RETURNDATACOPY(0, 0, size); success flag on top
    success_at = done_at + len(return_data) + 4
    return (
        is_driver
        + bytes((0x60, forward_at, 0x57))
        + delegate
        + bytes((0x60, done_at, 0x56))
        + b"\x5b"
        + forward
        + return_data
        + bytes((0x60, success_at, 0x57, 0xFD, 0x5B, 0xF3))
    )


def wrapped(to: int, value: int, data: bytes) -> bytes:
    """Return the calldata that makes the shim call `to` with `value` wei of its own and `data`."""
    return to.to_bytes(32, "big") + value.to_bytes(32, "big") + data
