"""Running a basic block on known constants: what the control-flow graph knows of the stack."""

from __future__ import annotations

from collections.abc import Callable

from harness.bytecode.disassembly import Instruction
from harness.bytecode.opcodes import BY_NAME, DUP1, DUP16, OPCODES, PUSH0, PUSH32, SWAP1, SWAP16

MASK = (1 << 256) - 1

Known = int | None
"""A stack entry's value where it is a known constant, else None."""


def _shl(by: int, value: int) -> int:
    return (value << by) & MASK if by < 256 else 0


def _shr(by: int, value: int) -> int:
    return value >> by if by < 256 else 0


_BINARY: dict[str, Callable[[int, int], int]] = {
    "ADD": lambda a, b: (a + b) & MASK,
    "MUL": lambda a, b: (a * b) & MASK,
    "SUB": lambda a, b: (a - b) & MASK,
    "DIV": lambda a, b: a // b if b else 0,
    "AND": lambda a, b: a & b,
    "OR": lambda a, b: a | b,
    "XOR": lambda a, b: a ^ b,
    "LT": lambda a, b: int(a < b),
    "GT": lambda a, b: int(a > b),
    "EQ": lambda a, b: int(a == b),
    "SHL": _shl,
    "SHR": _shr,
}

FOLD2 = {BY_NAME[name].code: fold for name, fold in _BINARY.items()}
_ISZERO, _NOT, _PC = BY_NAME["ISZERO"].code, BY_NAME["NOT"].code, BY_NAME["PC"].code


class StackUnderflow(Exception):
    """The block pops more than there is: the EVM halts here."""


def step(stack: list[Known], instruction: Instruction) -> None:
    """Apply one instruction to `stack` (top last); raises StackUnderflow."""
    code = instruction.code
    opcode = OPCODES[code]
    if len(stack) < opcode.pops:
        raise StackUnderflow
    if PUSH0 <= code <= PUSH32:
        stack.append(instruction.operand)
    elif DUP1 <= code <= DUP16:
        stack.append(stack[DUP1 - 1 - code])
    elif SWAP1 <= code <= SWAP16:
        under = SWAP1 - 2 - code
        stack[-1], stack[under] = stack[under], stack[-1]
    elif code in FOLD2:
        first, second = stack.pop(), stack.pop()
        stack.append(None if first is None or second is None else FOLD2[code](first, second))
    elif code in (_ISZERO, _NOT):
        only = stack.pop()
        stack.append(None if only is None else int(only == 0) if code == _ISZERO else only ^ MASK)
    elif code == _PC:
        stack.append(instruction.pc)
    else:
        if opcode.pops:
            del stack[-opcode.pops :]
        stack.extend([None] * opcode.pushes)
