"""The interpreter: one call from beginning to end, with the calls that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from harness.bytecode.disassembly import Program
from harness.bytecode.opcodes import (
    BY_NAME,
    DUP1,
    DUP16,
    JUMP,
    JUMPDEST,
    JUMPI,
    OPCODES,
    PUSH0,
    PUSH32,
    RETURN,
    REVERT,
    STOP,
    SWAP1,
    SWAP16,
    name_of,
)
from harness.evm.tracing.frame import Frame, Halt, Untraceable
from harness.evm.tracing.memory import COPIES
from harness.evm.tracing.surroundings import READS, Block, Surroundings
from harness.evm.tracing.words import PURE
from harness.evm.vm import Chain

__all__ = ["Block", "Trace", "Untraceable", "trace"]

MOST_STEPS = 500_000
DEEPEST = 16
PRECOMPILES = range(1, 0x0B)
_POP, _SSTORE, _TSTORE = (BY_NAME[name].code for name in ("POP", "SSTORE", "TSTORE"))
_LOG0, _LOG4 = BY_NAME["LOG0"].code, BY_NAME["LOG4"].code
_CALLS = {BY_NAME[name].code: name for name in ("CALL", "CALLCODE", "DELEGATECALL", "STATICCALL")}


@dataclass(slots=True)
class Trace:
    """What a call came to, and the way that it took.

    `executed` has the program counters that ran and `jumps` each JUMPI with whether it jumped, both by the
    account whose code it is; `written` the words that the call left changed, by (account, slot).
    """

    success: bool = False
    output: bytes = b""
    written: dict[tuple[int, int], int] = field(default_factory=dict)
    logs: int = 0
    executed: dict[int, set[int]] = field(default_factory=dict)
    jumps: dict[int, set[tuple[int, bool]]] = field(default_factory=dict)


def trace(
    chain: Chain,
    words: Mapping[tuple[int, int], int],
    block: Block,
    to: int,
    data: bytes,
    value: int = 0,
) -> Trace:
    """Follow a call of `to` in `block`, on the chain's state with other `words` by (account, slot).

    Raises:
        Untraceable: if the call does what is not followed (creation, precompiles, half a million steps).
    """
    machine = _Machine(Surroundings(chain, words, block))
    before = machine.around.balances(block.sender, to, value)
    frame = Frame(machine.program(to), to, to, block.sender, value, data, static=False, depth=0)
    success, output = machine.run(frame)
    if not success:
        machine.around.restore(before)
    machine.result.success, machine.result.output = success, output
    machine.result.written = machine.around.written if success else {}
    return machine.result


class _Machine:
    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.result = Trace()
        self._steps = 0

    def program(self, address: int) -> Program:
        """Return the code of an account, decoded."""
        return _decoded(self.around.code(address))

    def run(self, frame: Frame) -> tuple[bool, bytes]:
        """Run a frame to its end; return whether it succeeded, and its return or revert data."""
        kept, logs = self.around.kept(), self.result.logs
        try:
            success, output = self._run(frame)
        except Halt:
            success, output = False, b""
        if not success:
            self.around.restore(kept)
            self.result.logs = logs
        return success, output

    def _run(self, frame: Frame) -> tuple[bool, bytes]:
        executed = self.result.executed.setdefault(frame.code_at, set())
        instructions, end = frame.program.instructions, frame.program.end
        while True:
            instruction = instructions.get(frame.pc, end)
            code = instruction.code
            executed.add(frame.pc)
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise Untraceable("too many steps")
            if code in (STOP, RETURN, REVERT):
                return code != REVERT, b"" if code == STOP else frame.load(*frame.pop(2))
            if code in (JUMP, JUMPI):
                self._jump(frame, code)
                continue
            if PUSH0 <= code <= PUSH32:
                frame.stack.append(instruction.operand)
            elif code in PURE:
                count, function = PURE[code]
                frame.stack.append(function(*frame.pop(count)))
            elif code != JUMPDEST:
                self._other(frame, code)
            frame.pc += instruction.size

    def _jump(self, frame: Frame, code: int) -> None:
        target, condition = (frame.pop(1)[0], 1) if code == JUMP else frame.pop(2)
        if code == JUMPI:
            jumps = self.result.jumps.setdefault(frame.code_at, set())
            jumps.add((frame.pc, bool(condition)))
        if not condition:
            frame.pc += 1
        elif target in frame.program.jumpdests:
            frame.pc = target
        else:
            raise Halt("there is no jump destination")

    def _other(self, frame: Frame, code: int) -> None:
        stack = frame.stack
        if DUP1 <= code <= DUP16 or SWAP1 <= code <= SWAP16:
            depth = code - DUP1 + 1 if code <= DUP16 else code - SWAP1 + 2
            if len(stack) < depth:
                raise Halt("the stack is empty")
            if code <= DUP16:
                stack.append(stack[-depth])
            else:
                stack[-1], stack[-depth] = stack[-depth], stack[-1]
        elif code in READS:
            stack.append(READS[code](frame, self.around, *_taken(frame, code)))
        elif code in COPIES:
            COPIES[code](frame, self.around, *frame.pop(OPCODES[code].pops))
        elif code == _POP:
            frame.pop(1)
        elif code in _CALLS:
            stack.append(int(self._call(frame, _CALLS[code])))
        else:
            self._write(frame, code)

    def _write(self, frame: Frame, code: int) -> None:
        """Do what is forbidden in a static call."""
        if code not in (_SSTORE, _TSTORE) and not _LOG0 <= code <= _LOG4:
            if code in OPCODES and name_of(code) not in ("INVALID",):
                raise Untraceable(name_of(code))
            raise Halt("there is no such instruction")
        if frame.static:
            raise Halt("a static call writes")
        taken = frame.pop(OPCODES[code].pops)
        if code == _SSTORE:
            self.around.write(frame.address, *taken)
        elif code == _TSTORE:
            self.around.transient[frame.address, taken[0]] = taken[1]
        else:
            frame.reach(taken[0], taken[1])
            self.result.logs += 1

    def _call(self, frame: Frame, kind: str) -> bool:
        _, target, *rest = frame.pop(7 if kind in ("CALL", "CALLCODE") else 6)
        target %= 1 << 160
        value = rest.pop(0) if kind in ("CALL", "CALLCODE") else 0
        at, size, out, room = rest
        data = frame.load(at, size)
        frame.reach(out, room)
        if target in PRECOMPILES:
            raise Untraceable("a precompile")
        if frame.depth >= DEEPEST:
            raise Untraceable("calls within calls within calls")
        if value and frame.static and kind == "CALL":
            raise Halt("a static call sends value")
        before = self.around.balances(frame.address, target if kind == "CALL" else frame.address, value)
        inner = Frame(
            self.program(target),
            target,
            frame.address if kind in ("DELEGATECALL", "CALLCODE") else target,
            frame.caller if kind == "DELEGATECALL" else frame.address,
            frame.value if kind == "DELEGATECALL" else value,
            data,
            frame.static or kind == "STATICCALL",
            frame.depth + 1,
        )
        success, output = self.run(inner)
        if not success:
            self.around.restore(before)
        frame.returned = output
        frame.store(out, output[:room])
        return success


def _taken(frame: Frame, code: int) -> list[int]:
    count = OPCODES[code].pops
    return frame.pop(count) if count else []


@lru_cache(maxsize=64)
def _decoded(code: bytes) -> Program:
    return Program(code)
