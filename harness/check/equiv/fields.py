"""Two layouts related: a field of one is the field of the other that has the same path of labels.

Where a field lies, and what lies beside it, is no part of what a contract does. So both contracts are looked
at from states with the same values in all fields, whatever the words that these make.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.compiler.layout import (
    ByteString,
    DynamicArray,
    FixedArray,
    Layout,
    Scalar,
    Struct,
    Type,
)
from harness.compiler.layout import Mapping as MappingType
from harness.symbolic.slots import variable_names

LENGTH = Scalar("uint", 64)
"""What a dynamic array's own word holds: see `harness.symbolic.regions.LONGEST`."""

ADDRESSES = ("address", "contract")
NUMBERS = ("uint", "enum")
"""Kinds of numbers that the second contract may store wider than the first."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field: its type, and how many keys lead to one of it."""

    type: Type
    keys: int


def leaves(layout: Layout) -> dict[str, Leaf]:
    """Return the fields of a layout by their labels, as regions name them."""
    found: dict[str, Leaf] = {}
    for variable, name in zip(layout.variables, variable_names(layout), strict=True):
        for label, leaf in _leaves(variable.type, name, 0):
            found.setdefault(label, leaf)
    return found


def _leaves(kind: Type, name: str, keys: int) -> Iterator[tuple[str, Leaf]]:
    match kind:
        case Struct():
            for member in kind.members:
                yield from _leaves(member.type, f"{name}.{member.label}", keys)
        case FixedArray():
            yield from _leaves(kind.element, name, keys + 1)
        case MappingType():
            yield f"{name}#", Leaf(kind.key, keys)
            yield from _leaves(kind.value, name, keys + 1)
        case DynamicArray():
            yield f"{name}.length", Leaf(LENGTH, keys)
            yield from _leaves(kind.element, name, keys + 1)
        case ByteString():
            yield f"{name}#", Leaf(kind, keys)
        case _:
            yield name, Leaf(kind, keys)


def unrelated(left: Mapping[str, Leaf], right: Mapping[str, Leaf]) -> dict[str, str]:
    """Return the labels under which two layouts have fields that can't be compared, each with the reason."""
    found = {}
    for label in dict.fromkeys((*left, *right)):
        one, other = left.get(label), right.get(label)
        if one is None or other is None:
            found[label] = f"only the {'second' if one is None else 'first'} contract has it"
        elif one.keys != other.keys or not _alike(one.type, other.type):
            found[label] = f"it is {_shown(one)} in the first contract and {_shown(other)} in the second"
    return found


def _alike(one: Type, other: Type) -> bool:
    if not isinstance(one, Scalar) or not isinstance(other, Scalar):
        return one == other
    if one.kind in NUMBERS and other.kind in NUMBERS:
        return one.bits <= other.bits
    both_addresses = one.kind in ADDRESSES and other.kind in ADDRESSES
    return one == other or both_addresses


def _shown(leaf: Leaf) -> str:
    kind = leaf.type
    name = f"{kind.kind} of {kind.bits} bits" if isinstance(kind, Scalar) else type(kind).__name__
    return f"{name}, {leaf.keys} keys deep" if leaf.keys else name
