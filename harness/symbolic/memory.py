"""Memory: non-overlapping runs of bytes at constant addresses.

Words stored at odd addresses overlap all the time (a selector, then arguments),
so entries are byte ranges that are cut when something is stored over a part of
them. A copy of symbolic length is kept whole (`blob`) and can only be read
whole; bytes that it makes uncertain can't be read at all (`Inexact`).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from harness.symbolic import pieces
from harness.symbolic.data import Data
from harness.symbolic.errors import Inexact
from harness.symbolic.pieces import WORD, Piece
from harness.term.core import Term


@dataclass(frozen=True, slots=True, eq=False)
class Blob:
    """Data stored whole at an address (a term, at least `least`)."""

    start: Term
    least: int
    data: Data


class Deferred:
    """A word worked out only if somebody reads it: what a call returned is mostly not looked at."""

    __slots__ = ("_make", "_word")

    def __init__(self, make: Callable[[], Term]) -> None:
        self._make = make
        self._word: Term | None = None

    def word(self) -> Term:
        """The word."""
        if self._word is None:
            self._word = self._make()
        return self._word


Cell = tuple[int, Term | Deferred, int]
"""A piece whose word may be worked out later."""


class Memory:
    """One call frame's memory; zero where nothing was stored."""

    __slots__ = ("_cells", "_shared", "_starts", "blob", "uncertain")

    def __init__(self) -> None:
        self._cells: dict[int, Cell] = {}
        self._starts: list[int] = []
        self._shared = False
        self.blob: Blob | None = None
        self.uncertain: int | None = None

    def copy(self) -> Memory:
        """A memory that starts equal and changes on its own."""
        twin = Memory.__new__(Memory)
        twin._cells, twin._starts = self._cells, self._starts
        twin._shared = self._shared = True
        twin.blob, twin.uncertain = self.blob, self.uncertain
        return twin

    def read(self, start: int, length: int) -> list[Piece]:
        """The bytes start .. start+length. Raises Inexact where they are not certain."""
        found = self._cells.get(start)
        if found is not None and found[0] == length:
            return [_settled(found)]
        run: list[Piece] = []
        position, end = start, start + length
        for at in self._overlapping(start, end):
            cell = self._cells[at]
            if at > position:
                run += self._gap(position, at)
                position = at
            stop = min(end, at + cell[0])
            run.append(pieces.cut(_settled(cell), position - at, stop - at))
            position = stop
        return run + self._gap(position, end) if position < end else run

    def word(self, start: int) -> Term:
        """The 32-byte number at `start`."""
        found = self._cells.get(start)
        if found is not None and found[0] == WORD:
            return _settled(found)[1]
        return pieces.number(self.read(start, WORD))

    def write(self, start: int, run: Sequence[Piece]) -> None:
        """Store bytes."""
        self._own()
        length = pieces.total(run)
        self._clear(start, start + length)
        for piece in run:
            self._cells[start] = piece
            insort(self._starts, start)
            start += piece[0]

    def store(self, start: int, word: Term) -> None:
        """Store a 32-byte number."""
        found = self._cells.get(start)
        if found is None or found[0] != WORD:
            self.write(start, ((WORD, word, 0),))
            return
        self._own()
        self._cells[start] = (WORD, word, 0)
        self._spoil_blob(start + WORD)

    def defer(self, start: int, length: int, make: Callable[[], list[Piece]]) -> None:
        """Store `length` bytes that `make` gives when they are first read."""
        self._own()
        self._clear(start, start + length)
        whole: list[list[Piece]] = []

        def word(at: int, size: int) -> Term:
            if not whole:
                whole.append(make())
            return pieces.number([*pieces.window(whole[0], at, size), *pieces.zeros(WORD - size)])

        for at in range(0, length, WORD):
            size = min(WORD, length - at)
            self._cells[start + at] = (size, Deferred(partial(word, at, size)), 0)
            insort(self._starts, start + at)

    def write_blob(self, start: Term, least: int, data: Data) -> None:
        """Store data of symbolic size at an address that is at least `least`.

        It is readable as a whole until something is stored over it.
        """
        self._own()
        self._clear(least, None)
        self.blob = Blob(start, least, data)
        self.uncertain = least if self.uncertain is None else min(least, self.uncertain)

    def remember(self, start: Term, least: int, data: Data) -> None:
        """Remember data just stored byte for byte as a whole, too."""
        self.blob = Blob(start, least, data)

    def read_blob(self, start: Term, size: Term) -> Data | None:
        """The data stored whole at `start` with exactly that size, if it is still untouched."""
        if self.blob is None or self.blob.start is not start or self.blob.data.size is not size:
            return None
        return self.blob.data

    def starts(self) -> list[int]:
        """Where cells start, in order."""
        return self._starts

    def _gap(self, start: int, end: int) -> list[Piece]:
        """Bytes between cells: zeros, unless a copy of unknown length may have touched them."""
        if self.uncertain is not None and end > self.uncertain:
            raise Inexact(f"memory byte {start:#x} lies where a copy of unknown length may have written")
        return pieces.zeros(end - start)

    def _overlapping(self, start: int, end: int | None) -> list[int]:
        """Addresses of cells that overlap start .. end (None: no end)."""
        starts = self._starts
        low = bisect_left(starts, start)
        if low and starts[low - 1] + self._cells[starts[low - 1]][0] > start:
            low -= 1
        return starts[low : len(starts) if end is None else bisect_left(starts, end, low)]

    def _clear(self, start: int, end: int | None) -> None:
        """Forget the bytes start .. end, cutting cells that reach over."""
        self._spoil_blob(end)
        for at in self._overlapping(start, end):
            cell = self._cells.pop(at)
            self._starts.remove(at)
            length, word, skip = cell
            if at < start:
                self._cells[at] = (start - at, word, skip)
                insort(self._starts, at)
            if end is not None and at + length > end:
                self._cells[end] = (at + length - end, word, skip + end - at)
                insort(self._starts, end)

    def _spoil_blob(self, end: int | None) -> None:
        """Forget the blob if bytes up to `end` are stored and reach it."""
        if self.blob is not None and (end is None or end > self.blob.least):
            self.blob = None

    def _own(self) -> None:
        """Make sure that nobody else sees changes."""
        if self._shared:
            self._cells, self._starts = dict(self._cells), list(self._starts)
            self._shared = False


def _settled(cell: Cell) -> Piece:
    """A cell with its word worked out."""
    length, word, skip = cell
    return length, word.word() if isinstance(word, Deferred) else word, skip


def merge(condition: Term, left: Memory, right: Memory) -> Memory:
    """`left` where the condition holds, else `right`."""
    merged = left.copy()
    bounds = [bound for bound in (left.uncertain, right.uncertain) if bound is not None]
    merged.uncertain = min(bounds) if bounds else None
    if left.blob is not right.blob:
        merged.blob = None
    if left._cells is right._cells:
        return merged
    merged._own()
    for start, end in _differences(left, right):
        try:
            run = pieces.choose(condition, left.read(start, end - start), right.read(start, end - start))
        except Inexact:
            merged._clear(start, end)
            merged.uncertain = start if merged.uncertain is None else min(start, merged.uncertain)
            continue
        blob = merged.blob
        merged.write(start, run)
        merged.blob = blob
    return merged


def _differences(left: Memory, right: Memory) -> list[tuple[int, int]]:
    """Byte ranges, as large as overlaps demand, where two memories may differ."""
    changed = left._cells.items() ^ right._cells.items()
    ranges: list[tuple[int, int]] = []
    for start, (length, _, _) in sorted(changed, key=lambda item: item[0]):
        end = start + length
        if ranges and start < ranges[-1][1]:
            ranges[-1] = ranges[-1][0], max(end, ranges[-1][1])
        else:
            ranges.append((start, end))
    return ranges
