"""Opcodes of storage and transient storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.bytecode.disassembly import Instruction
from harness.symbolic.errors import Halted
from harness.symbolic.opcodes.table import Handler, register
from harness.symbolic.simplify import refine_operand
from harness.symbolic.storage import Storage
from harness.term.choice import under

if TYPE_CHECKING:
    from harness.symbolic.frame import Frame
    from harness.symbolic.state import State


def _space(state: State, transient: bool) -> Storage:
    return state.transient if transient else state.storage


def _load(transient: bool) -> Handler:
    def handle(frame: Frame, state: State, _instruction: Instruction) -> None:
        space = _space(state, transient)
        slot = refine_operand(state.stack.pop(), state.path)
        state.stack.append(space.read(frame.run.locate(space.labels, slot, state.path)))

    return handle


def _store(transient: bool) -> Handler:
    def handle(frame: Frame, state: State, _instruction: Instruction) -> None:
        if frame.static:
            raise Halted
        space = _space(state, transient)
        slot, word = refine_operand(state.stack.pop(), state.path), state.stack.pop()
        space.write(frame.run.locate(space.labels, slot, state.path), under(word, state.path.facts))

    return handle


register({"SLOAD": _load(False), "SSTORE": _store(False), "TLOAD": _load(True), "TSTORE": _store(True)})
