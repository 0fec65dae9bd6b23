"""The table of opcode meanings that the families fill in.

A handler gets the frame, the state (whose stack it pops and pushes), and the
instruction. An opcode without a handler halts the frame, as undefined bytes do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.bytecode.disassembly import Instruction
from harness.bytecode.opcodes import BY_NAME

if TYPE_CHECKING:
    from harness.symbolic.frame import Frame
    from harness.symbolic.state import State

Handler = Callable[["Frame", "State", Instruction], None]

HANDLERS: dict[int, Handler] = {}
"""Handlers by opcode byte."""


def register(handlers: dict[str, Handler]) -> None:
    """Add a family's handlers, by opcode name."""
    for name, handler in handlers.items():
        HANDLERS[BY_NAME[name].code] = handler
