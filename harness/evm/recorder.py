"""Sees the calls that a contract makes: for one call, the callees' code is replaced by one that tells.

The EVM library shows no inner calls. A recorder sends its calldata to a logger, then runs the code that
it stands in for, in the callee's own storage. Where a write is forbidden the logger fails and the call
goes on, so views of the callee stay possible, unrecorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from harness.evm.raw import RawLog, RawOutcome
from harness.evm.vm import Chain

LOGGER = 0xD51FE500000000000000000000000000000C0DE4
"""Where the logger stands."""

FIRST_PARKED = 0xD51FE500000000000000000000000000000D0000
"""Where the callees' own code waits, one address each."""

_LOGGER_CODE = bytes.fromhex("365f5f3733365fa100")  # LOG1(calldata, topic = caller)
_GAS_TO_TELL = 400_000
"""What the logger may use up: where it fails, all of it is lost."""

_FINISH = bytes.fromhex("3d5f5f3e60")  # RETURNDATACOPY(0, 0, size), PUSH1 ...


class Recorded(NamedTuple):
    """One call that reached a callee: which one, with what data."""

    callee: int
    data: bytes


def recorded_call(
    chain: Chain, callees: Iterable[int], sender: int, to: int, data: bytes, value: int = 0
) -> tuple[RawOutcome, list[RawLog], list[Recorded]]:
    """Make a call while the callees record; return its outcome, its logs, and the calls that it made of them.

    Calls that were undone by a revert are not among them. The callees have their own code again afterwards.
    """
    own = {callee: chain.code(callee) for callee in callees}
    chain.set_code(LOGGER, _LOGGER_CODE)
    for place, (callee, code) in enumerate(own.items()):
        chain.set_code(FIRST_PARKED + place, code)
        chain.set_code(callee, _recorder(FIRST_PARKED + place))
    try:
        outcome = chain.call(sender, to, data, value)
    finally:
        for callee, code in own.items():
            chain.set_code(callee, code)
    logs = [log for log in outcome.logs if log.address != LOGGER]
    calls = [
        Recorded(int.from_bytes(log.topics[0], "big"), log.data)
        for log in outcome.logs
        if log.address == LOGGER
    ]
    return outcome, logs, calls


def _recorder(parked: int) -> bytes:
    """Return code that tells the logger its calldata and then behaves as the code at `parked`."""
    tell = b"\x36\x5f\x5f\x37" + b"\x5f\x5f\x36\x5f\x5f\x73" + LOGGER.to_bytes(20, "big")
    tell += b"\x62" + _GAS_TO_TELL.to_bytes(3, "big") + b"\xf1\x50"
    run = b"\x5f\x5f\x36\x5f\x73" + parked.to_bytes(20, "big") + b"\x5a\xf4"
    success_at = len(tell) + len(run) + len(_FINISH) + 5
    return tell + run + _FINISH + bytes((success_at, 0x57)) + b"\x3d\x5f\xfd" + b"\x5b\x3d\x5f\xf3"
