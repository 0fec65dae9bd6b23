"""One activation of a contract's code: stack, memory, and what it was called with."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.bytecode.disassembly import Program

FARTHEST = 1 << 22
"""Memory beyond this many bytes is not followed; in the EVM it costs more gas than there is."""


class Halt(Exception):
    """An exceptional end: everything that the frame did is undone, and nothing is returned."""


class Untraceable(Exception):
    """The call does something that is not followed."""


@dataclass(slots=True)
class Frame:
    """`address` owns the storage that `program` works on, `code_at` the code itself."""

    program: Program
    code_at: int
    address: int
    caller: int
    value: int
    data: bytes
    static: bool
    depth: int
    stack: list[int] = field(default_factory=list)
    memory: bytearray = field(default_factory=bytearray)
    returned: bytes = b""
    pc: int = 0

    def pop(self, count: int) -> list[int]:
        """Take `count` words off the stack, the topmost first."""
        if len(self.stack) < count:
            raise Halt("the stack is empty")
        taken = self.stack[: -count - 1 : -1]
        del self.stack[-count:]
        return taken

    def reach(self, offset: int, size: int) -> None:
        """Make memory reach over ``[offset, offset + size)``."""
        end = -(-(offset + size) // 32) * 32 if size else 0
        if end > FARTHEST:
            raise Untraceable("memory that is too far away")
        if end > len(self.memory):
            self.memory.extend(bytes(end - len(self.memory)))

    def load(self, offset: int, size: int) -> bytes:
        """Return bytes of memory."""
        self.reach(offset, size)
        return bytes(self.memory[offset : offset + size]) if size else b""

    def store(self, offset: int, data: bytes) -> None:
        """Write bytes to memory."""
        self.reach(offset, len(data))
        if data:
            self.memory[offset : offset + len(data)] = data


def piece(data: bytes, offset: int, size: int) -> bytes:
    """Return a piece of calldata or code; there are zeros beyond its end."""
    if size > FARTHEST:
        raise Untraceable("memory that is too far away")
    return data[offset : offset + size].ljust(size, b"\0")
