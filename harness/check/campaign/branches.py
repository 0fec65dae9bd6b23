"""Where a contract's source branches, found in its bytecode: which way of a JUMPI means which outcome.

solc gives a conditional jump the span of the statement or expression that it decides: an `if`, a loop,
``c ? a : b``, ``a && b``, ``a || b``. The way that leads into the part that is run where the condition holds
(for ``||``: where it doesn't) tells the two ways apart. Jumps that no condition of the source decides, such
as the dispatcher's, index checks and overflow checks, are none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harness.bytecode.disassembly import Program
from harness.bytecode.opcodes import JUMPI
from harness.compiler.artifact import Artifact
from harness.compiler.source_map import SourceLocation, SourceMap, Span

_IGNORED = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
_STATEMENT = re.compile(r"(if|for|while)\s*\(")
_DECLARATION = re.compile(
    r"(?:abstract\s+)?(?:contract|library|interface|function|modifier|constructor|receive|fallback)\b|\{"
)
_OPEN, _CLOSE = "([{", ")]}"
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the source: the text of it, and the bytes of its statement that run on one outcome."""

    text: str
    start: int
    end: int
    outcome: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """A conditional jump: where its condition is, and what it means that it jumps (None: not told apart)."""

    place: SourceLocation
    condition: str
    jumps_when: bool | None

    @property
    def key(self) -> tuple[str, int, int, str]:
        """What two jumps share if they are one branch of the source: solc may write it out several times."""
        return self.place.unit, self.place.line, self.place.column, self.condition

    @property
    def ways(self) -> tuple[str, str]:
        """What it is called that the jump falls through, and that it jumps."""
        if self.jumps_when is None:
            return "one", "other"
        return ("false", "true") if self.jumps_when else ("true", "false")


class Sites:
    """The lines and branches of one contract's runtime code."""

    def __init__(self, artifact: Artifact) -> None:
        self._map = SourceMap.of(artifact)
        self._program = Program(artifact.runtime.bytecode)
        self._located: dict[tuple[int, int, int], SourceLocation | None] = {}
        self.lines = {pc: (place.unit, place.line) for pc, place in self._places()}
        self.branches = dict(self._branches())

    def _places(self) -> Iterator[tuple[int, SourceLocation]]:
        """Yield where each instruction comes from that is part of a statement, not of a declaration."""
        for pc, span in self._map.spans.items():
            place = self._locate(pc, span)
            if place is not None and _DECLARATION.match(place.text) is None:
                yield pc, place

    def _locate(self, pc: int, span: Span) -> SourceLocation | None:
        key = span.index, span.start, span.length
        if key not in self._located:
            self._located[key] = self._map.locate(pc)
        return self._located[key]

    def _branches(self) -> Iterator[tuple[int, Branch]]:
        spans = self._map.spans
        for pc, instruction in self._program.instructions.items():
            span = spans.get(pc)
            place = self._locate(pc, span) if span is not None and instruction.code == JUMPI else None
            if span is None or place is None or _DECLARATION.match(place.text):
                continue
            condition = condition_of(place.text)
            if condition is not None:
                yield pc, Branch(place, condition.text, self._jumps_when(pc, span, condition))

    def _jumps_when(self, pc: int, span: Span, condition: Condition) -> bool | None:
        """Return the condition's value where the JUMPI at `pc` jumps."""
        first, last = span.start + condition.start, span.start + condition.end

        def enters(block: int) -> bool:
            spans = [self._map.spans.get(one.pc) for one in self._program.block(block).instructions]
            return any(
                one is not None
                and one.index == span.index
                and first <= one.start
                and one.start + one.length <= last
                for one in spans
            )

        if enters(pc + 1):
            return not condition.outcome
        target = self._target(pc)
        return condition.outcome if target is not None and enters(target) else None

    def _target(self, pc: int) -> int | None:
        """Return where the JUMPI at `pc` jumps, if the instruction before it says so."""
        for size in (2, 3, 4):
            before = self._program.instructions.get(pc - size)
            if before is not None and before.size == size and before.operand in self._program.jumpdests:
                return before.operand
        return None


def condition_of(text: str) -> Condition | None:
    """Return the condition that decides a statement or expression, None where there is none."""
    raw = text.encode()
    plain = _IGNORED.sub(lambda match: " " * len(match[0]), raw.decode("latin-1"))  # a letter for each byte

    def condition(first: int, last: int, start: int, end: int, outcome: bool = True) -> Condition:
        words = " ".join(raw[first:last].decode(errors="replace").split())
        short = words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
        return Condition(short, start, end, outcome)

    statement = _STATEMENT.match(plain)
    if statement is not None:
        first, close = statement.end(), _closing(plain, statement.end() - 1)
        if statement[1] == "for":
            first, last = (at + first for at in _middle(plain[first:close]))
        else:
            last = close
        return condition(first, last, close + 1, _end_of_body(plain, close + 1))
    chosen, otherwise = _last(plain, "?"), _last(plain, ":")
    if chosen is not None:
        return condition(0, chosen, chosen + 1, otherwise or len(plain))
    for operator, outcome in (("||", False), ("&&", True)):
        at = _last(plain, operator)
        if at is not None:
            return condition(0, at, at + 2, len(plain), outcome)
    return None


def _middle(head: str) -> tuple[int, int]:
    """Return where the condition of a loop's head lies: between its two semicolons."""
    first = head.find(";") + 1
    last = head.find(";", first)
    return first, last if last >= 0 else len(head)


def _closing(text: str, start: int) -> int:
    """Return where the bracket at `start` is closed."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] in _OPEN) - (text[place] in _CLOSE)
        if not depth:
            return place
    return len(text) - 1


def _end_of_body(text: str, start: int) -> int:
    """Return where the statement after `start` ends."""
    body = len(text) - len(text[start:].lstrip())
    if text[body : body + 1] == "{":
        return _closing(text, body) + 1
    otherwise = re.compile(r";\s*else\b").search(text, body)
    return otherwise.start() if otherwise is not None else len(text)


def _last(text: str, wanted: str) -> int | None:
    """Return the last place of an operator that is in no bracket."""
    depth, found = 0, None
    for place, letter in enumerate(text):
        depth += (letter in _OPEN) - (letter in _CLOSE)
        if not depth and text.startswith(wanted, place):
            found = place
    return found
