"""Bytes to instructions and basic blocks, exactly as the EVM reads them.

The whole code is swept, trailing metadata included: what the EVM could execute
is code, whatever the compiler meant it to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from harness.bytecode.opcodes import ENDS, JUMP, JUMPDEST, JUMPI, OPCODES, PUSH0, PUSH32

_LAST = ENDS | {JUMP, JUMPI}


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction; `operand` is a PUSH's value (code that ends early reads as zeros) or 0."""

    pc: int
    code: int
    operand: int
    size: int


@dataclass(frozen=True, slots=True)
class Block:
    """Instructions that run one after another.

    `following` is the pc after the last one, where control falls to unless the
    last one is a JUMP or an end.
    """

    pc: int
    instructions: tuple[Instruction, ...]
    following: int

    @property
    def last(self) -> int:
        """The opcode byte of the last instruction."""
        return self.instructions[-1].code


def sweep(code: bytes) -> dict[int, Instruction]:
    """Disassemble all of `code` from byte 0; keys are the pcs of instructions, in order."""
    instructions: dict[int, Instruction] = {}
    pc = 0
    while pc < len(code):
        byte = code[pc]
        size, operand = 1, 0
        if PUSH0 <= byte <= PUSH32:
            count = byte - PUSH0
            size += count
            operand = int.from_bytes(code[pc + 1 : pc + size].ljust(count, b"\0"), "big")
        instructions[pc] = Instruction(pc, byte, operand, size)
        pc += size
    return instructions


class Program:
    """A code with its instructions, valid jump destinations and basic blocks."""

    def __init__(self, code: bytes) -> None:
        self.code = code
        self.instructions = sweep(code)
        self.jumpdests = frozenset(pc for pc, found in self.instructions.items() if found.code == JUMPDEST)
        self._blocks: dict[int, Block] = {}

    @cached_property
    def end(self) -> Instruction:
        """The STOP that the EVM reads past the last byte."""
        return Instruction(len(self.code), 0, 0, 1)

    def block(self, pc: int) -> Block:
        """The basic block that starts at `pc`; past the end of the code it is a STOP."""
        block = self._blocks.get(pc)
        if block is None:
            block = self._blocks[pc] = self._cut(pc)
        return block

    def _cut(self, start: int) -> Block:
        """Collect instructions up to a jump, an end, or the next JUMPDEST."""
        collected: list[Instruction] = []
        pc = start
        while True:
            instruction = self.instructions.get(pc, self.end)
            if collected and instruction.code == JUMPDEST:
                break
            collected.append(instruction)
            pc = instruction.pc + instruction.size
            if instruction.code in _LAST or instruction.code not in OPCODES:
                break
        return Block(start, tuple(collected), pc)
