"""Byte strings that a call takes and gives: calldata, return data, revert data, code.

Every kind answers the same questions: its size (a term) and the bytes at a
constant offset. Bytes past the size read as zero, except in `Unknown` data,
where they mean nothing (nobody can read them: RETURNDATACOPY halts there).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from harness.symbolic import pieces
from harness.symbolic.pieces import WORD, Piece
from harness.term.core import ZERO, Function, Term, apply, const, ite, le


class Data(Protocol):
    """A byte string."""

    @property
    def size(self) -> Term:
        """The length in bytes."""

    def read(self, offset: int, length: int) -> list[Piece]:
        """The bytes offset .. offset+length."""

    def word(self, offset: int) -> Term:
        """The 32-byte big-endian number at `offset`."""


class Known:
    """Bytes that are there: `pieces` then zeros; `size` may be a term when choices were merged."""

    __slots__ = ("pieces", "size")

    def __init__(self, run: Sequence[Piece], size: Term | None = None) -> None:
        self.pieces = tuple(run)
        self.size = const(pieces.total(run)) if size is None else size

    def read(self, offset: int, length: int) -> list[Piece]:
        """The bytes offset .. offset+length."""
        return pieces.window(self.pieces, offset, length)

    def word(self, offset: int) -> Term:
        """The 32-byte big-endian number at `offset`."""
        return pieces.number(self.read(offset, WORD))

    def constant(self) -> bytes | None:
        """The bytes if size and content are constant, else None."""
        found = pieces.constant_bytes(self.pieces)
        return found if self.size.op == "const" else None


class Unknown:
    """Bytes given by uninterpreted words: word i holds the bytes 32i .. 32i+31.

    The words are those of `content` at `given`, and the word's number as its last argument.
    """

    __slots__ = ("content", "given", "size")

    def __init__(self, content: Function, size: Term, given: tuple[Term, ...] = ()) -> None:
        self.content = content
        self.size = size
        self.given = given

    def read(self, offset: int, length: int) -> list[Piece]:
        """The bytes offset .. offset+length."""
        first = offset // WORD
        words = range(first, (offset + length + WORD - 1) // WORD)
        run = [(WORD, apply(self.content, *self.given, const(index)), 0) for index in words]
        return pieces.window(run, offset - first * WORD, length)

    def word(self, offset: int) -> Term:
        """The 32-byte big-endian number at `offset`."""
        return pieces.number(self.read(offset, WORD))


class Calldata:
    """A selector and argument words of a call of unknown size: bytes past the size are zero.

    `argument(i)` is the free word i; it is met whole where the size covers it, and
    cut at the size's byte where it does not.
    """

    __slots__ = ("_words", "argument", "head", "size")

    def __init__(self, head: Sequence[Piece], size: Term, argument: Callable[[int], Term]) -> None:
        self.head = tuple(head)
        self.size = size
        self.argument = argument
        self._words: dict[int, Term] = {}

    def read(self, offset: int, length: int) -> list[Piece]:
        """The bytes offset .. offset+length."""
        return self._read(offset, length, self._word)

    def within(self, offset: int, length: int) -> list[Piece]:
        """The bytes offset .. offset+length where the size is known to cover them."""
        return self._read(offset, length, self.argument)

    def word(self, offset: int) -> Term:
        """The 32-byte big-endian number at `offset`."""
        return pieces.number(self.read(offset, WORD))

    def _read(self, offset: int, length: int, word: Callable[[int], Term]) -> list[Piece]:
        start = pieces.total(self.head)
        run: list[Piece] = pieces.window(self.head, offset, min(length, max(0, start - offset)))
        low = max(offset, start) - start
        high = offset + length - start
        if low < high:
            first = low // WORD
            words = [word(index) for index in range(first, (high + WORD - 1) // WORD)]
            run += pieces.window(pieces.of_words(words), low - first * WORD, high - low)
        return run

    def _word(self, index: int) -> Term:
        """Argument word `index` as the EVM reads it."""
        word = self._words.get(index)
        if word is None:
            start = pieces.total(self.head) + WORD * index
            word = self._words[index] = truncated(self.argument(index), ZERO, self.size, start)
        return word


class Slice:
    """The first `size` bytes (a term) of other data from a constant offset on."""

    __slots__ = ("offset", "size", "source")

    def __init__(self, source: Data, offset: int, size: Term) -> None:
        self.source = source
        self.offset = offset
        self.size = size

    @property
    def whole(self) -> bool:
        """Whether it is all of its source, and ends where that ends."""
        return self.offset == 0 and self.size is self.source.size

    def read(self, offset: int, length: int) -> list[Piece]:
        """The bytes offset .. offset+length."""
        run = self.source.read(self.offset + offset, length)
        if self.whole:
            return run
        cut: list[Piece] = []
        for at in range(0, length, WORD):
            count = min(WORD, length - at)
            word = pieces.number([*pieces.window(run, at, count), *pieces.zeros(WORD - count)])
            cut.append((count, truncated(word, ZERO, self.size, offset + at), 0))
        return cut

    def word(self, offset: int) -> Term:
        """The 32-byte big-endian number at `offset`."""
        return pieces.number(self.read(offset, WORD))


class Choice:
    """One data where a condition holds, else another."""

    __slots__ = ("condition", "left", "right", "size")

    def __init__(self, condition: Term, left: Data, right: Data) -> None:
        self.condition = condition
        self.left = left
        self.right = right
        self.size = ite(condition, left.size, right.size)

    def read(self, offset: int, length: int) -> list[Piece]:
        """The bytes offset .. offset+length."""
        return pieces.choose(self.condition, self.left.read(offset, length), self.right.read(offset, length))

    def word(self, offset: int) -> Term:
        """The 32-byte big-endian number at `offset`."""
        return pieces.number(self.read(offset, WORD))


EMPTY = Known(())


def choose(condition: Term, left: Data, right: Data) -> Data:
    """`left` where the condition holds, else `right`."""
    if left is right:
        return left
    if isinstance(left, Known) and isinstance(right, Known):
        size = ite(condition, left.size, right.size)
        return Known(pieces.choose(condition, left.pieces, right.pieces), size)
    return Choice(condition, left, right)


def truncated(word: Term, under: Term, size: Term, start: int) -> Term:
    """The word at byte `start`: `word`'s bytes before `size` (a term), `under`'s bytes from there on."""
    result = under
    for count in range(1, WORD):
        mixed = pieces.number([(count, word, 0), (WORD - count, under, 0 if under is ZERO else count)])
        result = ite(le(const(start + count), size), mixed, result)
    return ite(le(const(start + WORD), size), word, result)
