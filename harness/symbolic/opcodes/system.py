"""Opcodes that call other contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from harness.bytecode.disassembly import Instruction
from harness.symbolic import data, operands, pieces
from harness.symbolic.data import EMPTY, Choice, Data, Known
from harness.symbolic.errors import Inexact, Unreachable
from harness.symbolic.memory import Memory
from harness.symbolic.opcodes.table import Handler, register
from harness.symbolic.pieces import WORD, Piece
from harness.symbolic.simplify import refine
from harness.symbolic.storage import Fresh, Storage
from harness.symbolic.trace import ALL_GAS, Call, Kind
from harness.symbolic.world import Answer, Request
from harness.term.core import FALSE, TRUE, ZERO, Term, const, eq, not_
from harness.term.integer import imin
from harness.term.word import narrow, word_of

if TYPE_CHECKING:
    from harness.symbolic.frame import Frame
    from harness.symbolic.state import State


def _call(kind: Kind) -> Handler:
    with_value = kind in ("CALL", "CALLCODE")

    def handle(frame: Frame, state: State, instruction: Instruction) -> None:
        stack = state.stack
        gas = frame.run.limit(stack.pop())
        target = narrow(stack.pop(), 160)
        value = stack.pop() if with_value else ZERO
        start, length, out, room = (stack.pop() for _ in range(4))
        if frame.static and kind == "CALL":
            frame.halt_when(state, not_(eq(value, ZERO)))
        sent = operands.memory_data(frame, state, start, length)
        if room is not ZERO:
            operands.affordable_range(frame, state, out, room)  # before states are parted
        code = frame.run.world.codes.get(target.data) if target.op == "const" else None
        if kind == "DELEGATECALL" and code is not None:
            if gas is not const(ALL_GAS):
                raise Inexact("known code runs on this contract's storage with little gas, and may lack some")
            for ended, success in _in_place(frame, state, code, sent):
                if ended is not state:
                    frame.fork(ended)
                _finish(frame, ended, success, out, room)
            return
        success = _summarised(frame, state, kind, target, value, gas, sent, instruction.pc)
        accepted, refused = frame.branch(state, success)
        if accepted is not None and refused is not None:
            frame.fork(refused)  # apart, each knows what was returned
            _finish(frame, refused, FALSE, out, room)
            _finish(frame, accepted, TRUE, out, room)
        else:
            _finish(frame, state, success, out, room)

    return handle


def _finish(frame: Frame, state: State, success: Term, out: Term, room: Term) -> None:
    """Store what was returned, and whether it succeeded."""
    if isinstance(state.returndata, Choice):
        decided = state.path.decide(state.returndata.condition)
        if decided is not None:
            state.returndata = state.returndata.left if decided else state.returndata.right
    _receive(frame, state, out, room)
    state.stack.append(word_of(success))


def _summarised(
    frame: Frame, state: State, kind: Kind, target: Term, value: Term, gas: Term, sent: Data, pc: int
) -> Term:
    """Let the environment say what the call does, and record it."""
    if kind in ("DELEGATECALL", "CALLCODE"):
        raise Inexact("code of another contract runs on this contract's storage, and is not known")
    request = Request(
        kind, target, value, gas, sent, state.calls, state.path, state.storage.copy(), pc, state.trace
    )
    answer: Answer = frame.run.environment.call(request)
    frame.run.assumptions |= answer.assumptions
    state.calls += 1
    if kind == "CALL":
        state.epoch = max(state.epoch + 1, state.calls)
    if answer.havoc and kind != "STATICCALL":
        state.storage = Storage(state.storage.labels, Fresh(state.calls))
        state.transient = Storage(state.transient.labels, Fresh(state.calls))
    state.trace = (
        *state.trace,
        Call(
            TRUE,
            kind,
            target,
            value,
            gas,
            sent,
            answer.success,
            answer.returndata,
            request.storage,
            state.storage.copy(),
            state.path,
            pc,
        ),
    )
    state.returndata = answer.returndata
    return answer.success


def _in_place(frame: Frame, state: State, code: bytes, sent: Data) -> list[tuple[State, Term]]:
    """Run known code on this contract's storage; a state, with the outcome, for each way in which it ends.

    The first is `state` itself.
    """
    from harness.symbolic.frame import Frame

    inner = Frame(frame.run, code, sent, Known(pieces.of_bytes(code)), frame.static, reverts=True)
    start = state.copy()
    start.stack, start.memory, start.returndata = [], Memory(), EMPTY
    ends = inner.execute(start)
    if not ends:
        raise Unreachable
    calls, epoch = max(end.state.calls for end in ends), max(end.state.epoch for end in ends)
    outcomes = []
    for outer, end in zip([state, *(state.copy() for _ in ends[1:])], ends, strict=True):
        outer.path, outer.returndata = end.state.path, end.state.returndata
        if end.kind == "success":  # else its events and calls are undone
            outer.trace = end.state.trace
        outer.storage, outer.transient = end.state.storage, end.state.transient
        outer.calls, outer.epoch = calls, epoch
        outcomes.append((outer, TRUE if end.kind == "success" else FALSE))
    return outcomes


def _receive(frame: Frame, state: State, out: Term, room: Term) -> None:
    """Store the return data's beginning in the caller's memory, as far as there is room and data."""
    count = operands.number(room, state.path, "a length")
    if not count:
        return
    returned, path = state.returndata, state.path
    size = refine(imin(returned.size, room), path)
    if size.op == "const":
        if size.data:
            operands.write(frame, state, out, returned.read(0, size.data))
        return
    operands.update(frame, state, out, count, lambda old: _beginning(returned, old))


def _beginning(returned: Data, old: list[Piece]) -> list[Piece]:
    """As many bytes of the return data as there are, the rest from what memory holds."""
    count = pieces.total(old)
    mixed: list[Piece] = []
    for at in range(0, count, WORD):
        length = min(WORD, count - at)
        under = pieces.number([*pieces.window(old, at, length), *pieces.zeros(WORD - length)])
        mixed.append((length, data.truncated(returned.word(at), under, returned.size, at), 0))
    return mixed


def _create(_frame: Frame, _state: State, _instruction: Instruction) -> None:
    raise Inexact("a contract that creates contracts")


register({kind: _call(kind) for kind in get_args(Kind)})
register({"CREATE": _create, "CREATE2": _create})
