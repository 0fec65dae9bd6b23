"""Runs of bytes cut from words: the common currency of memory, calldata and return data.

A piece is `(length, word, skip)`: the bytes skip .. skip+length of a 32-byte
big-endian word. Words stay whole until somebody needs them cut, so that a word
stored at an odd address (an argument after a selector) comes back as itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.term.core import ZERO, Term, const, ite
from harness.term.pack import extract, pack

Piece = tuple[int, Term, int]

WORD = 32


def cut(piece: Piece, start: int, end: int) -> Piece:
    """The bytes start .. end of a piece."""
    return end - start, piece[1], piece[2] + start


def join(pieces: Sequence[Piece]) -> list[Piece]:
    """The same bytes with neighbours from one word put together again."""
    joined: list[Piece] = []
    for length, word, skip in pieces:
        if joined:
            before, same, at = joined[-1]
            if same is word and (word is ZERO or at + before == skip) and before + length <= WORD:
                joined[-1] = (before + length, word, 0 if word is ZERO else at)
                continue
        joined.append((length, word, skip))
    return joined


def number(pieces: Sequence[Piece]) -> Term:
    """The big-endian number in at most 32 bytes."""
    pieces = join(pieces)
    if len(pieces) == 1 and pieces[0][0] == WORD:
        return pieces[0][1]
    segments: list[tuple[int, int, Term]] = []
    offset = 8 * sum(length for length, _, _ in pieces)
    for length, word, skip in pieces:
        offset -= 8 * length
        segments.append((offset, 8 * length, extract(word, 8 * (WORD - skip - length), 8 * length)))
    return pack(segments)


def window(pieces: Sequence[Piece], start: int, length: int) -> list[Piece]:
    """The bytes start .. start+length of a run; zeros past its end."""
    found: list[Piece] = []
    position, end = 0, start + length
    for piece in pieces:
        low, high = max(start, position), min(end, position + piece[0])
        if low < high:
            found.append(cut(piece, low - position, high - position))
        position += piece[0]
        if position >= end:
            return found
    return found + zeros(end - max(start, position))


def zeros(length: int) -> list[Piece]:
    """A run of zero bytes."""
    whole, rest = divmod(length, WORD)
    return [(WORD, ZERO, 0)] * whole + ([(rest, ZERO, 0)] if rest else [])


def of_bytes(data: bytes) -> list[Piece]:
    """Constant bytes as pieces of a word each."""
    runs = [data[start : start + WORD] for start in range(0, len(data), WORD)]
    return [(len(run), const(int.from_bytes(run, "big")), WORD - len(run)) for run in runs]


def of_words(words: Sequence[Term]) -> list[Piece]:
    """Whole words as pieces."""
    return [(WORD, word, 0) for word in words]


def total(pieces: Sequence[Piece]) -> int:
    """How many bytes there are."""
    return sum(piece[0] for piece in pieces)


def choose(condition: Term, left: Sequence[Piece], right: Sequence[Piece]) -> list[Piece]:
    """The bytes of `left` where the condition holds, else of `right`; the shorter gets zeros."""
    chosen: list[Piece] = []
    length = max(total(left), total(right))
    one, other = [*left, *zeros(length - total(left))], [*right, *zeros(length - total(right))]
    i = j = here = there = 0
    while i < len(one):
        step = min(one[i][0] - here, other[j][0] - there)
        first, second = cut(one[i], here, here + step), cut(other[j], there, there + step)
        chosen.append(_choose_piece(condition, first, second))
        here, there = here + step, there + step
        if here == one[i][0]:
            i, here = i + 1, 0
        if there == other[j][0]:
            j, there = j + 1, 0
    return chosen


def _choose_piece(condition: Term, left: Piece, right: Piece) -> Piece:
    """Choose between two pieces of one length."""
    if left[1] is right[1] and (left[2] == right[2] or left[1] is ZERO):
        return left
    length = left[0]
    word = ite(condition, number([left]), number([right]))
    return length, word, WORD - length


def constant_bytes(pieces: Sequence[Piece]) -> bytes | None:
    """The bytes as they are if all are constant, else None."""
    out = bytearray()
    for piece in pieces:
        word = number([piece])
        if word.op != "const":
            return None
        out += int(word.data).to_bytes(piece[0], "big")
    return bytes(out)
