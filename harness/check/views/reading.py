"""Reads bound storage: the same walk for a real storage's words and for symbolic ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from harness.check.views.binding import Cell, Entries, Fields, Shape
from harness.lang import Int, Table

W = TypeVar("W")


class Words(Protocol[W]):
    """Words of storage and the arithmetic of their places; `W` is an int or a term."""

    def word(self, slot: int) -> W:
        """Return `slot` as a place."""

    def plus(self, place: W, words: int) -> W:
        """Return the place `words` after `place`."""

    def entry(self, place: W, key: Int) -> W:
        """Return the first word of a mapping's value: keccak256(key . place)."""

    def element(self, place: W, index: Int, stride: int, per_word: int) -> W:
        """Return the word where element `index` of an array begins."""

    def field(self, place: W, cell: Cell, index: Int, per_word: int) -> Int:
        """Return a scalar of the word at `place`; `index` is its number in an array (else 0)."""

    def table(self, place: W, shape: Entries) -> Table[Any]:
        """Return the table of a mapping or array that begins at `place`."""


def read(words: Words[W], shape: Shape, place: W, index: Int = 0, per_word: int = 1) -> Any:
    """Return what `shape` at `place` holds: a number, a record or a table."""
    match shape:
        case Cell():
            return words.field(words.plus(place, shape.slot), shape, index, per_word)
        case Fields():
            return shape.make(*(read(words, member, place) for _, member in shape.members))
        case Entries():
            return words.table(words.plus(place, shape.slot), shape)


def record_at(words: Words[W], place: W, shape: Entries) -> Callable[[Int], Any]:
    """Return how to read the entry of a table at a key."""

    def at(key: Int) -> Any:
        if shape.length is None:
            return read(words, shape.value, words.entry(place, key))
        element = words.element(place, key, shape.stride, shape.per_word)
        return read(words, shape.value, element, key, shape.per_word)

    return at
