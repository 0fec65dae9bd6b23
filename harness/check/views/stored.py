"""Views of real storage: the state record of a specification, read word by word when asked.

A view is an instance of the specification's own record type, so properties cannot tell it from the
model's state. What it reads goes through a `Memory`, which remembers records that were decoded, and can
note what was read, so that a claim is evaluated again only when something it read has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, TypeVar, cast

from harness.check.views.binding import Cell, Entries, Fields, Shape
from harness.check.views.reading import read, record_at
from harness.evm.places import WORD, entry_slot, from_bits, mask_of
from harness.lang import ConcreteTable, Int, Prop, Table, all_of

S = TypeVar("S")

Keys = Callable[[str], Iterable[int]]
"""Which keys of the mapping with this name are to be looked at where every key is meant."""


class Reading:
    """A record of a table as it was decoded from storage, and the slots that it lies in.

    It is the same object after a change, so that who read it can be told; until it is decoded again it has
    no record.
    """

    __slots__ = ("record", "slots")

    def __init__(self, record: Any, slots: tuple[int, ...]) -> None:
        self.record = record
        self.slots = slots


Token = int | str | Reading
"""What a claim can depend on: a word by its slot, a table or a ghost by its name, a record."""

GHOST = "ghost "
"""What the names of ghosts begin with, as tokens."""


class Memory:
    """Words of one account's storage, the views' reading of them, and who read what.

    `load` returns the word at a slot; it is asked once, as later changes come through `change`.
    While `noted` is a list, what is read is added to it: slots, records, the name of a table whose sum is
    asked for.
    Records that `base` has decoded are taken from there, unless a word of theirs is `apart`.
    """

    def __init__(
        self,
        load: Callable[[int], int],
        keys: Keys,
        base: Memory | None = None,
        apart: frozenset[int] = frozenset(),
    ) -> None:
        self.base = base
        self.apart = apart
        self.keys = keys
        self.noted: list[Token] | None = None
        self._load = load
        self._words: dict[int, int] = {}
        self._tables: dict[str, StoredTable] = {}
        self._owners: dict[int, list[tuple[StoredTable, int, Reading]]] = {}

    def at(self, slot: int) -> int:
        """Return the word at `slot`."""
        if self.noted is not None:
            self.noted.append(slot)
        return self.word(slot)

    def word(self, slot: int) -> int:
        """Return the word at `slot`, for a reading that is noted otherwise."""
        word = self._words.get(slot)
        if word is None:
            word = self._words[slot] = self._load(slot)
        return word

    def seed(self, words: Mapping[int, int]) -> None:
        """Say what words were before anything changed, as far as they are not known."""
        for slot, word in words.items():
            self._words.setdefault(slot, word)

    def change(self, words: Mapping[int, int]) -> set[Token]:
        """Take words that have changed; return what a claim that must be evaluated again has read."""
        stale: set[Token] = set()
        for slot, word in words.items():
            self._words[slot] = word
            stale.add(slot)
            for table, key, reading in self._owners.get(slot, ()):
                reading.record = None
                table.stale(key)
                stale.add(reading)
                stale.add(table.name)
        return stale

    def decoded(self, name: str, key: int) -> Reading | None:
        """Return a record that was decoded already, with its slots."""
        table = self._tables.get(name)
        return None if table is None else table.decoded(key)

    def apart_at(self, name: str, keys: Iterable[int], slots: Iterable[int]) -> list[int]:
        """Return those of a table's keys whose records were not decoded here, or lie in one of `slots`."""
        table = self._tables.get(name)
        if table is None:
            return list(keys)
        owners = {key for slot in slots for owner, key, _ in self._owners.get(slot, ()) if owner is table}
        return [key for key in keys if key in owners or table.decoded(key) is None]

    def own(self, reading: Reading, table: StoredTable, key: int) -> None:
        """Remember where the record of `table` at `key` lies."""
        for slot in reading.slots:
            self._owners.setdefault(slot, []).append((table, key, reading))

    def table(self, name: str, place: int, shape: Entries) -> StoredTable:
        """Return the table called `name` that begins at `place`."""
        found = self._tables.get(name)
        if found is None:
            found = self._tables[name] = StoredTable(self, name, place, shape)
        return found


class _Reader:
    """Implements `Words` for plain slots; notes in `slots` what it reads."""

    def __init__(self, memory: Memory, name: str) -> None:
        self._memory = memory
        self._name = name
        self.slots: list[int] = []

    def word(self, slot: int) -> int:
        return slot

    def plus(self, place: int, words: int) -> int:
        return (place + words) % WORD if words else place

    def entry(self, place: int, key: Int) -> int:
        return entry_slot(cast(int, key), place)

    def element(self, place: int, index: Int, stride: int, per_word: int) -> int:
        number = cast(int, index)
        return (place + (number // per_word if per_word > 1 else number * stride)) % WORD

    def field(self, place: int, cell: Cell, index: Int, per_word: int) -> Int:
        self.slots.append(place)
        mask = mask_of(cell.scalar)
        shift = cell.offset
        if per_word > 1:
            shift += cast(int, index) % per_word * mask.bit_length()
        return int(from_bits(cell.scalar, self._memory.at(place) >> shift & mask))

    def table(self, place: int, shape: Entries) -> Table[Any]:
        return self._memory.table(f"{self._name}@{place:x}", place, shape)


class StoredTable(Table[Any]):
    """A mapping or an array of storage; sums and comparisons run over its known keys."""

    def __init__(self, memory: Memory, name: str, place: int, shape: Entries) -> None:
        self.name = name
        self._memory = memory
        self._length = shape.length
        self._known: dict[Any, Reading] = {}
        self._reader = _Reader(memory, name)
        self._read = record_at(self._reader, place, shape)
        self._place = place
        self._stride = shape.stride
        self._plain = _plain_decoder(shape)
        self._sums: dict[int, _Sum] = {}
        self._beyond: Reading | None = None

    def __getitem__(self, key: Int) -> Any:
        found = self._known.get(key)
        if found is None or found.record is None:
            found = self._decode(cast(int, key), found)
        noted = self._memory.noted
        if noted is not None:
            noted.append(found)
        return found.record

    def decoded(self, key: int) -> Reading | None:
        """Return the record at `key` if it was decoded already, with its slots."""
        found = self._known.get(key)
        return None if found is None or found.record is None else found

    def _decode(self, key: int, known: Reading | None) -> Reading:
        """Read a record, again if it is `known`; beyond an array's end there is nothing, as in the model."""
        if self._length is not None and not 0 <= key < self._length:
            self._beyond = self._beyond or Reading(_blank(self._unnoted(0)), ())
            return self._beyond
        found = known or self._inherited(key) or Reading(None, self._slots(key))
        if known is None:
            self._known[key] = found
            self._memory.own(found, self, key)
        if found.record is None:
            found.record = self._made(key, found.slots)
        return found

    def _inherited(self, key: int) -> Reading | None:
        """Return the record that the memory's base has decoded, if all its words are the same here."""
        memory = self._memory
        if memory.base is None or self._plain is None:  # others may hold tables of their own memory
            return None
        found = memory.base.decoded(self.name, key)
        if found is None or not memory.apart.isdisjoint(found.slots):
            return None
        return Reading(found.record, found.slots)

    def _slots(self, key: int) -> tuple[int, ...]:
        """Return the slots that the record at `key` lies in."""
        if self._plain is None:
            self._reader.slots = []
            self._unnoted(key)
            return tuple(dict.fromkeys(self._reader.slots))
        mapped = self._length is None
        first = entry_slot(key, self._place) if mapped else self._place + key * self._stride
        return tuple([(first + offset) % WORD for offset in self._plain.offsets])

    def _made(self, key: int, slots: tuple[int, ...]) -> Any:
        return self._plain.make(self._memory.word, slots) if self._plain is not None else self._unnoted(key)

    def _unnoted(self, key: int) -> Any:
        """Return the record at `key`; that it was read is noted otherwise, and not slot by slot."""
        noted, self._memory.noted = self._memory.noted, None
        record = self._read(key)
        self._memory.noted = noted
        return record

    def stale(self, key: int) -> None:
        """Add the record at `key` to sums anew when they are next asked for."""
        for known in self._sums.values():
            known.stale.add(key)

    def keys(self) -> Iterable[int]:
        """Return every key of an array, the keys to be looked at of a mapping."""
        return range(self._length) if self._length is not None else self._memory.keys(self.name)

    def put(self, key: Int, record: Any) -> Table[Any]:
        """Return a copy in which the record at `key` is another."""
        copy = ConcreteTable(_blank(self[0]), {key: self[key] for key in self.keys()})
        return copy.put(key, record)

    def total(self, amount: Callable[[Any], Int]) -> Int:
        noted, self._memory.noted = self._memory.noted, None
        if self._plain is not None and _is_function_of_records(amount):
            result = self._sum(cast(FunctionType, amount))
            self._memory.noted = noted
        else:
            records = [self[key] for key in self.keys()]
            self._memory.noted = noted  # what `amount` reads besides counts, too
            result = sum(cast(int, amount(record)) for record in records)
        if noted is not None:
            noted.append(self.name)
        return result

    def _sum(self, amount: FunctionType) -> int:
        """Return the sum, looking only at records that changed since it was last asked for."""
        code = amount.__code__
        known = self._sums.get(id(code))
        if known is None:
            known = self._sums[id(code)] = _Sum(code, set(self.keys()))
        for key in known.stale:
            share = cast(int, amount(self[key]))
            known.total += share - known.shares.get(key, 0)
            known.shares[key] = share
        known.stale.clear()
        return known.total

    def agrees(self, other: Table[Any], same: Callable[[Any, Any], Prop], besides: Sequence[Int]) -> Prop:
        keys = self._apart_from(cast(StoredTable, other))
        return all_of(same(self[key], other[key]) for key in keys if key not in besides)

    def _apart_from(self, other: StoredTable) -> Iterable[int]:
        """Return the keys to be looked at at which two tables may differ."""
        keys = dict.fromkeys([*self.keys(), *other.keys()])
        mine, theirs = self._memory, other._memory
        if (
            mine.base is None
            or mine.base is not theirs.base
            or self._plain is None
            or self.name != other.name
        ):
            return keys
        return mine.base.apart_at(self.name, keys, mine.apart | theirs.apart)


@dataclass(frozen=True, slots=True)
class _Decoder:
    """Decodes records of unsigned words: `make` from how to read a word and the slots, at these `offsets`."""

    offsets: tuple[int, ...]
    make: Callable[[Callable[[int], int], tuple[int, ...]], Any]


@lru_cache(maxsize=256)
def _plain_decoder(shape: Entries) -> _Decoder | None:
    """Return a decoder that is written out, for records (or numbers) of unsigned words; else None."""
    value = shape.value
    if shape.per_word > 1 or not isinstance(value, Cell | Fields):
        return None
    members = [value] if isinstance(value, Cell) else [member for _, member in value.members]
    cells = [member for member in members if isinstance(member, Cell) and member.scalar.kind != "int"]
    if len(cells) < len(members) or not cells:
        return None
    offsets = list(dict.fromkeys(cell.slot for cell in cells))
    words = [f"w{place} = at(slots[{place}])" for place in range(len(offsets))]
    values = ", ".join(
        f"w{offsets.index(cell.slot)} >> {cell.offset} & {mask_of(cell.scalar)}" for cell in cells
    )
    made = f"record({values})" if isinstance(value, Fields) else values
    scope: dict[str, Any] = {"record": value.make if isinstance(value, Fields) else None}
    body = "\n    ".join([*words, f"return {made}"])
    exec(f"def make(at, slots):\n    {body}", scope)
    return _Decoder(tuple(offsets), scope["make"])


def _is_function_of_records(amount: Callable[[Any], Int]) -> bool:
    """Say whether the code of `amount` is all that its values depend on, besides the record."""
    if not isinstance(amount, FunctionType) or amount.__closure__ or amount.__defaults__:
        return False
    return not amount.__kwdefaults__


class _Sum:
    """A sum over a table, kept up to date share by share; `code` says of what, and must not be forgotten."""

    __slots__ = ("code", "shares", "stale", "total")

    def __init__(self, code: CodeType, stale: set[int]) -> None:
        self.code = code
        self.stale = stale
        self.shares: dict[int, int] = {}
        self.total = 0


def _blank(record: Any) -> Any:
    """Return the zero record of the same type."""
    if isinstance(record, int):
        return 0
    values = [_blank(getattr(record, field.name)) for field in fields(record)]
    return type(record)(*values)


def viewer(state: type[S], shapes: Mapping[str, Shape]) -> Callable[[Memory, Mapping[str, Any]], S]:
    """Return how to see a `Memory` as a record of type `state`; ghosts are given as values."""
    tables = {name: shape for name, shape in shapes.items() if isinstance(shape, Entries)}
    body: dict[str, Any] = {"__slots__": ("_ghosts", "_memory", *tables), "COPIED_AS": state}
    for field in fields(cast(Any, state)):
        if field.name not in shapes:
            body[field.name] = property(_ghost(field.name))
        elif field.name not in tables:
            body[field.name] = property(_scalar(field.name, shapes[field.name]))
    view = type(f"Stored{state.__name__}", (state,), body)

    def see(memory: Memory, ghosts: Mapping[str, Any]) -> S:
        seen: Any = object.__new__(view)
        object.__setattr__(seen, "_memory", memory)
        object.__setattr__(seen, "_ghosts", ghosts)
        for name, shape in tables.items():
            object.__setattr__(seen, name, memory.table(name, shape.slot, shape))
        return cast(S, seen)

    return see


def _scalar(name: str, shape: Shape) -> Callable[[Any], Any]:
    return lambda view: read(_Reader(view._memory, name), shape, 0)


def _ghost(name: str) -> Callable[[Any], Any]:
    token = f"{GHOST}{name}"

    def get(view: Any) -> Any:
        if view._memory.noted is not None:
            view._memory.noted.append(token)
        return view._ghosts[name]

    return get
