"""Arithmetic, comparison and bitwise opcodes: functions of words, taken from the term layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.bytecode.disassembly import Instruction
from harness.bytecode.folding import FOLD2
from harness.bytecode.opcodes import BY_NAME
from harness.symbolic.errors import Inexact
from harness.symbolic.opcodes.table import Handler, register
from harness.term import word
from harness.term.choice import under
from harness.term.core import Term, const

if TYPE_CHECKING:
    from harness.symbolic.frame import Frame
    from harness.symbolic.state import State

MAX_POWER = 32
"""A symbolic base is multiplied out up to this constant exponent."""


def _power(base: Term, exponent: Term) -> Term:
    """EXP, refused where writing it out would not end."""
    if base.op != "const" and exponent.op == "const" and exponent.data > MAX_POWER:
        raise Inexact(f"a symbolic number to the power of {exponent.data}")
    return word.exp(base, exponent)


def _bitwise(function: Callable[[Term, Term], Term]) -> Callable[[Term, Term], Term]:
    """The operation on operands whose bounds show that they are words.

    A wrap that the path excludes was taken off: the difference that is left is a
    word there, but only the path knows it.
    """
    return lambda first, second: function(word.wrap(first, 256), word.wrap(second, 256))


_BINARY: dict[str, Callable[[Term, Term], Term]] = {
    "ADD": word.add,
    "MUL": word.mul,
    "SUB": word.sub,
    "DIV": word.div,
    "SDIV": word.sdiv,
    "MOD": word.mod,
    "SMOD": word.smod,
    "EXP": _power,
    "SIGNEXTEND": word.signextend,
    "LT": word.lt,
    "GT": word.gt,
    "SLT": word.slt,
    "SGT": word.sgt,
    "EQ": word.eq,
    "AND": _bitwise(word.and_),
    "OR": _bitwise(word.or_),
    "XOR": _bitwise(word.xor),
    "BYTE": word.byte,
    "SHL": word.shl,
    "SHR": word.shr,
    "SAR": word.sar,
}
_UNARY: dict[str, Callable[[Term], Term]] = {"ISZERO": word.iszero, "NOT": word.not_}
_TERNARY: dict[str, Callable[[Term, Term, Term], Term]] = {"ADDMOD": word.addmod, "MULMOD": word.mulmod}


def _unary(function: Callable[[Term], Term]) -> Handler:
    def handle(_frame: Frame, state: State, _instruction: Instruction) -> None:
        state.stack[-1] = function(state.stack[-1])

    return handle


def _binary(name: str, function: Callable[[Term, Term], Term]) -> Handler:
    fold = FOLD2.get(BY_NAME[name].code)

    def handle(_frame: Frame, state: State, _instruction: Instruction) -> None:
        stack = state.stack
        first, second = stack.pop(), stack[-1]
        if fold is not None and first.op == "const" and second.op == "const":
            stack[-1] = const(fold(first.data, second.data))
        else:
            result = function(first, second)
            # A mask or a wrap that the path excludes would keep equal words apart.
            stack[-1] = under(result, state.path.facts) if result.op == "mod" else result

    return handle


def _ternary(function: Callable[[Term, Term, Term], Term]) -> Handler:
    def handle(_frame: Frame, state: State, _instruction: Instruction) -> None:
        stack = state.stack
        first, second = stack.pop(), stack.pop()
        stack[-1] = function(first, second, stack[-1])

    return handle


register({name: _unary(function) for name, function in _UNARY.items()})
register({name: _binary(name, function) for name, function in _BINARY.items()})
register({name: _ternary(function) for name, function in _TERNARY.items()})
