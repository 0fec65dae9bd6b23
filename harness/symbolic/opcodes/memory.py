"""Opcodes of memory, and keccak256 of a part of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from harness.bytecode.disassembly import Instruction
from harness.symbolic import operands, pieces
from harness.symbolic.errors import Inexact
from harness.symbolic.opcodes.table import register
from harness.symbolic.pieces import WORD, Piece
from harness.term.core import ZERO, Function, Term, apply, const, ite
from harness.term.hashing import keccak, keccak_bytes
from harness.term.word import narrow, wrap

if TYPE_CHECKING:
    from harness.symbolic.frame import Frame
    from harness.symbolic.state import State


def _mload(frame: Frame, state: State, _instruction: Instruction) -> None:
    word = operands.load(frame, state, state.stack.pop())
    state.stack.append(word)


def _mstore(frame: Frame, state: State, _instruction: Instruction) -> None:
    start, word = state.stack.pop(), state.stack.pop()
    operands.store(frame, state, start, word)


def _mstore8(frame: Frame, state: State, _instruction: Instruction) -> None:
    start, word = state.stack.pop(), state.stack.pop()
    operands.write(frame, state, start, [(1, narrow(word, 8), WORD - 1)])


def _mcopy(frame: Frame, state: State, _instruction: Instruction) -> None:
    target, source, length = state.stack.pop(), state.stack.pop(), state.stack.pop()
    if length is not ZERO:
        found = operands.memory_data(frame, state, source, length)
        operands.copy(frame, state, target, found, ZERO, length)


def _msize(_frame: Frame, _state: State, _instruction: Instruction) -> None:
    raise Inexact("the size of memory is not tracked")


def _keccak256(frame: Frame, state: State, _instruction: Instruction) -> None:
    start, length = state.stack.pop(), state.stack.pop()
    at = partial(_hash, state)
    state.stack.append(operands.per_range(frame, state, start, length, at, ite))


def _hash(state: State, run: list[Piece], size: int) -> Term:
    """The keccak256 of some bytes."""
    constant = pieces.constant_bytes(run)
    words = [wrap(pieces.number(pieces.window(run, at, WORD)), 256) for at in range(0, size, WORD)]
    if constant is not None and size % WORD:
        return const(keccak_bytes(constant))
    if not size:
        return const(keccak_bytes(b""))
    if size % WORD:
        return apply(Function(f"keccak_of_{size}_bytes", len(words)), *words)
    digest = keccak(words)
    if digest.op == "const":
        state.storage.labels.learn(digest.data, tuple(word.data for word in words))
    return digest


register(
    {
        "MLOAD": _mload,
        "MSTORE": _mstore,
        "MSTORE8": _mstore8,
        "MCOPY": _mcopy,
        "MSIZE": _msize,
        "KECCAK256": _keccak256,
    }
)
