"""Operands that must be numbers here and now: memory addresses, lengths, offsets, jump targets.

An operand can be a constant or a choice between constants (the free-memory pointer
after an allocation in one arm only); what is neither is `Inexact`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from harness.symbolic import data, pieces
from harness.symbolic.choices import Choice, Leaf, choices, fold, leaves, numbers, one_tree, without
from harness.symbolic.data import EMPTY, Calldata, Data, Known, Slice
from harness.symbolic.errors import Halted, Inexact
from harness.symbolic.path import Path
from harness.symbolic.pieces import Piece
from harness.symbolic.simplify import MAX_MEMORY, refine, refine_operand
from harness.symbolic.state import State
from harness.term.choice import under
from harness.term.core import Term, boolean, const, ite, le

if TYPE_CHECKING:
    from harness.symbolic.frame import Frame

T = TypeVar("T")

GAS = "memory_is_paid_for"

ADDRESS = "a memory address"

MOST_COPIED = 512
"""A copy whose length is a choice is done byte for byte up to this many bytes."""


def number(term: Term, path: Path, what: str) -> int:
    """The one number that a term is on a path. Raises Inexact if there are several or none is known."""
    if term.op == "const":
        return int(term.data)
    found = choices(term, path, what)
    if not isinstance(found, Leaf):
        raise Inexact(f"{what} is a choice")
    return found.number


def affordable(frame: Frame, state: State, term: Term, what: str) -> Choice:
    """The choices of an address or length; the frame halts where memory would cost more gas than there is."""
    if term.op == "const" and term.data < MAX_MEMORY:
        return Leaf(term.data, state.path)
    found = choices(term, state.path, what)
    if all(leaf.number < MAX_MEMORY for leaf in leaves(found)):
        return found
    frame.run.assumptions.add(GAS)
    frame.halt_when(state, fold(found, lambda leaf: boolean(leaf.number >= MAX_MEMORY), ite))
    cheap = without(found, lambda value: value >= MAX_MEMORY)
    if cheap is None:
        raise Halted
    return cheap


def affordable_range(frame: Frame, state: State, start: Term, length: Term) -> Choice:
    """The choices of the address of a range that is read or written, as `affordable` has them.

    An empty range costs nothing wherever it is. Raises Inexact where one that may be empty may lie beyond
    all memory: it would halt in the one case only.
    """
    least, _ = state.path.facts.bounds(length)
    if not least and any(one.number >= MAX_MEMORY for one in leaves(choices(start, state.path, ADDRESS))):
        raise Inexact("a range that may be empty may lie where no memory is affordable")
    return affordable(frame, state, start, ADDRESS)


def memory_data(frame: Frame, state: State, start: Term, length: Term) -> Data:
    """The bytes of a memory range as data."""
    whole = state.memory.read_blob(start, length)
    if whole is not None:
        return whole
    return per_range(frame, state, start, length, lambda run, _size: Known(run), data.choose)


def per_range(
    frame: Frame,
    state: State,
    start: Term,
    length: Term,
    at: Callable[[list[Piece], int], T],
    join: Callable[[Term, T, T], T],
) -> T:
    """What `at` makes of the bytes of a memory range (and their number), over both operands' choices."""
    if length.op == "const" and length.data:
        beside = state.memory.beside(start, length.data)
        if beside is not None:
            return at(_refined(beside, state.path), length.data)
    sizes = affordable(frame, state, length, "a length")
    if not isinstance(sizes, Leaf) or sizes.number:
        places = affordable_range(frame, state, start, length)

    def of_size(size: Leaf) -> T:
        if not size.number:
            return at([], 0)
        found = places if size.path is state.path else choices(start, size.path, ADDRESS)
        return fold(found, lambda place: at(simplified(state, place, size.number), size.number), join)

    return fold(sizes, of_size, join)


def simplified(state: State, place: Leaf, length: int) -> list[Piece]:
    """The bytes at one choice of an address, simplified by its path."""
    run = state.memory.read(place.number, length)
    if place.path is state.path:
        return run
    return _refined(run, place.path)


def _refined(run: list[Piece], path: Path) -> list[Piece]:
    return [(size, refine(word, path), skip) for size, word, skip in run]


def load(frame: Frame, state: State, start: Term) -> Term:
    """The word at a memory address."""
    beside = state.memory.beside(start, pieces.WORD)
    if beside is not None:
        return refine(pieces.number(beside), state.path)
    found = affordable(frame, state, start, ADDRESS)
    if isinstance(found, Leaf):
        return under(state.memory.word(found.number), state.path.facts)
    return fold(found, lambda place: refine(state.memory.word(place.number), place.path), ite)


def store(frame: Frame, state: State, start: Term, word: Term) -> None:
    """Store a word at a memory address."""
    found = affordable(frame, state, start, ADDRESS)
    if isinstance(found, Leaf):
        state.memory.store(found.number, word)
        return

    def at(address: int, old: list[Piece]) -> list[Piece]:
        return [(pieces.WORD, fold(found, _either(address, word, pieces.number(old)), ite), 0)]

    state.memory.put(start, numbers(found), pieces.WORD, pieces.of_words((word,)), at)


def _either(address: int, word: Term, old: Term) -> Callable[[Leaf], Term]:
    return lambda place: word if place.number == address else old


def write(frame: Frame, state: State, start: Term, run: Sequence[Piece]) -> None:
    """Store bytes at a memory address."""
    found = affordable(frame, state, start, ADDRESS)
    if isinstance(found, Leaf):
        state.memory.write(found.number, run)
    else:
        update(frame, state, start, pieces.total(run), lambda _old: list(run))


def update(
    frame: Frame, state: State, start: Term, length: int, new: Callable[[list[Piece]], list[Piece]]
) -> None:
    """Replace `length` bytes at a memory address by what `new` makes of them, when they are read."""
    found = affordable(frame, state, start, ADDRESS)
    state.memory.put(start, numbers(found), length, new, partial(_chosen, found, new))


def _chosen(
    found: Choice, new: Callable[[list[Piece]], list[Piece]], address: int, old: list[Piece]
) -> list[Piece]:
    """The bytes at one of the addresses that were stored to."""
    fresh = new(old)
    return fold(found, lambda place: fresh if place.number == address else old, pieces.choose)


def read(source: Data, offset: int, length: int, path: Path) -> list[Piece]:
    """Bytes of some data; calldata that the path says is long enough comes without its cuts."""
    if isinstance(source, Calldata | Slice) and path.decide(le(const(offset + length), source.size)):
        if isinstance(source, Calldata):
            return source.within(offset, length)
        return read(source.source, source.offset + offset, length, path)
    return source.read(offset, length)


def copy(frame: Frame, state: State, target: Term, source: Data, offset: Term, length: Term) -> None:
    """Copy a part of some data to memory; a symbolic length only into a memory that holds it whole."""
    start = refine_operand(offset, state.path)
    size = one_tree(refine_operand(length, state.path), state.path)
    if size.op == "const" and not size.data:
        return
    if state.path.decide(le(source.size, start)) is True:
        source, start = EMPTY, const(0)
    at = number(start, state.path, "an offset")
    if not size.leaves:
        _copy_whole(state, target, Slice(source, at, length))
        return
    sizes = affordable(frame, state, size, "a length")
    most = numbers(sizes)[-1]
    if not most:
        return
    if isinstance(sizes, Leaf):
        write(frame, state, target, read(source, at, most, state.path))
    elif most > MOST_COPIED:
        _copy_whole(state, target, Slice(source, at, length))
    else:
        run = read(source, at, most, state.path)
        try:
            affordable_range(frame, state, target, size)
            update(frame, state, target, most, lambda old: _first(sizes, run, old))
        except Inexact:  # what is there is not known, so only the whole can be read back
            _copy_whole(state, target, Slice(source, at, length))
            return
        if target.op == "const":
            state.memory.remember(target, target.data, Slice(source, at, length))


def _first(sizes: Choice, run: list[Piece], old: list[Piece]) -> list[Piece]:
    """As many bytes of `run` as `sizes` says, the rest from `old`."""
    most = pieces.total(run)

    def mixed(size: Leaf) -> list[Piece]:
        count = size.number
        return [*pieces.window(run, 0, count), *pieces.window(old, count, most - count)]

    return fold(sizes, mixed, pieces.choose)


def _copy_whole(state: State, target: Term, source: Data) -> None:
    """Copy data of symbolic size."""
    least, most = state.path.facts.bounds(target)
    if least is None or most is None or most >= MAX_MEMORY:
        raise Inexact("the address of a copy of symbolic length has no bound")
    state.memory.write_blob(target, least, source)
