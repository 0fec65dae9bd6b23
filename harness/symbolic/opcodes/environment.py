"""Opcodes that read the call, the block, and other accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.bytecode.disassembly import Instruction
from harness.bytecode.opcodes import BY_NAME, PUSH0, PUSH32
from harness.symbolic import operands, pieces
from harness.symbolic.errors import Inexact
from harness.symbolic.opcodes.table import Handler, register
from harness.symbolic.pieces import WORD
from harness.symbolic.simplify import refine_operand
from harness.symbolic.world import SIZE_MAX, World, balance, blobhash, codehash, codesize, hash_of
from harness.term.choice import under
from harness.term.core import ZERO, Term, apply, const, le, lt, var
from harness.term.integer import iadd
from harness.term.word import narrow

if TYPE_CHECKING:
    from harness.symbolic.frame import Frame
    from harness.symbolic.state import State

_WORLD: dict[str, Callable[[World], Term]] = {
    "ADDRESS": lambda world: world.address,
    "ORIGIN": lambda world: world.origin,
    "CALLER": lambda world: world.caller,
    "CALLVALUE": lambda world: world.value,
    "GASPRICE": lambda world: world.gasprice,
    "COINBASE": lambda world: world.coinbase,
    "TIMESTAMP": lambda world: world.timestamp,
    "NUMBER": lambda world: world.number,
    "PREVRANDAO": lambda world: world.prevrandao,
    "GASLIMIT": lambda world: world.gaslimit,
    "CHAINID": lambda world: world.chainid,
    "BASEFEE": lambda world: world.basefee,
    "BLOBBASEFEE": lambda world: world.blobbasefee,
}


def _of_world(read: Callable[[World], Term]) -> Handler:
    def handle(frame: Frame, state: State, _instruction: Instruction) -> None:
        state.stack.append(read(frame.run.world))

    return handle


def _calldataload(frame: Frame, state: State, _instruction: Instruction) -> None:
    offset = refine_operand(state.stack.pop(), state.path)
    if state.path.decide(le(frame.calldata.size, offset)) is True:
        state.stack.append(ZERO)
        return
    place = operands.number(offset, state.path, "a calldata offset")
    looked_at = WORD - _dropped(frame.ahead(state, 2))
    run = operands.read(frame.calldata, place, looked_at, state.path)
    state.stack.append(pieces.number([*run, *pieces.zeros(WORD - looked_at)]))


def _dropped(following: tuple[Instruction, ...]) -> int:
    """How many of a word's last bytes are shifted out at once, as behind a selector: none is looked at."""
    if len(following) < 2 or following[1].code != BY_NAME["SHR"].code:
        return 0
    constant = PUSH0 <= following[0].code <= PUSH32
    return min(following[0].operand // 8, WORD - 1) if constant else 0


def _calldatasize(frame: Frame, state: State, _instruction: Instruction) -> None:
    state.stack.append(frame.calldata.size)


def _calldatacopy(frame: Frame, state: State, _instruction: Instruction) -> None:
    target, offset, length = state.stack.pop(), state.stack.pop(), state.stack.pop()
    operands.copy(frame, state, target, frame.calldata, offset, length)


def _codesize(frame: Frame, state: State, _instruction: Instruction) -> None:
    state.stack.append(frame.code_data.size)


def _codecopy(frame: Frame, state: State, _instruction: Instruction) -> None:
    target, offset, length = state.stack.pop(), state.stack.pop(), state.stack.pop()
    operands.copy(frame, state, target, frame.code_data, offset, length)


def _returndatasize(_frame: Frame, state: State, _instruction: Instruction) -> None:
    state.stack.append(state.returndata.size)


def _returndatacopy(frame: Frame, state: State, _instruction: Instruction) -> None:
    target, offset, length = state.stack.pop(), state.stack.pop(), state.stack.pop()
    frame.halt_when(state, lt(state.returndata.size, iadd(offset, length)))
    operands.copy(frame, state, target, state.returndata, offset, length)


def _account(read: Callable[[Frame, State, Term], Term]) -> Handler:
    def handle(frame: Frame, state: State, _instruction: Instruction) -> None:
        address = narrow(state.stack.pop(), 160)
        state.stack.append(read(frame, state, address))

    return handle


def _extcodesize(frame: Frame, state: State, address: Term) -> Term:
    """Known codes have their length; this contract's own code is there, unless it is being constructed."""
    world = frame.run.world
    if address is world.address:
        return ZERO if world.constructing else var("this.codesize", 1, SIZE_MAX)
    if address.op == "const" and address.data in world.codes:
        return const(len(world.codes[address.data]))
    return apply(codesize(state.epoch, world.mark), address)


def _extcodehash(frame: Frame, state: State, address: Term) -> Term:
    return apply(codehash(state.epoch, frame.run.world.mark), address)


def _blockhash(frame: Frame, state: State, _instruction: Instruction) -> None:
    wanted = under(state.stack.pop(), state.path.facts)
    state.stack.append(hash_of(wanted, frame.run.world.number))


def _blobhash(frame: Frame, state: State, _instruction: Instruction) -> None:
    state.stack.append(apply(blobhash(frame.run.world.mark), state.stack.pop()))


def _selfbalance(frame: Frame, state: State, _instruction: Instruction) -> None:
    world = frame.run.world
    state.stack.append(apply(balance(state.epoch, world.mark), world.address))


def _balance(frame: Frame, state: State, address: Term) -> Term:
    return apply(balance(state.epoch, frame.run.world.mark), address)


def _gas(frame: Frame, state: State, _instruction: Instruction) -> None:
    state.stack.append(frame.run.gas())


def _extcodecopy(_frame: Frame, _state: State, _instruction: Instruction) -> None:
    raise Inexact("another contract's code is not known")


def _pc(_frame: Frame, state: State, instruction: Instruction) -> None:
    state.stack.append(const(instruction.pc))


register({name: _of_world(read) for name, read in _WORLD.items()})
register(
    {
        "CALLDATALOAD": _calldataload,
        "CALLDATASIZE": _calldatasize,
        "CALLDATACOPY": _calldatacopy,
        "CODESIZE": _codesize,
        "CODECOPY": _codecopy,
        "RETURNDATASIZE": _returndatasize,
        "RETURNDATACOPY": _returndatacopy,
        "BALANCE": _account(_balance),
        "EXTCODESIZE": _account(_extcodesize),
        "EXTCODEHASH": _account(_extcodehash),
        "EXTCODECOPY": _extcodecopy,
        "BLOCKHASH": _blockhash,
        "BLOBHASH": _blobhash,
        "SELFBALANCE": _selfbalance,
        "GAS": _gas,
        "PC": _pc,
    }
)
