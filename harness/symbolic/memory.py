"""Memory: non-overlapping runs of bytes at constant addresses.

Words stored at odd addresses overlap all the time (a selector, then arguments),
so entries are byte ranges that are cut when something is stored over a part of
them. A copy of symbolic length is kept whole (`blob`) and can only be read
whole; bytes that it makes uncertain can't be read at all (`Inexact`).

What is stored at a choice of addresses (the free-memory pointer, where paths
met) changes the bytes at each of them. Mostly nobody reads them there, so they
are worked out only then: what is read at the same choice is `Beside` it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from harness.symbolic import pieces
from harness.symbolic.data import Data
from harness.symbolic.errors import Inexact
from harness.symbolic.pieces import WORD, Piece
from harness.symbolic.simplify import MAX_MEMORY
from harness.term.core import Term
from harness.term.linear import normal_tree

MOST_DEFERRED = 32
"""Where so many words would wait for each other in a row, one more is worked out at once."""

Change = Callable[[list[Piece]], list[Piece]]
"""What is made of the bytes that are there."""


@dataclass(frozen=True, slots=True, eq=False)
class Blob:
    """Data stored whole at an address (a term, at least `least`)."""

    start: Term
    least: int
    data: Data


class Deferred:
    """A word worked out only if somebody reads it: what a call returned is mostly not looked at."""

    __slots__ = ("_depth", "_make", "_word")

    def __init__(self, make: Callable[[], Term], depth: int) -> None:
        self._make = make
        self._depth = depth
        self._word: Term | None = None

    @property
    def depth(self) -> int:
        """How many words are worked out one inside the other when this one is read."""
        return self._depth if self._word is None else 0

    def word(self) -> Term:
        """The word."""
        if self._word is None:
            self._word = self._make()
        return self._word


Cell = tuple[int, Term | Deferred, int]
"""A piece whose word may be worked out later."""


class Beside(NamedTuple):
    """What was stored last at constant distances from a choice of addresses.

    A choice is ``shift + factor * tree`` with an affine-normal tree. `run` has at `shift` what was stored
    at it; bytes that it lacks are not known. All that lies at addresses from `least` on and before `beyond`,
    and holds until something else is stored there.
    """

    factor: int
    tree: Term
    least: int
    beyond: int
    run: Memory


class Memory:
    """One call frame's memory; zero where nothing was stored."""

    __slots__ = ("_beside", "_cells", "_shared", "_starts", "blob", "uncertain")

    def __init__(self) -> None:
        self._cells: dict[int, Cell] = {}
        self._starts: list[int] = []
        self._shared = False
        self._beside: Beside | None = None
        self.blob: Blob | None = None
        self.uncertain: int | None = None

    def copy(self) -> Memory:
        """A memory that starts equal and changes on its own."""
        twin = Memory.__new__(Memory)
        twin._cells, twin._starts = self._cells, self._starts
        twin._shared = self._shared = True
        twin._beside, twin.blob, twin.uncertain = self._beside, self.blob, self.uncertain
        return twin

    def read(self, start: int, length: int) -> list[Piece]:
        """The bytes start .. start+length. Raises Inexact where they are not certain."""
        return [_settled(cell) for cell in self.look(start, length)]

    def look(self, start: int, length: int) -> list[Cell]:
        """The bytes start .. start+length as they are kept. Raises Inexact where they are not certain."""
        found = self._cells.get(start)
        if found is not None and found[0] == length:
            return [found]
        run: list[Cell] = []
        position, end = start, start + length
        for at in self._overlapping(start, end):
            cell = self._cells[at]
            if at > position:
                run += self._gap(position, at)
                position = at
            stop = min(end, at + cell[0])
            run.append((stop - position, cell[1], cell[2] + position - at))
            position = stop
        return [*run, *self._gap(position, end)] if position < end else run

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
        self._spoil(start, start + WORD)

    def defer(
        self, start: int, length: int, make: Callable[[], list[Piece]], given: Sequence[Cell] = ()
    ) -> None:
        """Store `length` bytes that `make` gives, out of `given` ones, when they are first read."""
        depth = 1 + _depth(given)
        if depth > MOST_DEFERRED:
            self.write(start, make())
            return
        self._own()
        self._clear(start, start + length)
        whole: list[list[Piece]] = []

        def word(at: int, size: int) -> Term:
            if not whole:
                whole.append(make())
            return pieces.number([*pieces.window(whole[0], at, size), *pieces.zeros(WORD - size)])

        for at in range(0, length, WORD):
            size = min(WORD, length - at)
            self._cells[start + at] = (size, Deferred(partial(word, at, size), depth), 0)
            insort(self._starts, start + at)

    def put(
        self,
        start: Term,
        addresses: Sequence[int],
        length: int,
        new: Sequence[Piece] | Change,
        at: Callable[[int, list[Piece]], list[Piece]],
    ) -> None:
        """Store `length` bytes, or what is made of those that are there, at a choice of `addresses`.

        `at` says what an address has then, given it and what was there.
        """
        beside = self._put_beside(start, addresses, length, new) if start.leaves > 1 else None
        for address in addresses:
            old = self.look(address, length)
            self.defer(address, length, partial(_at, at, address, old), old)
        if beside is not None:
            self._beside = beside

    def _put_beside(
        self, start: Term, addresses: Sequence[int], length: int, new: Sequence[Piece] | Change
    ) -> Beside | None:
        """What is beside a choice of addresses when something was stored at it; None past all memory."""
        shift, factor, tree = normal_tree(start)
        least, beyond, run = addresses[0], addresses[-1] + length, Memory()
        run.uncertain = 0
        known = self._beside
        if known is not None and (known.factor, known.tree) == (factor, tree):
            least, beyond, run = min(least, known.least), max(beyond, known.beyond), known.run.copy()
        if not callable(new):
            run.write(shift, new)
        else:
            run.change(shift, length, new)
        return Beside(factor, tree, least, beyond, run) if beyond <= MAX_MEMORY else None

    def change(self, start: int, length: int, new: Change) -> None:
        """Store what is made of the bytes that are there; where they are not certain, none are any more."""
        self._own()
        try:
            old = self.look(start, length)
        except Inexact:
            self._clear(start, start + length)
        else:
            self.defer(start, length, partial(_changed, new, old), old)

    def beside(self, start: Term, length: int) -> list[Piece] | None:
        """The bytes from a choice of addresses on, if they were last stored at distances from that choice."""
        if self._beside is None or start.leaves < 2:
            return None
        shift, factor, tree = normal_tree(start)
        if (self._beside.factor, self._beside.tree) != (factor, tree):
            return None
        try:
            return self._beside.run.read(shift, length)
        except Inexact:
            return None

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
        self._spoil(start, end)
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

    def _spoil(self, start: int, end: int | None) -> None:
        """Forget the blob, and what is beside a choice, if the bytes start .. end are stored and reach it."""
        if self.blob is not None and (end is None or end > self.blob.least):
            self.blob = None
        near = self._beside
        if near is not None and start < near.beyond and (end is None or end > near.least):
            self._beside = None

    def _own(self) -> None:
        """Make sure that nobody else sees changes."""
        if self._shared:
            self._cells, self._starts = dict(self._cells), list(self._starts)
            self._shared = False


def _settled(cell: Cell) -> Piece:
    """A cell with its word worked out."""
    length, word, skip = cell
    return length, word.word() if isinstance(word, Deferred) else word, skip


def _depth(cells: Sequence[Cell]) -> int:
    """How many deferred words at most wait for each other in some cells."""
    return max((word.depth for _, word, _ in cells if isinstance(word, Deferred)), default=0)


def _at(at: Callable[[int, list[Piece]], list[Piece]], address: int, old: list[Cell]) -> list[Piece]:
    """What `at` says of an address, whose old bytes are worked out for it."""
    return at(address, [_settled(cell) for cell in old])


def _changed(new: Change, old: list[Cell]) -> list[Piece]:
    """What is made of old bytes, worked out for it."""
    return new([_settled(cell) for cell in old])


def merge(condition: Term, left: Memory, right: Memory) -> Memory:
    """`left` where the condition holds, else `right`."""
    merged = left.copy()
    bounds = [bound for bound in (left.uncertain, right.uncertain) if bound is not None]
    merged.uncertain = min(bounds) if bounds else None
    if left.blob is not right.blob:
        merged.blob = None
    beside = merged._beside = left._beside if left._beside is right._beside else None
    if left._cells is right._cells:
        return merged
    merged._own()
    for start, end in _differences(left, right):
        try:
            one, other = left.look(start, end - start), right.look(start, end - start)
        except Inexact:
            merged._clear(start, end)
            merged.uncertain = start if merged.uncertain is None else min(start, merged.uncertain)
            continue
        blob = merged.blob
        if _depth(one) or _depth(other):
            merged.defer(start, end - start, partial(_either, condition, one, other), (*one, *other))
        else:
            merged.write(start, _either(condition, one, other))
        merged.blob = blob
    merged._beside = beside
    return merged


def _either(condition: Term, left: list[Cell], right: list[Cell]) -> list[Piece]:
    """The bytes of `left` where the condition holds, else of `right`."""
    return pieces.choose(condition, [_settled(cell) for cell in left], [_settled(cell) for cell in right])


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
