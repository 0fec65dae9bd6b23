"""Opcodes of memory, and keccak256 of a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.bytecode.disassembly import Instruction
from harness.symbolic import operands, pieces
from harness.symbolic.errors import Inexact
from harness.symbolic.opcodes.table import register
from harness.symbolic.pieces import WORD, Piece
from harness.symbolic.slots import constant_leaves
from harness.term.choice import under
from harness.term.core import TRUE, Function, Term, apply, const, ite
from harness.term.hashing import keccak, keccak_bytes
from harness.term.word import narrow

if TYPE_CHECKING:
    from harness.symbolic.frame import Frame
    from harness.symbolic.state import State


FREE_POINTER = const(0x40)
"""Where solc keeps the address of unused memory."""

POINTER_CHOICES = 32
"""With more choices of the free pointer than this, states are not parted by it."""


def _mload(frame: Frame, state: State, _instruction: Instruction) -> None:
    place = state.stack.pop()
    word = operands.load(state, place)
    word = under(word, state.path.facts) if word.op in ("ite", "mod") else word
    if place is FREE_POINTER and word.leaves > 1 and len(constant_leaves(word)) <= POINTER_CHOICES:
        _part(frame, state, word)
    else:
        state.stack.append(word)


def _part(frame: Frame, state: State, pointer: Term) -> None:
    """Part a state by where its unused memory begins: exact, and every address stays a constant."""
    *others, (_, last) = operands.cases(pointer, state.path, "the free memory pointer")
    waiting = state
    for condition, address in [*others, (TRUE, last)]:
        chosen, rest = frame.branch(waiting, condition)
        if chosen is not None:
            chosen.stack.append(const(address))
            if chosen is not state:
                frame.fork(chosen)
        if rest is None:
            return
        waiting = rest


def _mstore(_frame: Frame, state: State, _instruction: Instruction) -> None:
    start, word = state.stack.pop(), state.stack.pop()
    operands.store(state, start, word)


def _mstore8(_frame: Frame, state: State, _instruction: Instruction) -> None:
    start, word = state.stack.pop(), state.stack.pop()
    operands.write(state, start, [(1, narrow(word, 8), WORD - 1)])


def _mcopy(_frame: Frame, state: State, _instruction: Instruction) -> None:
    target, source, length = state.stack.pop(), state.stack.pop(), state.stack.pop()
    count = operands.number(length, state.path, "a length")
    if count:
        found = operands.memory_data(state, source, const(count))
        operands.write(state, target, found.read(0, count))


def _msize(_frame: Frame, _state: State, _instruction: Instruction) -> None:
    raise Inexact("the size of memory is not tracked")


def _keccak256(frame: Frame, state: State, _instruction: Instruction) -> None:
    start, length = state.stack.pop(), state.stack.pop()
    digest: Term | None = None
    for condition, address, size in operands.ranges(state, start, length):
        found = _hash(state, state.memory.read(address, size), size)
        digest = found if digest is None else ite(condition, found, digest)
    assert digest is not None
    state.stack.append(digest)


def _hash(state: State, run: list[Piece], size: int) -> Term:
    """The keccak256 of some bytes."""
    constant = pieces.constant_bytes(run)
    words = [pieces.number(pieces.window(run, at, WORD)) for at in range(0, size, WORD)]
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
