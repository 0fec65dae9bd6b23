"""Opcodes that emit events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.bytecode.disassembly import Instruction
from harness.symbolic import operands
from harness.symbolic.errors import Halted
from harness.symbolic.opcodes.table import Handler, register
from harness.symbolic.trace import Event
from harness.term.choice import under
from harness.term.core import TRUE

if TYPE_CHECKING:
    from harness.symbolic.frame import Frame
    from harness.symbolic.state import State


def _log(count: int) -> Handler:
    def handle(frame: Frame, state: State, instruction: Instruction) -> None:
        if frame.static:
            raise Halted
        start, length = state.stack.pop(), state.stack.pop()
        topics = tuple(under(state.stack.pop(), state.path.facts) for _ in range(count))
        found = operands.memory_data(frame, state, start, length)
        event = Event(TRUE, frame.run.world.address, topics, found, instruction.pc)
        state.trace = (*state.trace, event)

    return handle


register({f"LOG{count}": _log(count) for count in range(5)})
