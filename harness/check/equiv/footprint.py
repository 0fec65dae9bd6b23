"""What a call may touch: the bits of storage that a specification speaks of, and the arrays' ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harness.check.views.binding import Entries, Shape
from harness.check.views.symbolic import SymbolicTable
from harness.check.views.terms import Origin, TermWords, cells, written_keys
from harness.lang import Int
from harness.lang.record import replace
from harness.symbolic.errors import Unsupported
from harness.symbolic.path import Path
from harness.symbolic.regions import Region
from harness.symbolic.result import PostState
from harness.symbolic.storage import Storage
from harness.term.core import Term, and_, const, eq, le, lt, or_
from harness.term.pack import extract
from harness.term.symbol import term_of

Bits = set[tuple[Region, int]]
"""Regions, each with the offset in bits of a field."""


def elsewhere_unchanged(result: PostState, shapes: Mapping[str, Shape]) -> Term:
    """Return that a call leaves everything as it was that `shapes` don't bind, transient storage included.

    Beside the fields of a word there are bits that nothing names: a call may clear them, as solc's code does
    where it writes whole structs. Nobody sets them, so they are zero.

    Raises:
        Unsupported: where storage was left to somebody else.
    """
    bound = _bound(result.before, shapes)
    return and_(
        *_kept(result.before, result.storage, bound),
        *_kept(result.transient_before, result.transient, set()),
    )


def _kept(before: Storage, after: Storage, bound: Bits) -> Iterator[Term]:
    if before.ground is not after.ground:
        raise Unsupported("CALL", -1, "somebody else may have written the storage")
    for region, log in after.written().items():
        old = before.log(region)
        parts = [part for part in region.fields if (region, part.offset) not in bound]
        for keys in written_keys(log, old):
            was, now = old.read(keys), log.read(keys)
            for part in parts:
                old_bits, new_bits = (extract(word, part.offset, part.bits) for word in (was, now))
                same = eq(new_bits, old_bits)
                padding = region.labelled and not part.label
                yield or_(same, eq(new_bits, const(0))) if padding else same


def _bound(storage: Storage, shapes: Mapping[str, Shape]) -> Bits:
    """Return the fields that `shapes` bind."""
    words = TermWords(storage, Origin(storage))
    found: Bits = set()

    def note(shape: Shape, place: Term, per_word: int = 1) -> None:
        if isinstance(shape, Entries):
            start = words.plus(place, shape.slot)
            entry = words.entry(start, 0) if shape.length is None else start
            note(shape.value, entry, shape.per_word)
            return
        for cell in cells(shape):
            meaning = storage.labels.meaning(words.plus(place, cell.slot), Path())
            offsets = [cell.offset + lane * cell.scalar.bits for lane in range(per_word)]
            found.update((meaning.places[0].region, offset) for offset in offsets)

    for shape in shapes.values():
        note(shape, const(0))
    return found


class Watched(SymbolicTable[Any]):
    """A table that notes the keys at which it is read."""

    def __init__(self, table: SymbolicTable[Any], noted: dict[Term, None]) -> None:
        super().__init__(table.__getitem__, table.sums, length=table.length)
        self._noted = noted

    def __getitem__(self, key: Int) -> Any:
        self._noted[term_of(key)] = None
        return super().__getitem__(key)


class Bounds:
    """Watches whether a model stays inside its arrays: beyond them it speaks of no state at all."""

    def __init__(self, pool: Any, shapes: Mapping[str, Shape]) -> None:
        self._lengths = {
            name: shape.length
            for name, shape in shapes.items()
            if isinstance(shape, Entries) and shape.length is not None
        }
        self._read: dict[str, dict[Term, None]] = {name: {} for name in self._lengths}
        self.pool = replace(
            pool, **{name: Watched(getattr(pool, name), self._read[name]) for name in self._lengths}
        )

    def claims(self, after: Any | None) -> Iterator[Term]:
        """Yield that the keys used since last time lie inside; `after` is the state at the end, if any."""
        for name, length in self._lengths.items():
            written = getattr(after, name).written if after is not None else ()
            keys: Iterable[Term] = dict.fromkeys((*self._read[name], *map(term_of, written)))
            for key in keys:
                yield and_(le(const(0), key), lt(key, const(length)))
            self._read[name].clear()
