"""What a call did, in the contract's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from harness.evm.raw import RawOutcome

if TYPE_CHECKING:
    from harness.evm.abi import Abi, Function

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


class Outcome:
    """One call's outcome, decoded when asked for."""

    __slots__ = ("_abi", "_events", "_function", "_returned", "output", "raw", "success")

    def __init__(self, raw: RawOutcome, abi: Abi, function: Function | None) -> None:
        self.raw = raw
        self.success = raw.success
        self.output = raw.output
        self._abi = abi
        self._function = function
        self._returned: tuple[Any, ...] | None = None
        self._events: tuple[EmittedEvent, ...] | None = None

    @property
    def returned(self) -> tuple[Any, ...]:
        """The return values; none for a failed call or an unknown function.

        Raises EvmError where the data does not fit the ABI.
        """
        if self._returned is None:
            function = self._function if self.success else None
            self._returned = function.decode_returned(self.output) if function is not None else ()
        return self._returned

    @property
    def reverted(self) -> Reverted | None:
        """Why the call failed, or None if it did not."""
        if self.success:
            return None
        if self.raw.halted is not None:
            return Reverted("Halt", (self.raw.halted,), b"")
        return self._abi.decode_revert(self.output)

    @property
    def events(self) -> tuple[EmittedEvent, ...]:
        """The events in order, of all contracts (none for a failed call)."""
        if self._events is None:
            decode = self._abi.decode_event
            self._events = tuple([decode(log) for log in self.raw.logs])
        return self._events

    def events_of(self, address: int) -> tuple[EmittedEvent, ...]:
        """The events that the contract at `address` emitted, in order."""
        return tuple(event for event in self.events if event.address == address)

    def __repr__(self) -> str:
        if not self.success:
            return f"Outcome(reverted {self.reverted})"
        return f"Outcome(returned {self.returned!r}, events {self.events!r})"
