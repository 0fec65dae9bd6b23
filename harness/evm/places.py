"""From a layout path to the place in storage that it names.

A path is what one would write in Solidity: ``owner``, ``stakers[0xab..].exitAmount``,
``provers[3].stakedAmount``, ``allowed[1][2]``, ``list.length``, ``names["x"]``. A leading
underscore of a variable may be left out; where several contracts declare one
label, ``Contract.label`` tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from harness.compiler.layout import (
    ByteString,
    DynamicArray,
    FixedArray,
    Layout,
    Scalar,
    Struct,
    Type,
    Variable,
)
from harness.compiler.layout import Mapping as MappingType
from harness.evm.errors import EvmError
from harness.evm.keccak import keccak_word

WORD = 2**256
LENGTH = Scalar("uint", 256)

_TOKEN = re.compile(r"\.?([A-Za-z_$][\w$]*)|\[\s*(\"[^\"]*\"|[^\]\"]+?)\s*\]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads: a word, and for a scalar the byte in it (from the right) where it begins."""

    path: str
    slot: int
    offset: int
    type: Type

    @property
    def shift(self) -> int:
        """How many bits stand to the right of a scalar."""
        return 8 * self.offset

    @property
    def mask(self) -> int:
        """The scalar's bits, moved to the right; raises EvmError for anything but a scalar."""
        return mask_of(scalar_of(self))


def scalar_of(place: Place) -> Scalar:
    """Return the place's type; raises EvmError unless it is a scalar."""
    if not isinstance(place.type, Scalar):
        raise EvmError(f"`{place.path}` is {_kind(place.type)}: name one value in it")
    return place.type


def mask_of(scalar: Scalar) -> int:
    """Return as many ones as the scalar takes up in its word (8 for a bool)."""
    return (1 << max(scalar.bits, 8)) - 1


def to_bits(scalar: Scalar, value: int, path: str) -> int:
    """Return the unsigned bits of a value; raises EvmError where it does not fit."""
    low, high = (
        (-(1 << scalar.bits - 1), 1 << scalar.bits - 1) if scalar.kind == "int" else (0, 1 << scalar.bits)
    )
    if not low <= value < high:
        raise EvmError(f"{value} does not fit `{path}`, a {scalar.kind} of {scalar.bits} bits")
    return int(value) & mask_of(scalar)


def from_bits(scalar: Scalar, bits: int) -> int:
    """Return the value of a scalar's bits: a bool, a signed or an unsigned number."""
    if scalar.kind == "bool":
        return bits != 0
    return bits - (1 << scalar.bits) if scalar.kind == "int" and bits >> scalar.bits - 1 else bits


@lru_cache(maxsize=1 << 14)
def entry_slot(key: int, slot: int) -> int:
    """Return the first word of a mapping's value: keccak256(key . slot), `key` modulo 2^256."""
    return keccak_word((key % WORD).to_bytes(32, "big") + slot.to_bytes(32, "big"))


@lru_cache(maxsize=1 << 10)
def data_slot(slot: int) -> int:
    """Return where a dynamic array's elements, or a long string's bytes, begin: keccak256(slot)."""
    return keccak_word(slot.to_bytes(32, "big"))


def key_word(scalar: Scalar, key: int, path: str) -> int:
    """Return a mapping key as the word that is hashed; raises EvmError where it does not fit."""
    bits = to_bits(scalar, key, path)
    if scalar.kind in ("bytes", "function"):
        return bits << 256 - scalar.bits
    return int(key) % WORD if scalar.kind == "int" else bits


def mapping_entry(parent: Place, mapping: MappingType, key: int | str | bytes, text: str = "") -> Place:
    """Return the place of a mapping's value at `key`; `text` is how the path shows the key."""
    shown = f"{parent.path}[{text or show_key(mapping.key, key)}]"
    if isinstance(mapping.key, Scalar):
        if not isinstance(key, int):
            raise EvmError(f"`{shown}`: the key must be a number, not {key!r}")
        return Place(shown, entry_slot(key_word(mapping.key, key, shown), parent.slot), 0, mapping.value)
    if isinstance(key, int):
        raise EvmError(f"`{shown}`: the key must be a quoted text")
    raw = key.encode() if isinstance(key, str) else key
    return Place(shown, keccak_word(raw + parent.slot.to_bytes(32, "big")), 0, mapping.value)


def array_element(parent: Place, array: FixedArray | DynamicArray, index: int) -> Place:
    """Return the place of element `index`; raises EvmError beyond a fixed array's end."""
    path = f"{parent.path}[{index}]"
    if index < 0 or (isinstance(array, FixedArray) and index >= array.length):
        size = f" with {array.length} elements" if isinstance(array, FixedArray) else ""
        raise EvmError(f"`{path}` is outside the array{size}")
    first = parent.slot if isinstance(array, FixedArray) else data_slot(parent.slot)
    if array.per_word > 1:
        width = max(array.element.bits, 8) // 8 if isinstance(array.element, Scalar) else 0
        slot, offset = first + index // array.per_word, index % array.per_word * width
    else:
        slot, offset = first + index * array.stride, 0
    return Place(path, slot % WORD, offset, array.element)


def member_of(parent: Place, struct: Struct, label: str) -> Place:
    """Return the place of a struct's member; raises EvmError if it has none of that name."""
    for member in struct.members:
        if member.label == label:
            return Place(
                f"{parent.path}.{label}", (parent.slot + member.slot) % WORD, member.offset, member.type
            )
    known = ", ".join(member.label for member in struct.members)
    raise EvmError(f"`{parent.path}` has no member `{label}`; it has {known}")


def show_key(kind: Scalar | ByteString, key: int | str | bytes) -> str:
    """Return a mapping key as a path shows it: addresses in full, texts quoted, numbers in decimal."""
    if isinstance(key, int):
        address = isinstance(kind, Scalar) and kind.kind in ("address", "contract")
        return f"0x{key:040x}" if address else str(int(key))
    return f'"{key}"' if isinstance(key, str) else f'"0x{key.hex()}"'


class Paths:
    """Finds the places of one layout; `names` are keys that a path may use by name (roles)."""

    def __init__(self, layout: Layout, names: Mapping[str, int] | None = None) -> None:
        self.layout = layout
        self._names = dict(names or {})
        self._cache: dict[str, Place] = {}
        self._variables: dict[str, list[Variable]] = {}
        for variable in layout.variables:
            for label in {variable.label, variable.label.lstrip("_") or variable.label, _qualified(variable)}:
                self._variables.setdefault(label, []).append(variable)

    def place(self, path: str) -> Place:
        """Return where `path` leads; raises EvmError, naming the part that is wrong."""
        found = self._cache.get(path)
        if found is None:
            found = self._cache[path] = self._resolve(path)
        return found

    def variable(self, variable: Variable) -> Place:
        """Return a variable's place, its path qualified where its label alone is ambiguous."""
        unique = len(self._variables[variable.label]) == 1
        path = variable.label if unique else _qualified(variable)
        return Place(path, variable.slot, variable.offset, variable.type)

    def describe(self, slot: int) -> str:
        """Return what the layout keeps at `slot`: paths of variables, or the bare slot.

        The values of mappings and dynamic arrays live at hashes, so they are not recognised.
        """
        found = [path for variable in self.layout.variables for path in _at(self.variable(variable), slot)]
        return ", ".join(found) or f"slot {slot:#x}"

    def _resolve(self, path: str) -> Place:
        tokens = list(_tokens(path))
        place, rest = self._start(path, tokens)
        for name, key in rest:
            place = self._step(place, name, key)
        return place

    def _start(self, path: str, tokens: list[tuple[str, str]]) -> tuple[Place, list[tuple[str, str]]]:
        first = tokens[0][0]
        if first in self._variables:
            return self.variable(self._only(first)), tokens[1:]
        if len(tokens) > 1 and tokens[1][0] and (whole := f"{first}.{tokens[1][0]}") in self._variables:
            return self.variable(self._only(whole)), tokens[2:]
        known = (
            ", ".join(dict.fromkeys(variable.label for variable in self.layout.variables)) or "no variables"
        )
        raise EvmError(f"`{path}`: the storage layout has no variable `{first}`; it has {known}")

    def _only(self, label: str) -> Variable:
        found = self._variables[label]
        exact = [variable for variable in found if label in (variable.label, _qualified(variable))]
        candidates = exact or found
        if len(candidates) > 1:
            choices = ", ".join(_qualified(variable) for variable in candidates)
            raise EvmError(f"`{label}` is declared more than once; write one of {choices}")
        return candidates[0]

    def _step(self, place: Place, name: str, key: str) -> Place:
        kind = place.type
        if name:
            if isinstance(kind, Struct):
                return member_of(place, kind, name)
            if isinstance(kind, DynamicArray) and name == "length":
                return Place(f"{place.path}.length", place.slot, 0, LENGTH)
            raise EvmError(f"`{place.path}` is {_kind(kind)} and has no member `{name}`")
        if isinstance(kind, MappingType):
            return mapping_entry(place, kind, self._key(key, place), key if key in self._names else "")
        if isinstance(kind, FixedArray | DynamicArray):
            index = self._key(key, place)
            if not isinstance(index, int):
                raise EvmError(f"`{place.path}[{key}]`: the index must be a number")
            return array_element(place, kind, index)
        raise EvmError(f"`{place.path}` is {_kind(kind)}: it can't be indexed by [{key}]")

    def _key(self, text: str, place: Place) -> int | str:
        if text in self._names:
            return self._names[text]
        if text.startswith('"'):
            return text[1:-1]
        if text in ("true", "false"):
            return text == "true"
        try:
            return int(text, 0)
        except ValueError:
            raise EvmError(f"`{place.path}[{text}]`: {text!r} is neither a number nor a known name") from None


def _at(place: Place, slot: int) -> Iterator[str]:
    """Yield the paths of the single values, mappings and byte strings in `place` that `slot` belongs to."""
    kind = place.type
    words = kind.words if isinstance(kind, Struct | FixedArray) else 1
    if not place.slot <= slot < place.slot + words:
        return
    if isinstance(kind, Struct):
        for member in kind.members:
            yield from _at(member_of(place, kind, member.label), slot)
    elif isinstance(kind, FixedArray) and kind.per_word > 1:
        first = (slot - place.slot) * kind.per_word
        yield f"{place.path}[{first}..{min(first + kind.per_word, kind.length) - 1}]"
    elif isinstance(kind, FixedArray):
        yield from _at(array_element(place, kind, (slot - place.slot) // kind.stride), slot)
    else:
        yield place.path


def _tokens(path: str) -> Iterator[tuple[str, str]]:
    """Yield (member name, "") and ("", key) in order; the first is a name."""
    at = 0
    while at < len(path):
        match = _TOKEN.match(path, at)
        if match is None or (at == 0 and not match[1]) or (at > 0 and match[1] and path[at] != "."):
            raise EvmError(f"`{path}` is no storage path: cannot read `{path[at:]}`")
        yield match[1] or "", match[2] or ""
        at = match.end()
    if not path:
        raise EvmError("an empty storage path names nothing")


def _qualified(variable: Variable) -> str:
    return f"{variable.contract.rpartition(':')[2]}.{variable.label}"


def _kind(kind: Type) -> str:
    names: dict[type, str] = {
        Scalar: "a single value",
        Struct: "a struct",
        FixedArray: "an array",
        DynamicArray: "an array",
        MappingType: "a mapping",
        ByteString: "a byte string",
    }
    return names[type(kind)]
