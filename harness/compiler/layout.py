"""Storage layouts as typed values.

A layout says which bits of which storage word a label names. It comes from the
compiler (``storageLayout`` and ERC-7201 annotations) or from a file, and is
used as *labels* only: a checker that relies on it proves that the bytecode
respects it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ScalarKind = Literal["uint", "int", "address", "bool", "bytes", "enum", "contract", "function"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value of at most one word, packed at a byte offset."""

    kind: ScalarKind
    bits: int


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a struct; `slot` counts words from the struct's first, `offset` is in bytes."""

    label: str
    slot: int
    offset: int
    type: Type


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct; it starts on a word of its own and fills `words` words."""

    name: str
    members: tuple[Member, ...]
    words: int


@dataclass(frozen=True, slots=True)
class FixedArray:
    """`length` elements in place.

    Elements of at most 16 bytes share words (`per_word` > 1, element i at byte
    ``(i % per_word) * bytes``); others take `stride` whole words each.
    """

    element: Type
    length: int
    per_word: int
    stride: int
    words: int


@dataclass(frozen=True, slots=True)
class DynamicArray:
    """A length word, and elements from keccak256(slot) on, packed like a fixed array's."""

    element: Type
    per_word: int
    stride: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Values at keccak256(key . slot)."""

    key: Scalar | ByteString
    value: Type


@dataclass(frozen=True, slots=True)
class ByteString:
    """`bytes` or `string`: short ones in place, long ones from keccak256(slot) on."""

    kind: Literal["bytes", "string"]


Type = Scalar | Struct | FixedArray | DynamicArray | Mapping | ByteString


@dataclass(frozen=True, slots=True)
class Variable:
    """A state variable: its label, first slot (absolute), byte offset and type.

    `contract` is the unit that declares it; `namespace` is the ERC-7201 id for
    members of a namespaced struct, else None.
    """

    label: str
    slot: int
    offset: int
    type: Type
    contract: str
    namespace: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """All state variables of a contract, in storage order."""

    variables: tuple[Variable, ...]
