"""Unified diffs: read from text and applied to source texts, exactly.

A hunk must fit its context to the letter. Where the lines above it have grown or shrunk, it is applied
at the only other place that it fits; there is no fuzz beyond that, as a mutant that lands in another
function would be another mutant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from harness.check.mutants.errors import MutantError

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@")


@dataclass(frozen=True, slots=True)
class Hunk:
    """One change: the lines `old` become the lines `new`; `start` is where they were, counted from 0."""

    start: int
    old: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def line(self) -> int:
        """The first line that differs, counted from 1."""
        pairs = zip(self.old, self.new, strict=False)
        return self.start + 1 + next((at for at, (a, b) in enumerate(pairs) if a != b), len(self.old))


@dataclass(frozen=True, slots=True)
class Patch:
    """A diff: the hunks of each file (a path below the tree's root), in order, and its text."""

    hunks: tuple[tuple[str, tuple[Hunk, ...]], ...]
    text: str

    @property
    def files(self) -> tuple[str, ...]:
        """The files that are changed."""
        return tuple(file for file, _ in self.hunks)

    def apply(self, texts: Mapping[str, str], name: str) -> dict[str, str]:
        """Return the changed texts of the patched files; `texts` has at least those, `name` is for errors.

        Raises:
            MutantError: naming the file and line of a hunk that fits nowhere or in several places.
        """
        return {file: _apply(texts[file], hunks, f"{name}: {file}") for file, hunks in self.hunks}


def parse_patch(text: str, name: str) -> Patch:
    """Read a unified diff of existing files; `name` is for errors.

    Raises:
        MutantError: naming the line that is not part of one.
    """
    files: list[tuple[str, list[Hunk]]] = []
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        if lines[at].startswith("--- ") and lines[at + 1 : at + 2] and lines[at + 1].startswith("+++ b/"):
            files.append((lines[at + 1].removeprefix("+++ b/").split("\t")[0], []))
            at += 2
            continue
        header = _HUNK.match(lines[at])
        if header is None or not files:
            raise MutantError(f"{name}: line {at + 1} of the diff is none of a unified diff: {lines[at]!r}.")
        hunk, at = _hunk(lines, at, header, name)
        files[-1][1].append(hunk)
    if not files:
        raise MutantError(f"{name} has no diff: add one, as `git diff` makes it.")
    return Patch(tuple((file, tuple(hunks)) for file, hunks in files), text)


def _hunk(lines: list[str], at: int, header: re.Match[str], name: str) -> tuple[Hunk, int]:
    """Return the hunk whose header is line `at`, and the index of the line after it."""
    lengths = [int(number) if number else 1 for number in header.group(2, 3)]
    old: list[str] = []
    new: list[str] = []
    place = at + 1
    while [len(old), len(new)] != lengths:
        line = lines[place] if place < len(lines) else ""
        kind, rest = (line[0], line[1:]) if line else (" ", "")
        if kind not in " -+" or place >= len(lines) or len(old) > lengths[0] or len(new) > lengths[1]:
            raise MutantError(f"{name}: the hunk in line {at + 1} of the diff is not as long as it says.")
        old.extend([rest] if kind in " -" else [])
        new.extend([rest] if kind in " +" else [])
        place += 1
    return Hunk(int(header.group(1)) - 1, tuple(old), tuple(new)), place


def _apply(text: str, hunks: tuple[Hunk, ...], where: str) -> str:
    lines = text.split("\n")
    moved = 0
    for hunk in hunks:
        start = _place(lines, hunk, hunk.start + moved, where)
        lines[start : start + len(hunk.old)] = hunk.new
        moved = start - hunk.start + len(hunk.new) - len(hunk.old)
    return "\n".join(lines)


def _place(lines: list[str], hunk: Hunk, expected: int, where: str) -> int:
    """Return the index of the line where `hunk` fits."""
    size = len(hunk.old)
    fits = [at for at in range(len(lines) - size + 1) if tuple(lines[at : at + size]) == hunk.old]
    if expected in fits:
        return expected
    if len(fits) != 1:
        reason = "fits in several places" if fits else "does not fit"
        raise MutantError(
            f"{where}: the hunk for line {hunk.start + 1} {reason}: make the patch anew for these sources."
        )
    return fits[0]
