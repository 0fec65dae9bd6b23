"""What the symbolic EVM refuses, and what it uses to unwind."""

from __future__ import annotations

from harness.errors import PoolproofError


class Unsupported(PoolproofError):
    """A construct that is reached and cannot be represented exactly: nothing is concluded.

    `opcode` is its name, `pc` the byte offset in the executed code (-1 where it has none), `why` one clause.
    """

    def __init__(self, opcode: str, pc: int, why: str) -> None:
        super().__init__(f"{opcode} at pc {pc}: {why}" if pc >= 0 else f"{opcode}: {why}")
        self.opcode = opcode
        self.pc = pc
        self.why = why


class Inexact(Exception):
    """Raised below the opcodes, where the place is not known; becomes `Unsupported` there."""


class Unreachable(Exception):
    """The running state's path contradicts itself: there is nothing to run."""


class Halted(Exception):
    """The call frame halts exceptionally in the running state."""
