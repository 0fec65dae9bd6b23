"""Opcodes of storage and transient storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.bytecode.disassembly import Instruction
from harness.compiler.layout import DynamicArray
from harness.symbolic.errors import Halted
from harness.symbolic.opcodes.table import Handler, register
from harness.symbolic.regions import LONGEST, part_of
from harness.symbolic.run import Late
from harness.symbolic.simplify import refine_operand
from harness.symbolic.slots import Meaning
from harness.symbolic.storage import Storage
from harness.symbolic.trace import Call
from harness.term.choice import under
from harness.term.core import ONE, Term, const, le, lt, or_
from harness.term.integer import iadd

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
        _owe_lengths(frame, state, space, meaning, word)
        space.write(meaning, word)

    return handle


def _owe_lengths(frame: Frame, state: State, space: Storage, meaning: Meaning, word: Term) -> None:
    """Leave to prove that a dynamic array grows by one at a time: so nobody pays for one that is too long."""
    for place in meaning.places:
        for part in place.region.fields:
            if isinstance(part.type, DynamicArray):
                old = part_of(space.log(place.region).read(place.keys), part)
                new = part_of(word, part)
                grows = or_(lt(new, const(LONGEST)), le(new, iadd(old, ONE)))
                path = state.path.extended(place.condition)
                frame.run.owe(f"{part.label}: grows by one", path, grows)


def _note_late(frame: Frame, state: State, meaning: Meaning, word: Term, pc: int) -> None:
    """Note what is about to be written, if another contract was called before."""
    if any(isinstance(entry, Call) and entry.kind == "CALL" for entry in state.trace):
        for place in meaning.places:
            old = state.storage.log(place.region).read(place.keys)
            path = state.path.extended(place.condition)
            frame.run.late.append(Late(path, place, old, word, pc))


register({"SLOAD": _load(False), "SSTORE": _store(False), "TLOAD": _load(True), "TSTORE": _store(True)})
