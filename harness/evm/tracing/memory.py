"""The opcodes that write memory."""

from __future__ import annotations

from collections.abc import Callable

from harness.bytecode.opcodes import BY_NAME
from harness.evm.tracing.frame import Frame, Halt, piece
from harness.evm.tracing.surroundings import Surroundings


def _copy_returned(frame: Frame, around: Surroundings, to: int, at: int, size: int) -> None:
    if at + size > len(frame.returned):
        raise Halt("beyond the return data")
    frame.store(to, frame.returned[at : at + size])


def _copy_code_of(frame: Frame, around: Surroundings, address: int, to: int, at: int, size: int) -> None:
    frame.store(to, piece(around.code(address % (1 << 160)), at, size))


_NAMED: dict[str, Callable[..., None]] = {
    "MSTORE": lambda frame, around, to, word: frame.store(to, word.to_bytes(32, "big")),
    "MSTORE8": lambda frame, around, to, word: frame.store(to, bytes((word & 0xFF,))),
    "MCOPY": lambda frame, around, to, at, size: frame.store(to, frame.load(at, size)),
    "CALLDATACOPY": lambda frame, around, to, at, size: frame.store(to, piece(frame.data, at, size)),
    "CODECOPY": lambda frame, around, to, at, size: frame.store(to, piece(frame.program.code, at, size)),
    "EXTCODECOPY": _copy_code_of,
    "RETURNDATACOPY": _copy_returned,
}

COPIES: dict[int, Callable[..., None]] = {BY_NAME[name].code: copy for name, copy in _NAMED.items()}
"""By opcode: what it does to the frame's memory, with the words that it takes."""
