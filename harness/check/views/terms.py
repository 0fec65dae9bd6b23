"""A symbolic storage seen as the state of a specification."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.check.views.binding import Cell, Entries, Shape
from harness.check.views.reading import read, record_at
from harness.check.views.symbolic import Sums, SymbolicTable
from harness.lang import Int, Table
from harness.symbolic.log import Either, Log
from harness.symbolic.path import Path
from harness.symbolic.regions import Region
from harness.symbolic.slots import Place
from harness.symbolic.storage import Storage
from harness.term.core import TRUE, Function, Term, TermError, and_, apply, const, eq, ite, lt
from harness.term.hashing import keccak
from harness.term.integer import idiv, imod
from harness.term.linear import combine
from harness.term.pack import extract
from harness.term.symbol import number, term_of
from harness.term.word import wrap

ANYWHERE = Path()


class Origin:
    """The storage before the first write, its tables, and the sums over them that are asked for.

    `mark` tells one execution's symbols from another's.
    """

    def __init__(self, storage: Storage, mark: str = "") -> None:
        self.storage = storage
        self.mark = mark
        self.sums: Sums = {}
        self._tables: dict[tuple[Term, Entries], SymbolicTable[Any]] = {}
        self._states: list[Storage] = []

    def table(self, place: Term, shape: Entries) -> SymbolicTable[Any]:
        """Return a table as it was at the origin, the same object each time."""
        found = self._tables.get((place, shape))
        if found is None:
            read_at = record_at(TermWords(self.storage, self), place, shape)
            found = self._tables[place, shape] = SymbolicTable(read_at, self.sums, length=shape.length)
        return found

    def beyond(self, storage: Storage) -> Function:
        """Return the function that says what lies at slots which no array reaches, in one state."""
        if not any(one.same_as(storage) for one in self._states):
            self._states.append(storage.copy())  # as it is now
        place = next(place for place, one in enumerate(self._states) if one.same_as(storage))
        return Function(f"beyond.{place}{self.mark}", 1)


class TermWords:
    """The words of a symbolic storage that grew from an origin."""

    def __init__(self, storage: Storage, origin: Origin) -> None:
        """See a storage as it is now: what is written to it later is not seen."""
        self._storage = storage.copy()
        self._is_origin = storage is origin.storage
        self._origin = origin
        self._beyond = origin.beyond(storage)
        self._words: dict[Term, Term] = {}

    def word(self, slot: int) -> Term:
        """Return `slot` as a place."""
        return const(slot)

    def plus(self, place: Term, words: int) -> Term:
        """Return the place `words` after `place`."""
        return combine((1, place), (words, const(1)))

    def entry(self, place: Term, key: Int) -> Term:
        """Return the first word of a mapping's value."""
        word = wrap(term_of(key), 256)
        slot = keccak((word, place))
        if slot.op == "const":
            self._storage.labels.learn(slot.data, (word.data, place.data))
        return slot

    def element(self, place: Term, index: Int, stride: int, per_word: int) -> Term:
        """Return the word where element `index` of an array begins."""
        steps = term_of(index)
        if per_word > 1:
            steps = idiv(steps, const(per_word))
        return combine((1, place), (stride, steps))

    def field(self, place: Term, cell: Cell, index: Int, per_word: int) -> Int:
        """Return a scalar of the word at `place`."""
        word = self._words.get(place)
        if word is None:  # a record's fields share words
            word = self._words[place] = self._read(place)
        bits = cell.scalar.bits
        lanes = [extract(word, cell.offset + lane * bits, bits) for lane in range(per_word)]
        chosen = lanes[-1]
        position = imod(term_of(index), const(per_word))
        for lane in reversed(range(per_word - 1)):
            chosen = ite(eq(position, const(lane)), lanes[lane], chosen)
        return number(_signed(chosen, bits) if cell.scalar.kind == "int" else chosen)

    def _read(self, place: Term) -> Term:
        """Return a word; where it lies behind its array, whatever may be there in this state."""
        meaning = self._storage.labels.meaning(place, ANYWHERE)
        word = self._storage.read(meaning)
        inside = and_(*(condition for _, condition in meaning.obligations))
        return word if inside is TRUE else ite(inside, word, apply(self._beyond, place))

    def table(self, place: Term, shape: Entries) -> Table[Any]:
        """Return the table of a mapping or array, with the keys that were written since the root state."""
        at_origin = self._origin.table(place, shape)
        if self._is_origin:
            return at_origin
        first = self._first(place, shape)
        depth = len(self._meaning(first).keys) - 1
        regions = dict.fromkeys(self._regions(first, shape.value))
        try:
            keys = [key for region in regions for key in self._written(region, depth, shape)]
        except TermError:  # somebody else may have written it: a table of its own, like no other
            return SymbolicTable(record_at(self, place, shape), self._origin.sums, length=shape.length)
        numbers = [number(key) for key in dict.fromkeys(keys)]
        read_at = record_at(self, place, shape)
        return SymbolicTable(read_at, self._origin.sums, at_origin, numbers, shape.length)

    def _first(self, place: Term, shape: Entries) -> Term:
        """Return the first word of a table's first entry."""
        if shape.length is None:
            return self.entry(place, 0)
        return self.element(place, 0, shape.stride, shape.per_word)

    def _meaning(self, slot: Term) -> Place:
        return self._storage.labels.meaning(slot, ANYWHERE).places[0]

    def _regions(self, place: Term, shape: Shape) -> Iterator[Region]:
        """Yield the regions in which the words of a value at `place` lie, those of tables in it, too."""
        match shape:
            case Cell():
                yield self._meaning(self.plus(place, shape.slot)).region
            case Entries():
                yield from self._regions(self._first(self.plus(place, shape.slot), shape), shape.value)
            case _:
                for _, member in shape.members:
                    yield from self._regions(place, member)

    def _written(self, region: Region, depth: int, shape: Entries) -> Iterator[Term]:
        """Yield the keys of a table (at `depth` of a word's keys) at which a region was written."""
        for keys in written_keys(self._storage.log(region), self._origin.storage.log(region)):
            for lane in range(shape.per_word):
                yield combine((shape.per_word, keys[depth]), (lane, const(1)))


def cells(shape: Shape) -> list[Cell]:
    """Return the scalars of a shape that are not behind another table."""
    match shape:
        case Cell():
            return [shape]
        case Entries():
            return []
    return [cell for _, member in shape.members for cell in cells(member)]


def written_keys(log: Log, root: Log) -> list[tuple[Term, ...]]:
    """Return the keys at which `log` was written since `root`, in order.

    Raises:
        TermError: if `log` did not grow from `root` (an untrusted call came in between), for then its keys
            say nothing about where it differs.
    """
    if log is root:
        return []
    base = log.base
    if isinstance(base, Either):
        below = [*written_keys(base.left, root), *written_keys(base.right, root)]
    elif base is root.base and log.writes[: len(root.writes)] == root.writes:
        below = []
    else:
        raise TermError("two storages that did not grow from one are compared")
    return list(dict.fromkeys([*below, *(keys for keys, _ in log.writes)]))


def state_of(
    state: type, shapes: Mapping[str, Shape], storage: Storage, origin: Origin, ghosts: Mapping[str, Int]
) -> Any:
    """Return the record `state` as read from `storage`, with `ghosts` for what is not stored."""
    words = TermWords(storage, origin)
    stored = {name: read(words, shape, words.word(0)) for name, shape in shapes.items()}
    return state(**stored, **ghosts)


def _signed(value: Term, bits: int) -> Term:
    """Return the two's-complement reading of a `bits`-wide number."""
    negative = lt(const(2 ** (bits - 1) - 1), value)
    return ite(negative, combine((1, value), (-(2**bits), const(1))), value)
