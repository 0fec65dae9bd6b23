"""The model's state as storage: which bits of which words it says are changed, and back.

The model computes with plain numbers. Where it makes one that its place in storage cannot hold, or reads
an array beyond its end, it has left the states that it is about: `OutOfRange`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from harness.check.views.binding import Cell, Entries, Fields, Shape
from harness.evm.places import WORD, entry_slot, mask_of
from harness.lang import ConcreteTable

Bits = dict[int, tuple[int, int]]
"""By slot: a mask of the bits that are meant, and their values in place."""

_Pack = Callable[[Any, int, int, Bits], None]


class OutOfRange(Exception):
    """The model made a number that its place cannot hold, or read beyond an array's end."""


class ModelTable(ConcreteTable[Any]):
    """A concrete table that knows its length (None: every key), and which change made it of which table."""

    __slots__ = ("_key", "_length", "_parent")

    def __init__(self, zero: Any, records: Mapping[int, Any], length: int | None) -> None:
        super().__init__(zero, records)
        self._length = length
        self._parent: ModelTable | None = None
        self._key = 0

    def __missing__(self, key: int) -> Any:
        if self._length is not None and not 0 <= key < self._length:
            raise OutOfRange(f"index {key} of an array of {self._length}")
        return self._zero

    def put(self, key: Any, record: Any) -> ModelTable:
        changed = _new_table(ModelTable)
        changed.update(self)
        changed._zero = zero = self._zero
        changed._length = self._length
        changed._parent = self
        changed._key = key
        if record == zero:
            changed.pop(key, None)
        else:
            changed[key] = record
        return changed

    def keys_since(self, ancestor: ModelTable) -> set[int] | None:
        """Return the keys put since `ancestor`; None if this table did not grow from it."""
        keys: set[int] = set()
        table: ModelTable | None = self
        while table is not ancestor:
            if table is None:
                return None
            keys.add(table._key)
            table = table._parent
        return keys


_new_table = ModelTable.__new__


class Packer:
    """Packs the states of one record type, bound by `shapes`."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self._packers = [(name, _packer(shape)) for name, shape in shapes.items()]
        self._compare = _comparer(shapes)

    def changes(self, before: Any, after: Any) -> Bits:
        """Return the bits that differ, as far as the model says; raises OutOfRange."""
        bits: Bits = {}
        if before is not after:
            self._compare(before, after, bits)
        return bits

    def everything(self, state: Any) -> Bits:
        """Return all bits that are not zero, and all scalars; raises OutOfRange."""
        bits: Bits = {}
        for name, pack in self._packers:
            pack(getattr(state, name), 0, 0, bits)
        return bits


def changed_keys(old: ConcreteTable[Any], new: ConcreteTable[Any]) -> Iterable[int]:
    """Return the keys at which two tables may hold different records."""
    if isinstance(old, ModelTable) and isinstance(new, ModelTable):
        keys = new.keys_since(old)
        if keys is not None:
            return keys
    return [key for key in old.keys() | new.keys() if old[key] is not new[key]]


def _comparer(shapes: Mapping[str, Shape]) -> Callable[[Any, Any, Bits], None]:
    """Return what packs the fields in which two states differ, written out as it is asked for every call."""
    lines: list[str] = []
    scope: dict[str, Any] = {}
    for place, (name, shape) in enumerate(shapes.items()):
        if isinstance(shape, Entries):
            differ, scope[f"pack{place}"] = "is not", _table_packer(shape)
            pack = f"pack{place}(before.{name}, after.{name}, bits)"
        else:
            differ, scope[f"pack{place}"] = "!=", _packer(shape)
            pack = f"pack{place}(after.{name}, 0, 0, bits)"
        lines.append(f"    if before.{name} {differ} after.{name}: {pack}")
    exec("\n".join(["def compare(before, after, bits):", *lines, "    return"]), scope)
    return cast("Callable[[Any, Any, Bits], None]", scope["compare"])


def _table_packer(shape: Entries) -> Callable[[Any, Any, Bits], None]:
    """Return what packs the entries in which two tables differ; written out where they are plain words."""
    lines = _entry_lines(shape)
    if lines is None:
        pack_entry = _entry_packer(shape)

        def pack(old: Any, new: Any, bits: Bits) -> None:
            for key in changed_keys(old, new):
                pack_entry(key, new[key], 0, bits)

        return pack
    scope: dict[str, Any] = {"OutOfRange": OutOfRange, "entry_slot": entry_slot, "changed_keys": changed_keys}
    loop = ["for key in changed_keys(old, new):", "    value = new[key]", *(f"    {line}" for line in lines)]
    exec("def pack(old, new, bits):\n    " + "\n    ".join(loop), scope)
    return cast("Callable[[Any, Any, Bits], None]", scope["pack"])


def _entry_lines(shape: Entries) -> list[str] | None:
    """Return statements that pack the `value` at `key`; None unless it has its words to itself, unsigned."""
    value = shape.value
    cells = {"value": value} if isinstance(value, Cell) else {}
    if isinstance(value, Fields):
        cells = {f"value.{name}": one for name, one in value.members if isinstance(one, Cell)}
        if len(cells) < len(value.members):
            return None
    if not cells or shape.per_word > 1 or any(cell.scalar.kind == "int" for cell in cells.values()):
        return None
    if shape.length is None:
        return [f"place = entry_slot(key, {shape.slot})", *_word_lines(cells)]
    return [
        f"if not 0 <= key < {shape.length}:",
        f"    raise OutOfRange(f'index {{key}} of an array of {shape.length}')",
        f"place = {shape.slot} + key * {shape.stride}",
        *_word_lines(cells),
    ]


def _word_lines(cells: Mapping[str, Cell]) -> list[str]:
    """Return statements that pack unsigned values, given as expressions, into whole words at `place`."""
    lines = [f"v{number} = {value}" for number, value in enumerate(cells)]
    fits = " and ".join(
        f"0 <= v{number} < {1 << cell.scalar.bits}" for number, cell in enumerate(cells.values())
    )
    lines += [f"if not ({fits or True}):", "    raise OutOfRange(repr(value))"]
    for slot in dict.fromkeys(cell.slot for cell in cells.values()):
        here = [(number, cell) for number, cell in enumerate(cells.values()) if cell.slot == slot]
        mask = sum(mask_of(cell.scalar) << cell.offset for _, cell in here)
        word = " | ".join(
            f"v{number} << {cell.offset}" if cell.offset else f"v{number}" for number, cell in here
        )
        at = f"(place + {slot}) % {WORD}" if slot else "place"
        lines.append(f"bits[{at}] = ({mask}, {word})")
    return lines


def _packer(shape: Shape) -> _Pack:
    """Return ``pack(value, place, index, bits)`` for a shape."""
    match shape:
        case Cell():
            return _cell_packer(shape, 1)
        case Fields():
            return _fields_packer(shape)
        case Entries():
            entry = _entry_packer(shape)

            def pack(table: Any, place: int, index: int, bits: Bits) -> None:
                for key, value in table.items():
                    entry(key, value, place, bits)

            return pack


def _entry_packer(shape: Entries) -> Callable[[int, Any, int, Bits], None]:
    """Return ``pack(key, value, place, bits)`` for one entry of a table at ``place``."""
    many = shape.per_word > 1
    inner = (
        _cell_packer(shape.value, shape.per_word) if isinstance(shape.value, Cell) else _packer(shape.value)
    )
    base, stride, per_word, length = shape.slot, shape.stride, shape.per_word, shape.length

    def pack_mapped(key: int, value: Any, place: int, bits: Bits) -> None:
        inner(value, entry_slot(key, place + base), 0, bits)

    def pack_element(key: int, value: Any, place: int, bits: Bits) -> None:
        if length is None or not 0 <= key < length:
            raise OutOfRange(f"index {key} of an array of {length}")
        inner(value, (place + base + (key // per_word if many else key * stride)) % WORD, key, bits)

    return pack_mapped if length is None else pack_element


def _cell_packer(cell: Cell, per_word: int) -> _Pack:
    mask, signed = mask_of(cell.scalar), cell.scalar.kind == "int"
    slot, offset, width = cell.slot, cell.offset, mask.bit_length()
    low = -(1 << cell.scalar.bits - 1) if signed else 0
    high = 1 << cell.scalar.bits - 1 if signed else 1 << cell.scalar.bits

    def pack(value: Any, place: int, index: int, bits: Bits) -> None:
        if not low <= value < high:
            raise OutOfRange(f"{value} for {cell.scalar.bits} bits")
        shift = offset + index % per_word * width if per_word > 1 else offset
        at = (place + slot) % WORD
        old = bits.get(at)
        meant, in_place = mask << shift, (value & mask) << shift
        bits[at] = (meant, in_place) if old is None else (old[0] | meant, old[1] & ~meant | in_place)

    return pack


def _fields_packer(shape: Fields) -> _Pack:
    """Return the packer of a struct, which has its words to itself."""
    cells = [(name, member) for name, member in shape.members if isinstance(member, Cell)]
    tables = [(name, _packer(member)) for name, member in shape.members if not isinstance(member, Cell)]
    plain = _words_packer(cells)

    def pack(value: Any, place: int, index: int, bits: Bits) -> None:
        plain(value, place, 0, bits)
        for name, member in tables:
            member(getattr(value, name), place, 0, bits)

    return pack if tables else plain


def _words_packer(cells: Sequence[tuple[str, Cell]]) -> _Pack:
    """Return the packer of a struct's scalars, written out: models change little else."""
    if any(cell.scalar.kind == "int" for _, cell in cells):
        packers = [(name, _cell_packer(cell, 1)) for name, cell in cells]

        def each(value: Any, place: int, index: int, bits: Bits) -> None:
            for name, pack in packers:
                pack(getattr(value, name), place, 0, bits)

        return each
    scope: dict[str, Any] = {"OutOfRange": OutOfRange}
    lines = _word_lines({f"value.{name}": cell for name, cell in cells})
    exec("def pack(value, place, index, bits):\n    " + "\n    ".join(lines), scope)
    return cast("_Pack", scope["pack"])


def materialise(
    view: Any, shapes: Mapping[str, Shape], keys: Callable[[str], Iterable[int]]
) -> dict[str, Any]:
    """Return the bound fields of a view as the model's own values: tables at `keys`, arrays whole."""
    return {name: _value(getattr(view, name), shape, name, keys) for name, shape in shapes.items()}


def _value(value: Any, shape: Shape, name: str, keys: Callable[[str], Iterable[int]]) -> Any:
    if not isinstance(shape, Entries):
        return value
    zero = _zero(shape.value)
    known = keys(name) if shape.length is None else range(shape.length)
    records = {key: _value(value[key], shape.value, name, keys) for key in known}
    return ModelTable(zero, {key: record for key, record in records.items() if record != zero}, shape.length)


def _zero(shape: Shape) -> Any:
    match shape:
        case Cell():
            return 0
        case Fields():
            return shape.make(*(_zero(member) for _, member in shape.members))
        case Entries():
            return ModelTable(_zero(shape.value), {}, shape.length)


def as_model_tables(state: Any, shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """Return the tables of a model's state with their lengths, as `materialise` makes them."""
    tables: dict[str, Any] = {}
    for name, shape in shapes.items():
        if isinstance(shape, Entries):
            tables[name] = ModelTable(_zero(shape.value), getattr(state, name), shape.length)
    return tables
