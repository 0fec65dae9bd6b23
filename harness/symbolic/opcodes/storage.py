"""Opcodes of storage and transient storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.bytecode.disassembly import Instruction
from harness.symbolic.errors import Halted
from harness.symbolic.opcodes.table import Handler, register
from harness.symbolic.run import Late
from harness.symbolic.simplify import refine_operand
from harness.symbolic.slots import Meaning
from harness.symbolic.storage import Storage
from harness.symbolic.trace import Call
from harness.term.choice import under
from harness.term.core import Term

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
    def handle(frame: Frame, state: State, instruction: Instruction) -> None:
        if frame.static:
            raise Halted
        space = _space(state, transient)
        slot, word = refine_operand(state.stack.pop(), state.path), under(state.stack.pop(), state.path.facts)
        meaning = frame.run.locate(space.labels, slot, state.path)
        if frame.run.options.late and not transient:
            _note_late(frame, state, meaning, word, instruction.pc)
        space.write(meaning, word)

    return handle


def _note_late(frame: Frame, state: State, meaning: Meaning, word: Term, pc: int) -> None:
    """Note what is about to be written, if another contract was called before."""
    if any(isinstance(entry, Call) and entry.kind == "CALL" for entry in state.trace):
        for place in meaning.places:
            old = state.storage.log(place.region).read(place.keys)
            path = state.path.extended(place.condition)
            frame.run.late.append(Late(path, place, old, word, pc))


register({"SLOAD": _load(False), "SSTORE": _store(False), "TLOAD": _load(True), "TSTORE": _store(True)})
