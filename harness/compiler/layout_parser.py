"""solc's storageLayout JSON, as typed values.

Two keys are ours and optional: ``namespace`` on a storage entry (ERC-7201 id; its slot is absolute) and
``underlying`` on a user-defined value type (the elementary type it stands for; uint where it is missing).
"""

from __future__ import annotations

import re
from typing import Any, Literal

from harness.compiler.errors import CompilerError
from harness.compiler.layout import (
    ByteString,
    DynamicArray,
    FixedArray,
    Layout,
    Mapping,
    Member,
    Scalar,
    ScalarKind,
    Struct,
    Type,
    Variable,
)

Json = dict[str, Any]
_ARRAY_LENGTH = re.compile(r"\[(\d+)\]$")
_WORD = 32
_MOST_WORDS = 1 << 64


def parse_layout(document: Any, place: str = "storageLayout") -> Layout:
    """Return the layout that a storageLayout document describes, in storage order.

    Args:
        document: the JSON value, ``{"storage": [...], "types": {...}}``.
        place: what an error calls it (a file's name).

    Raises:
        CompilerError: if it is not a storageLayout, or a type is missing or recursive without a mapping.
    """
    try:
        types = _Types(document.get("types") or {}, place)
        variables = [_variable(entry, types) for entry in document["storage"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CompilerError(
            f"{place} is not a solc storageLayout ({error!r}): give the object with 'storage' and 'types'."
        ) from error
    _require_apart([(one.label, one.slot, one.offset, one.type) for one in variables], place)
    return Layout(tuple(sorted(variables, key=lambda variable: (variable.slot, variable.offset))))


def _require_apart(members: list[tuple[str, int, int, Type]], place: str, words: int | None = None) -> None:
    """Refuse members that overlap, or reach beyond the `words` of what they are in: labels would lie."""
    last, reached = "", 0
    for label, slot, offset, type_ in sorted(members, key=lambda one: (one[1], one[2])):
        first = 8 * (_WORD * slot + offset)
        if first < reached:
            raise CompilerError(f"{place}: `{last}` and `{label}` overlap, which no compiler does.")
        if _bits(type_) > 8 * _WORD * _MOST_WORDS:
            raise CompilerError(f"{place}: `{label}` is so large that entries of mappings may lie in it.")
        last, reached = label, first + _bits(type_)
    if words is not None and reached > 8 * _WORD * words:
        raise CompilerError(f"{place}: `{last}` is too large for what it is in.")


def _bits(type_: Type) -> int:
    """Return how many bits a value fills where it stands."""
    if isinstance(type_, Struct | FixedArray):
        return 8 * _WORD * type_.words
    return type_.bits if isinstance(type_, Scalar) else 8 * _WORD


def _variable(entry: Json, types: _Types) -> Variable:
    namespace = entry.get("namespace")
    return Variable(
        label=str(entry["label"]),
        slot=int(entry["slot"]),
        offset=int(entry["offset"]),
        type=types.get(entry["type"]),
        contract=str(entry.get("contract", "")),
        namespace=str(namespace) if namespace is not None else None,
    )


class _Types:
    """Converts the table of types, each once."""

    def __init__(self, table: Json, place: str) -> None:
        self._table = table
        self._place = place
        self._done: dict[str, Type] = {}
        self._open: list[str] = []

    def get(self, key: str) -> Type:
        """Return the type of table key `key`."""
        if key in self._done:
            return self._done[key]
        if key not in self._table:
            raise CompilerError(f"{self._place}: type {key} is used but not listed under 'types'.")
        if key in self._open:
            raise CompilerError(f"{self._place}: type {key} contains itself, which layouts cannot express.")
        self._open.append(key)
        self._done[key] = self._convert(key, self._table[key])
        self._open.pop()
        return self._done[key]

    def _convert(self, key: str, entry: Json) -> Type:
        encoding, size = entry["encoding"], int(entry["numberOfBytes"])
        if encoding == "mapping":
            return self._mapping(entry)
        if encoding == "bytes":
            kind: Literal["string", "bytes"] = "string" if entry["label"] == "string" else "bytes"
            return ByteString(kind)
        if encoding == "dynamic_array":
            per_word, stride = self._packing(entry["base"])
            return DynamicArray(self.get(entry["base"]), per_word, stride)
        if "members" in entry:
            return self._struct(entry, size)
        if "base" in entry:
            per_word, stride = self._packing(entry["base"])
            length = _ARRAY_LENGTH.search(entry["label"])
            if length is None:
                raise CompilerError(f"{self._place}: array type {key} has no length in its label.")
            count, words = int(length.group(1)), size // _WORD
            if words < -(-count // per_word) * stride:
                raise CompilerError(f"{self._place}: array type {key} is longer than its numberOfBytes.")
            return FixedArray(self.get(entry["base"]), count, per_word, stride, words)
        if size > _WORD:
            raise CompilerError(f"{self._place}: type {key} is larger than a word, and no array.")
        return Scalar(_scalar_kind(key, str(entry.get("underlying", entry["label"]))), size * 8)

    def _mapping(self, entry: Json) -> Mapping:
        key = self.get(entry["key"])
        if not isinstance(key, Scalar | ByteString):
            raise CompilerError(f"{self._place}: a mapping cannot have a key of type {entry['key']}.")
        return Mapping(key, self.get(entry["value"]))

    def _struct(self, entry: Json, size: int) -> Struct:
        members = tuple(
            Member(str(item["label"]), int(item["slot"]), int(item["offset"]), self.get(item["type"]))
            for item in entry["members"]
        )
        placed = [(one.label, one.slot, one.offset, one.type) for one in members]
        _require_apart(placed, f"{self._place}: {entry['label']}", size // _WORD)
        return Struct(_struct_name(entry["label"]), members, size // _WORD)

    def _packing(self, base: str) -> tuple[int, int]:
        """Return (elements a word, words an element) of an array with elements of type `base`."""
        size = int(self._table[base]["numberOfBytes"])
        return (_WORD // size, 1) if size <= _WORD // 2 else (1, -(-size // _WORD))


def _struct_name(label: str) -> str:
    return label.removeprefix("struct ").split(".")[-1]


def _scalar_kind(key: str, label: str) -> ScalarKind:
    prefixes: tuple[tuple[str, ScalarKind], ...] = (
        ("uint", "uint"),
        ("int", "int"),
        ("address", "address"),
        ("bool", "bool"),
        ("bytes", "bytes"),
        ("enum ", "enum"),
        ("contract ", "contract"),
        ("function", "function"),
    )
    for prefix, kind in prefixes:
        if label.startswith(prefix) and not ("UserDefined" in key and label not in _ELEMENTARY):
            return kind
    return "uint"


_ELEMENTARY = frozenset(
    ["address", "address payable", "bool"]
    + [f"{sign}{bits}" for sign in ("uint", "int") for bits in range(8, 257, 8)]
    + [f"bytes{size}" for size in range(1, 33)]
)
