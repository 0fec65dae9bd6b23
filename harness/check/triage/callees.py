"""Contracts put in the way of a call where the real ones do not behave as a model says.

A *script* answers particular calldata with particular data; an *accepting* contract takes every order that
may change something, and answers questions as the contract that it stands in for would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.evm.keccak import keccak256
from harness.evm.vm import Chain

WITNESS = 0xD51FE500000000000000000000000000000C0DE5
"""Writes a log when called: fails, and so tells, where nothing may be changed."""

_PARKING = 0xD51FE500000000000000000000000000000E0000
_WITNESS_CODE = bytes.fromhex("5f5fa000")
_TEST, _HANDLER = 39, 14
"""Bytes of a script's code for comparing with one line's calldata, and for giving one answer."""

LONGEST_ANSWER = 4096
"""Answers of more bytes are not scripted."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a script answers to calldata: return data, or revert data."""

    calldata: bytes
    success: bool
    output: bytes


def script(lines: Sequence[Line]) -> bytes:
    """Return code that answers as `lines` say, and reverts on anything else."""
    answers = [*((line.success, line.output) for line in lines), (False, b"")]
    start = 4 + 3 + _TEST * len(lines) + 4
    handlers = [start + place * _HANDLER for place in range(len(answers))]
    data_at = start + _HANDLER * len(answers)
    code = bytes.fromhex("365f5f37365f20")  # CALLDATACOPY all; KECCAK256 of it
    for line, handler in zip(lines, handlers, strict=False):
        code += b"\x80\x7f" + keccak256(line.calldata) + b"\x14\x61" + handler.to_bytes(2, "big") + b"\x57"
    code += b"\x61" + handlers[-1].to_bytes(2, "big") + b"\x56"
    data = b""
    for success, output in answers:
        size, at = len(output).to_bytes(2, "big"), (data_at + len(data)).to_bytes(2, "big")
        code += b"\x5b\x61" + size + b"\x61" + at + b"\x5f\x39\x61" + size + b"\x5f"
        code += b"\xf3" if success else b"\xfd"
        data += output
    return code + data


def make_accepting(chain: Chain, addresses: Sequence[int]) -> None:
    """Have these contracts take every order; what only asks is answered as before."""
    chain.set_code(WITNESS, _WITNESS_CODE)
    for place, address in enumerate(addresses):
        parked = _PARKING + place
        chain.set_code(parked, chain.code(address))
        chain.set_code(address, _accepting(parked))


def _accepting(parked: int) -> bytes:
    """Return code that answers 1 where something may be changed, and else behaves as the code at `parked`."""
    ask = b"\x5f\x5f\x5f\x5f\x5f\x73" + WITNESS.to_bytes(20, "big") + b"\x62\x01\x86\xa0\xf1"
    copy = b"\x36\x5f\x5f\x37"
    run = b"\x5f\x5f\x36\x5f\x73" + parked.to_bytes(20, "big") + b"\x5a\xf4\x3d\x5f\x5f\x3e"
    back_at = len(ask) + 3 + len(copy) + len(run) + 6
    accept_at = back_at + 4
    return (
        ask
        + bytes((0x60, accept_at, 0x57))
        + copy
        + run
        + bytes((0x60, back_at, 0x57, 0x3D, 0x5F, 0xFD))
        + b"\x5b\x3d\x5f\xf3"
        + b"\x5b\x60\x01\x5f\x52\x60\x20\x5f\xf3"
    )
