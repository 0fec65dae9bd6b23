"""What one call did, as the EVM has it: bytes, topics and addresses, nothing decoded."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from harness.evm.errors import EvmError


class RawLog(NamedTuple):
    """A log as the EVM keeps it: emitting address, topics (32 bytes each), data."""

    address: int
    topics: tuple[bytes, ...]
    data: bytes


class RawOutcome:
    """What one call did.

    `output` is the return data, or the revert data where `success` is false;
    `halted` is revm's name for the reason where execution stopped in an
    exceptional way (out of gas, invalid opcode ...); `created` is the new
    contract's address for a deployment. `logs` are this call's own, in order.
    """

    __slots__ = ("_logs", "_result", "created", "halted", "output", "success")

    def __init__(
        self,
        success: bool,
        output: bytes,
        halted: str | None = None,
        result: Any = None,
        created: int | None = None,
    ) -> None:
        self.success = success
        self.output = output
        self.halted = halted
        self.created = created
        self._result = result
        self._logs: tuple[RawLog, ...] | None = None

    @property
    def logs(self) -> tuple[RawLog, ...]:
        """This call's logs in order (none if it failed); read from the EVM when first asked for."""
        if self._logs is None:
            found = self._result.logs if self._result is not None else ()
            self._logs = tuple([_raw_log(log) for log in found]) if found else ()
            self._result = None
        return self._logs

    def __repr__(self) -> str:
        state = "success" if self.success else f"halt {self.halted}" if self.halted else "revert"
        return f"RawOutcome({state}, 0x{self.output.hex()})"


def _raw_log(log: Any) -> RawLog:
    topics, data = log.data
    return tuple.__new__(RawLog, (_number_of(log.address), tuple(topics), data))  # as RawLog(...), quicker


@lru_cache(maxsize=8_192)
def hex_address(address: int) -> str:
    """Return `address` as 0x and 40 lower-case digits.

    Raises EvmError where it does not fit 160 bits.
    """
    if not 0 <= address < 2**160:
        raise EvmError(f"{address:#x} is not an address: it must fit 160 bits")
    return f"0x{address:040x}"


@lru_cache(maxsize=8_192)
def _number_of(address: str) -> int:
    return int(address, 16)
