"""From a program counter to the Solidity that it was compiled from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from harness.compiler.artifact import Artifact, Code

_PUSH1, _PUSH32 = 0x60, 0x7F


@dataclass(frozen=True, slots=True)
class SourceLocation:
    """A piece of a source: lines and columns count from 1, the end is exclusive; `text` is what is there."""

    unit: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str

    def __str__(self) -> str:
        return f"{self.unit}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Span:
    """One entry of a source map: bytes ``start`` to ``start + length`` of source `index`, and the jump kind.

    `index` is -1 where the instruction comes from no source; `jump` is ``i`` into a function, ``o`` out
    of one, ``-`` for any other instruction.
    """

    start: int
    length: int
    index: int
    jump: str


def decode(source_map: str) -> Iterator[Span]:
    """Yield one span an instruction from solc's compressed map; an empty map has none."""
    fields = ["-1", "-1", "-1", "-"]
    for entry in source_map.split(";") if source_map else []:
        for position, value in enumerate(entry.split(":")[:4]):
            if value:
                fields[position] = value
        yield Span(int(fields[0]), int(fields[1]), int(fields[2]), fields[3])


def instruction_starts(bytecode: bytes) -> list[int]:
    """Return the program counter of each instruction, the code swept from its first byte."""
    starts = []
    position = 0
    while position < len(bytecode):
        starts.append(position)
        opcode = bytecode[position]
        position += opcode - _PUSH1 + 2 if _PUSH1 <= opcode <= _PUSH32 else 1
    return starts


class SourceMap:
    """The source map of one piece of code, decoded once.

    Args:
        code: the bytecode and its compressed map.
        sources: (unit, text) by the index that the map uses; an index that is missing has no location.
    """

    def __init__(self, code: Code, sources: Mapping[int, tuple[str, str]]) -> None:
        self._code = code
        self._sources = {index: _Text(unit, text) for index, (unit, text) in sources.items()}

    @classmethod
    def of(cls, artifact: Artifact, creation: bool = False) -> SourceMap:
        """Return the map of an artefact's runtime code, or of its creation code."""
        return cls(artifact.creation if creation else artifact.runtime, artifact.sources)

    @cached_property
    def spans(self) -> dict[int, Span]:
        """The span of each instruction, by program counter; code past the map (metadata) has none."""
        return dict(zip(instruction_starts(self._code.bytecode), decode(self._code.source_map), strict=False))

    def locate(self, pc: int) -> SourceLocation | None:
        """Return where the instruction at `pc` comes from, or None where no source is known."""
        span = self.spans.get(pc)
        if span is None or span.index not in self._sources:
            return None
        return self._sources[span.index].location(span.start, span.start + span.length)


def locate(artifact: Artifact, pc: int) -> SourceLocation | None:
    """Return where the instruction at `pc` of the runtime code comes from; for many, keep a `SourceMap`."""
    return SourceMap.of(artifact).locate(pc)


class _Text:
    """A source with its lines found; source maps count bytes of UTF-8."""

    def __init__(self, unit: str, text: str) -> None:
        self._unit = unit
        self._bytes = text.encode()
        self._lines = [0, *(at + 1 for at, byte in enumerate(self._bytes) if byte == ord("\n"))]

    def location(self, start: int, end: int) -> SourceLocation:
        """Return the location of the bytes from `start` to `end`."""
        line, column = self._position(start)
        end_line, end_column = self._position(end)
        text = self._bytes[start:end].decode(errors="replace")
        return SourceLocation(self._unit, line, column, end_line, end_column, text)

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        before = self._bytes[self._lines[line - 1] : offset]
        return line, len(before.decode(errors="replace")) + 1
