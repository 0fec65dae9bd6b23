"""Binds a specification's state record to a storage layout, by name.

A field ``exit_requested_at`` is the variable or member ``exitRequestedAt``
(leading underscores of a label don't count); a `Table` is a mapping or a fixed
array; a record is a struct. What the specification does not mention is not bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from harness.compiler.layout import FixedArray, Layout, Scalar, Struct, Type
from harness.compiler.layout import Mapping as MappingType
from harness.errors import PoolproofError, instead_of
from harness.lang import Table


class BindingError(PoolproofError):
    """The storage layout lacks what the specification needs; the message names it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A scalar: `slot` words after its parent's first, `offset` bits above the word's lowest."""

    slot: int
    offset: int
    scalar: Scalar


@dataclass(frozen=True, slots=True)
class Fields:
    """A struct read as a record: each field by its name in the record, in the record's order."""

    make: Callable[..., Any]
    members: tuple[tuple[str, Shape], ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping or a fixed array read as a table; `value` is relative to the entry's first word.

    `length` is None for a mapping; elements that share a word have `per_word` > 1.
    """

    slot: int
    value: Shape
    length: int | None = None
    stride: int = 1
    per_word: int = 1


Shape = Cell | Fields | Entries


def snake(label: str) -> str:
    """Return a label's snake_case form without leading underscores."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", label.lstrip("_")).lower()


def bind(state: type, layout: Layout, ghosts: Iterable[str] = ()) -> dict[str, Shape]:
    """Return where each field of the record `state` is stored, slots absolute; `ghosts` are not stored.

    Raises:
        BindingError: naming the first variable or member that the layout lacks, or whose type does not fit.
    """
    variables: dict[str, list[tuple[str, int, int, Type]]] = {}
    for variable in layout.variables:
        place = (variable.label, variable.slot, variable.offset, variable.type)
        variables.setdefault(snake(variable.label), []).append(place)
    hints = get_type_hints(state, include_extras=True)
    shapes: dict[str, Shape] = {}
    for field in fields(state):
        if field.name not in set(ghosts):
            _, slot, offset, type_ = _one(variables, field.name, "state variable")
            shapes[field.name] = _shape(field.name, hints[field.name], slot, offset, type_)
    return shapes


def _one(found: Mapping[str, list[Any]], name: str, what: str) -> Any:
    """Return the only candidate called `name`."""
    candidates = found.get(name, [])
    if not candidates:
        raise BindingError(
            f"The specification needs the {what} `{name}`, which the storage layout lacks:"
            f" {instead_of(name, sorted(found))}"
        )
    if len(candidates) > 1:
        raise BindingError(
            f"The storage layout has {len(candidates)} {what}s called `{name}`: rename all but one."
        )
    return candidates[0]


def _shape(name: str, hint: Any, slot: int, offset: int, type_: Type) -> Shape:
    """Return the shape of one field, and complain where its storage type doesn't fit its hint."""
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) is Table:
        return _entries(name, get_args(hint)[0], slot, type_)
    if isinstance(hint, type) and is_dataclass(hint):
        if not isinstance(type_, Struct):
            raise _misfit(name, "struct", type_)
        return _fields(name, hint, slot, type_)
    if not isinstance(type_, Scalar):
        raise _misfit(name, "number", type_)
    return Cell(slot, 8 * offset, type_)


def _entries(name: str, value: Any, slot: int, type_: Type) -> Entries:
    match type_:
        case MappingType(key):
            if not isinstance(key, Scalar) or (key.kind in ("bytes", "function") and key.bits < 256):
                kind = f"{key.kind}{key.bits // 8}" if isinstance(key, Scalar) else key.kind
                raise BindingError(f"The keys of `{name}` are {kind}, and only numbers and whole words are.")
            return Entries(slot, _shape(name, value, 0, 0, type_.value))
        case FixedArray():
            shape = _shape(name, value, 0, 0, type_.element)
            return Entries(slot, shape, type_.length, type_.stride, type_.per_word)
    raise _misfit(name, "table", type_)


def _fields(name: str, record: type, slot: int, struct: Struct) -> Fields:
    members: dict[str, list[Any]] = {}
    for member in struct.members:
        members.setdefault(snake(member.label), []).append(member)
    hints = get_type_hints(record, include_extras=True)
    shapes = []
    for field in fields(record):
        member = _one(members, field.name, f"member of struct `{struct.name}`")
        path = f"{name}.{field.name}"
        shapes.append(
            (field.name, _shape(path, hints[field.name], slot + member.slot, member.offset, member.type))
        )
    return Fields(record, tuple(shapes))


def _misfit(name: str, wanted: str, type_: Type) -> BindingError:
    found = type_.kind if isinstance(type_, Scalar) else type(type_).__name__
    return BindingError(f"The specification reads `{name}` as a {wanted}, but it is stored as a {found}.")
