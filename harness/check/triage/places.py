"""From the prover's storage functions back to storage: which bits of which word an application means.

The prover seeds storage with one function per field, applied to the keys on the way there. A model gives
these functions values; to execute it, every value must go to the very bits that the bytecode reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from harness.check.triage.errors import Unrealisable
from harness.compiler.layout import (
    ByteString,
    DynamicArray,
    FixedArray,
    Layout,
    Mapping,
    Scalar,
    Struct,
    Type,
)
from harness.evm.places import WORD, Paths, data_slot, entry_slot, from_bits, show_key
from harness.symbolic.regions import Field, Region
from harness.symbolic.slots import labels_of, variable_names

DEPTH = 6
"""Mappings of mappings are followed so deep."""


@dataclass(frozen=True, slots=True)
class Bits:
    """`width` bits of the word at `slot`, from bit `shift` on; `path` names them ("" where nothing does)."""

    slot: int
    shift: int
    width: int
    path: str = ""
    scalar: Scalar | None = None

    def shown(self, bits: int) -> int:
        """Return the value that these bits stand for."""
        return from_bits(self.scalar, bits) if self.scalar is not None else bits


class Step(Protocol):
    """One step on the way to a word; uses up the keys that it needs."""

    def follow(self, slot: int, keys: list[int]) -> int:
        """Return the slot after the step."""

    def show(self, keys: list[int]) -> str:
        """Return what the step adds to the path."""


@dataclass(frozen=True, slots=True)
class _Member:
    words: int
    label: str

    def follow(self, slot: int, keys: list[int]) -> int:
        return (slot + self.words) % WORD

    def show(self, keys: list[int]) -> str:
        return f".{self.label}" if self.label else ""


@dataclass(frozen=True, slots=True)
class _Entry:
    key: Scalar | ByteString

    def follow(self, slot: int, keys: list[int]) -> int:
        return entry_slot(keys.pop(0), slot)

    def show(self, keys: list[int]) -> str:
        word = keys.pop(0)
        if isinstance(self.key, Scalar):
            word = from_bits(self.key, word >> 256 - self.key.bits if self.key.kind == "bytes" else word)
        return f"[{show_key(self.key, word)}]"


@dataclass(frozen=True, slots=True)
class _Element:
    stride: int

    def follow(self, slot: int, keys: list[int]) -> int:
        return (slot + keys.pop(0) * self.stride) % WORD

    def show(self, keys: list[int]) -> str:
        return f"[{keys.pop(0)}]"


@dataclass(frozen=True, slots=True)
class _Data:
    def follow(self, slot: int, keys: list[int]) -> int:
        return data_slot(slot)

    def show(self, keys: list[int]) -> str:
        return ""


Steps = tuple[Step, ...]


def _ways(kind: Type, name: str, steps: Steps, depth: int = 0) -> Iterator[tuple[str, Steps]]:
    """Yield every field's label with the steps that lead to its word."""
    match kind:
        case Scalar():
            yield name, steps
        case Struct():
            for member in kind.members:
                inner = (*steps, _Member(member.slot, member.label))
                yield from _ways(member.type, f"{name}.{member.label}", inner, depth)
        case Mapping():
            yield f"{name}#", steps
            if depth < DEPTH:
                yield from _ways(kind.value, name, (*steps, _Entry(kind.key)), depth + 1)
        case FixedArray():
            stride = 1 if kind.per_word > 1 else kind.stride
            yield from _ways(kind.element, name, (*steps, _Element(stride)), depth)
        case DynamicArray():
            yield f"{name}.length", (*steps, _Member(0, "length"))
            if depth < DEPTH:
                stride = 1 if kind.per_word > 1 else kind.stride
                yield from _ways(kind.element, name, (*steps, _Data(), _Element(stride)), depth + 1)
        case ByteString():
            yield f"{name}#", steps


def _key_kinds(steps: Steps) -> list[bool]:
    """Return, for each key on the way, whether it is an address."""
    kinds = []
    for step in steps:
        if isinstance(step, _Entry):
            kinds.append(isinstance(step.key, Scalar) and step.key.kind in ("address", "contract"))
        elif isinstance(step, _Element):
            kinds.append(False)
    return kinds


class Places:
    """The places of all storage functions of one `generation` (see `Region.function`) under one layout."""

    def __init__(self, layout: Layout, generation: int = 0) -> None:
        self._generation = generation
        self._labels = labels_of(layout)
        self._ways: dict[str, tuple[str, Steps]] = {}
        paths = Paths(layout)
        for variable, name in zip(layout.variables, variable_names(layout), strict=True):
            for label, steps in _ways(variable.type, name, (_Member(variable.slot, ""),)):
                self._ways.setdefault(label, (paths.variable(variable).path, steps))
        self._functions: dict[str, tuple[Region, Field]] = {}

    def field(self, function: str) -> tuple[Region, Field] | None:
        """Return the region and field whose initial content a function is, None for other functions."""
        if function not in self._functions:
            for region in self._labels.regions():
                for part in region.fields:
                    self._functions.setdefault(region.function(part, self._generation).name, (region, part))
        return self._functions.get(function)

    def takes_addresses(self, part: Field, arity: int) -> list[bool]:
        """Return which of the arguments of a field's function are addresses."""
        found = self._ways.get(part.label)
        return _key_kinds(found[1]) if found is not None else [False] * arity

    def bits(self, region: Region, part: Field, arguments: tuple[int, ...]) -> Bits:
        """Return where a field lies for its function's arguments. Raises Unrealisable."""
        word, shift = arguments, part.offset
        if part.lanes > 1:
            number, lane = divmod(arguments[-1], part.lanes)
            word, shift = (*arguments[:-1], number), lane * part.bits
        path = self._path(part, arguments)
        scalar = part.type if isinstance(part.type, Scalar) else None
        return Bits(self.word(region, word), shift, part.bits, path, scalar)

    def word(self, region: Region, keys: tuple[int, ...]) -> int:
        """Return the slot of a region's word at keys. Raises Unrealisable where nothing tells it."""
        for part in region.fields:
            if part.label in self._ways:
                return _walk(self._ways[part.label][1], keys)
        name = region.name
        if name.startswith("?") and name.endswith("[]") and keys:
            return (entry_slot(keys[-1], self._named(name[1:-2], keys[:-1])) + region.word) % WORD
        return self._named(name, keys)

    def _named(self, name: str, keys: tuple[int, ...]) -> int:
        """Return the slot of what the labels call `name`."""
        for label in (name, f"{name}#", f"{name}.length"):
            if label in self._ways:
                return _walk(self._ways[label][1], keys)
        if name.startswith("slot:"):
            return int(name[5:], 16)
        raise Unrealisable(f"the layout does not say where `{name}` is stored")

    def _path(self, part: Field, arguments: tuple[int, ...]) -> str:
        """Return the path of a field, "" for padding and what the layout does not name."""
        found = self._ways.get(part.label)
        if found is None or not isinstance(part.type, Scalar):
            return ""
        left = list(arguments)
        return found[0] + "".join(step.show(left) for step in found[1])


def _walk(steps: Steps, keys: tuple[int, ...]) -> int:
    left = list(keys)
    slot = 0
    for step in steps:
        slot = step.follow(slot, left)
    return slot
