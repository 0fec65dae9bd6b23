"""Tables: what a mapping or an array of storage is to a specification."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import accumulate
from types import MappingProxyType
from typing import Any, Generic, TypeVar, cast

from harness.lang.logic import Int, Prop, all_of, any_of, ite, negate

R = TypeVar("R")

_PLAIN = {int}


class Table(ABC, Generic[R]):
    """A total map from numbers to records (or numbers), zero where nothing was written."""

    __slots__ = ()

    @abstractmethod
    def __getitem__(self, key: Int) -> R:
        """Return the record at `key`."""

    @abstractmethod
    def put(self, key: Int, record: R) -> Table[R]:
        """Return this table with `record` at `key`."""

    @abstractmethod
    def total(self, amount: Callable[[R], Int]) -> Int:
        """Return the sum of `amount` over all records; `amount` of the zero record must be 0."""

    @abstractmethod
    def agrees(self, other: Table[R], same: Callable[[R, R], Prop], besides: Sequence[Int]) -> Prop:
        """Return that `same` holds of both tables' records at every key not in `besides`."""


class ConcreteTable(dict[int, R], Table[R]):  # type: ignore[misc]  # reads are a dict's own, for speed
    """A table of ints, never changed in place; keys that hold the zero record are not kept."""

    __slots__ = ("_zero",)

    def __init__(self, zero: R, records: Mapping[int, R] = MappingProxyType({})) -> None:
        dict.__init__(self, records)
        self._zero = zero

    def __missing__(self, key: int) -> R:
        return self._zero

    def put(self, key: Int, record: R) -> ConcreteTable[R]:
        changed = self._copy()
        if record == self._zero:
            changed.pop(cast(int, key), None)
        else:
            dict.__setitem__(changed, cast(int, key), record)
        return changed

    def _copy(self) -> ConcreteTable[R]:
        return ConcreteTable(self._zero, self)

    def total(self, amount: Callable[[R], Int]) -> Int:
        return sum([cast(int, amount(record)) for record in self.values()])

    def agrees(self, other: Table[R], same: Callable[[R, R], Prop], besides: Sequence[Int]) -> Prop:
        if self is other:
            return True
        keys = self.keys() | cast(ConcreteTable[R], other).keys()
        return all_of(same(self[key], other[key]) for key in keys if key not in besides)

    @property
    def records(self) -> Mapping[int, R]:
        """The records that are not zero, by key."""
        return MappingProxyType(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ConcreteTable) and dict.__eq__(self, other) is True

    def __hash__(self) -> int:  # type: ignore[override]  # never changed in place, so it can be hashed
        return hash(frozenset(self.items()))

    def __repr__(self) -> str:
        return f"ConcreteTable({dict.__repr__(self)})"


def total(table: Table[R], amount: Callable[[R], Int]) -> Int:
    """Return the sum of `amount` over every record of `table`."""
    return table.total(amount)


def same_record(left: Any, right: Any) -> Prop:
    """Return that two numbers, or two records field by field, or two tables, are equal."""
    if left is right:
        return True
    if isinstance(left, Table):
        return unchanged(left, right)
    if is_dataclass(left) and not isinstance(left, type):
        return all_of(same_record(getattr(left, f.name), getattr(right, f.name)) for f in fields(left))
    return cast(Prop, left == right)


def unchanged(before: Table[R], after: Table[R], besides: Sequence[Int] = ()) -> Prop:
    """Return that no record of the table differs, except perhaps at the keys in `besides`."""
    return before.agrees(after, same_record, besides)


def first_lowest(keys: Iterable[int], value: Callable[[int], Int]) -> tuple[Int, Int]:
    """Return (key, value) of the first of `keys` whose `value` is the smallest."""
    choices = list(keys)
    values = [value(key) for key in choices]
    if {*map(type, values)} == _PLAIN:  # plain numbers need no choosing, and this is often asked
        least: Any = min(values)
        return choices[values.index(least)], least
    best: Int = choices[0]
    lowest = values[0]
    for key, candidate in zip(choices[1:], values[1:], strict=True):
        better = candidate < lowest
        best = ite(better, key, best)
        lowest = ite(better, candidate, lowest)
    return best, lowest


def pick(weights: Sequence[Int], point: Int) -> Int:
    """Return the first index whose running sum of weights exceeds `point`; ``len(weights)`` if none does."""
    if {type(point), *map(type, weights)} == _PLAIN:
        sums = enumerate(accumulate(cast("Sequence[int]", weights)))
        return next((index for index, running in sums if point < running), len(weights))
    running: Int = 0
    found: list[Prop] = []
    for weight in weights:
        running = running + weight
        found.append(point < running)
    chosen: Int = len(weights)
    for index in reversed(range(len(weights))):
        chosen = ite(found[index], index, chosen)
    return chosen


def at(values: Sequence[R], index: Int) -> R:
    """Return ``values[index]`` for an index that may be symbolic; the last one where it is out of range."""
    if isinstance(index, int):
        return values[min(index, len(values) - 1)]
    if isinstance(values[0], tuple):
        columns = zip(*cast("Sequence[tuple[Any, ...]]", values), strict=True)
        return cast(R, tuple(at(column, index) for column in columns))
    if isinstance(values[0], Int) and not isinstance(values[0], bool):
        return cast(R, index.among(cast("Sequence[Int]", values)))
    chosen = values[-1]
    for position in reversed(range(len(values) - 1)):
        chosen = ite(index == position, values[position], chosen)
    return chosen


def none_of(key: Int, keys: Iterable[Int]) -> Prop:
    """Return that `key` is none of `keys`."""
    return negate(any_of(key == other for other in keys))
