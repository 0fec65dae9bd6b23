"""What a call did, in the contract's own words."""

from __future__ import annotations

from typing import Any

from harness.evm.abi import Abi, Function
from harness.evm.decoded import EmittedEvent, Reverted
from harness.evm.raw import RawOutcome


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
