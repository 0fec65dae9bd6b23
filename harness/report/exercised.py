"""What a campaign exercised, arranged for reading: lines with counts, conditions with both their ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
_PLACE = ("line", "column", "condition")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a source: how many followed calls ran it, None where it has no code."""

    number: int
    text: str
    count: int | None

    @property
    def state(self) -> str:
        """``holds`` where it was run, ``undecided`` where it was not, "" where it cannot be."""
        return "" if self.count is None else "holds" if self.count else "undecided"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition: its place, its text, and how often each of its two ways was taken, by name."""

    line: int
    text: str
    ways: Mapping[str, int]

    @property
    def missed(self) -> list[str]:
        """The ways that no followed call took."""
        return [name for name, count in self.ways.items() if not count]


@dataclass(frozen=True, slots=True)
class Exercised:
    """What was exercised of one file; `lines` are all of its text, where the report has it."""

    file: str
    lines: tuple[Line, ...]
    conditions: tuple[Condition, ...]

    @property
    def run(self) -> tuple[int, int]:
        """How many lines with code were run, and how many there are."""
        counts = [line.count for line in self.lines if line.count is not None]
        return sum(map(bool, counts)), len(counts)

    @property
    def taken(self) -> tuple[int, int]:
        """How many ways of conditions were taken, and how many there are."""
        ways = [count for condition in self.conditions for count in condition.ways.values()]
        return sum(map(bool, ways)), len(ways)


def exercised(executed: Json, sources: Mapping[str, str]) -> Iterator[Exercised]:
    """Yield what a campaign's evidence says of each file, those first whose texts are given."""
    for entry in sorted(executed["files"], key=lambda each: each["file"] not in sources):
        counts = {int(number): count for number, count in entry["lines"].items()}
        texts = sources.get(entry["file"], "").split("\n") if entry["file"] in sources else []
        known = dict(enumerate(texts, 1)) or dict.fromkeys(counts, "")
        yield Exercised(
            entry["file"],
            tuple(Line(number, text, counts.get(number)) for number, text in sorted(known.items())),
            tuple(
                Condition(each["line"], each["condition"], {k: v for k, v in each.items() if k not in _PLACE})
                for each in entry["branches"]
            ),
        )
