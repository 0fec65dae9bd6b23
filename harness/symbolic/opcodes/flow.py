"""Opcodes that decide where control goes, or end the frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.bytecode.disassembly import Instruction
from harness.symbolic import operands
from harness.symbolic.choices import Leaf, choices, leaves
from harness.symbolic.data import EMPTY
from harness.symbolic.errors import Halted, Inexact
from harness.symbolic.opcodes.table import register
from harness.term.word import truth

if TYPE_CHECKING:
    from harness.symbolic.frame import Frame
    from harness.symbolic.state import State


def _jump(frame: Frame, state: State, _instruction: Instruction) -> None:
    where = state.stack.pop()
    if where.op == "const":
        frame.jump(state, where.data)
        return
    found = choices(where, state.path, "a jump target")
    if isinstance(found, Leaf) and found.path is state.path:
        frame.jump(state, found.number)
        return
    known = len(state.path.conditions)
    for target in leaves(found):
        taken = state.copy()
        for condition in target.path.conditions[known:]:
            taken.assume(condition)
        frame.jump(taken, target.number)


def _jumpi(frame: Frame, state: State, _instruction: Instruction) -> None:
    target = operands.number(state.stack.pop(), state.path, "a jump target")
    condition = truth(state.stack.pop())
    node = state.node
    taken, passed = frame.branch(state, condition)
    destination = node.jumps.get(target)
    if taken is not None and (destination is None or frame.worthwhile(destination)):
        frame.jump(taken, target)
    if passed is not None:
        assert node.following is not None
        if frame.worthwhile(node.following):
            frame.go(passed, node.following)


def _stop(frame: Frame, state: State, _instruction: Instruction) -> None:
    frame.end(state, "success", EMPTY)


def _return(frame: Frame, state: State, _instruction: Instruction) -> None:
    start, length = state.stack.pop(), state.stack.pop()
    frame.end(state, "success", operands.memory_data(frame, state, start, length))


def _revert(frame: Frame, state: State, _instruction: Instruction) -> None:
    start, length = state.stack.pop(), state.stack.pop()
    frame.end(state, "revert", operands.memory_data(frame, state, start, length))


def _invalid(_frame: Frame, _state: State, _instruction: Instruction) -> None:
    raise Halted


def _selfdestruct(_frame: Frame, _state: State, _instruction: Instruction) -> None:
    raise Inexact("a contract that can destroy itself")


register(
    {
        "JUMP": _jump,
        "JUMPI": _jumpi,
        "STOP": _stop,
        "RETURN": _return,
        "REVERT": _revert,
        "INVALID": _invalid,
        "SELFDESTRUCT": _selfdestruct,
    }
)
