"""The watch set: the words of a contract that a campaign looks at after every call.

The slots are computed once, from the layout and the keys that matter; reading
is then one loop without a hash in it. Whole words are compared, padding
included. A write outside the watch set is not seen here: `Chain.written_since`
lists every slot that was written, for the end of a sequence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.compiler.layout import ByteString, DynamicArray, FixedArray, Layout, Scalar, Struct
from harness.compiler.layout import Mapping as MappingType
from harness.evm.errors import EvmError
from harness.evm.places import (
    LENGTH,
    Paths,
    Place,
    array_element,
    from_bits,
    mapping_entry,
    mask_of,
    member_of,
)
from harness.evm.vm import Chain

Keys = Mapping[str, Iterable[int | str]]

WHOLE = Scalar("uint", 256)


@dataclass(frozen=True, slots=True)
class Field:
    """A scalar in a watch set: word number `index`, `shift` bits from the right, `mask` wide."""

    path: str
    index: int
    shift: int
    mask: int
    scalar: Scalar

    def value(self, words: Sequence[int]) -> int:
        """Return the field's value in a reading of the watch set."""
        return from_bits(self.scalar, words[self.index] >> self.shift & self.mask)

    def shown(self, bits: int) -> str:
        """Return what these bits stand for as a text, addresses in hexadecimal."""
        if self.scalar.kind in ("address", "contract"):
            return f"0x{bits:040x}"
        return str(from_bits(self.scalar, bits))


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs between two readings."""

    path: str
    before: int
    after: int


class WatchSet:
    """The words at which a layout stores the given keys.

    `keys` says which keys of a mapping, and which elements of an array, are
    watched: by the variable's path with empty brackets for the levels above,
    ``{"stakers": people, "allowances": people, "allowances[]": people}``; a label that several contracts
    declare (``__gap``) means all of them. Fixed arrays not named are watched whole, mappings not named
    not at all; of a dynamic array the length and the named elements; of a byte string the head word only.
    """

    def __init__(self, layout: Layout, keys: Keys | None = None) -> None:
        self._keys = {path: tuple(values) for path, values in (keys or {}).items()}
        self._used: set[str] = set()
        self._index: dict[int, int] = {}
        self.fields: dict[str, Field] = {}
        paths = Paths(layout)
        for variable in layout.variables:
            self._enter(paths.variable(variable), variable.label)
        if unknown := self._keys.keys() - self._used:
            raise EvmError(f"keys are given for {', '.join(sorted(unknown))}, which the storage layout lacks")
        self.slots = tuple(self._index)
        self._by_word: list[list[Field]] = [[] for _ in self.slots]
        for field in self.fields.values():
            self._by_word[field.index].append(field)

    def _enter(self, place: Place, pattern: str) -> None:
        kind = place.type
        if isinstance(kind, Scalar):
            self._add(place, kind)
        elif isinstance(kind, Struct):
            for member in kind.members:
                self._enter(member_of(place, kind, member.label), f"{pattern}.{member.label}")
        elif isinstance(kind, ByteString):
            self._add(place, WHOLE)
        else:
            if isinstance(kind, DynamicArray):
                self._add(Place(f"{place.path}.length", place.slot, 0, LENGTH), LENGTH)
            for inner in self._entries(place, kind, pattern):
                self._enter(inner, f"{pattern}[]")

    def _entries(
        self, place: Place, kind: MappingType | FixedArray | DynamicArray, pattern: str
    ) -> Iterator[Place]:
        self._used.add(pattern)
        if isinstance(kind, MappingType):
            for key in self._keys.get(pattern, ()):
                yield mapping_entry(place, kind, key)
        else:
            everything = range(kind.length) if isinstance(kind, FixedArray) else ()
            for index in self._keys.get(pattern, everything):
                yield array_element(place, kind, int(index))

    def _add(self, place: Place, scalar: Scalar) -> None:
        index = self._index.setdefault(place.slot, len(self._index))
        self.fields[place.path] = Field(place.path, index, place.shift, mask_of(scalar), scalar)

    def __contains__(self, slot: int) -> bool:
        return slot in self._index

    def read(self, chain: Chain, address: int) -> list[int]:
        """Return the words now, in the order of `slots`."""
        return chain.read_many(address, self.slots)

    def values(self, words: Sequence[int]) -> dict[str, int]:
        """Return every field's value in a reading, by path."""
        return {path: field.value(words) for path, field in self.fields.items()}

    def changes(self, before: Sequence[int], after: Sequence[int]) -> list[Change]:
        """Return the fields that differ between two readings; bits that no field claims are shown as such."""
        if before == after:
            return []
        found: list[Change] = []
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            if old != new:
                found += self._changed_fields(index, before, after)
        return found

    def _changed_fields(self, index: int, before: Sequence[int], after: Sequence[int]) -> Iterator[Change]:
        claimed = 0
        for field in self._by_word[index]:
            claimed |= field.mask << field.shift
            old, new = field.value(before), field.value(after)
            if old != new:
                yield Change(field.path, old, new)
        if (before[index] ^ after[index]) & ~claimed:
            yield Change(
                f"<other bits of slot {self.slots[index]:#x}>",
                before[index] & ~claimed,
                after[index] & ~claimed,
            )
