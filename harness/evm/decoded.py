"""What revert data and logs say, once decoded."""

from __future__ import annotations

from typing import Any, NamedTuple

PANICS = {
    0x00: "compiler-inserted panic",
    0x01: "assertion failed",
    0x11: "arithmetic overflow or underflow",
    0x12: "division by zero",
    0x21: "not a member of the enum",
    0x22: "storage byte array wrongly encoded",
    0x31: "pop from an empty array",
    0x32: "index out of bounds",
    0x41: "too much memory allocated",
    0x51: "call of an uninitialised function pointer",
}
"""Solidity's panic codes."""


class Reverted(NamedTuple):
    """Why a call failed.

    `name` and `args` are the error's; ``Error`` (a reason string), ``Panic``
    (a code), ``Halt`` (the EVM's reason), "" where there is no data at all, and
    the selector in hex with the payload where the ABI does not know the error.
    """

    name: str
    args: tuple[Any, ...]
    raw: bytes

    def __str__(self) -> str:
        if self.name == "Panic" and self.args[0] in PANICS:
            return f"Panic(0x{self.args[0]:02x}: {PANICS[self.args[0]]})"
        return f"{self.name}({', '.join(map(repr, self.args))})" if self.name else "no revert data"


class EmittedEvent(NamedTuple):
    """An event: name, arguments in declared order, emitting contract.

    An indexed argument of dynamic type is its 32-byte hash. A log that the ABI
    does not know has the first topic in hex as name, and (topics, data) as arguments.
    """

    name: str
    args: tuple[Any, ...]
    address: int
