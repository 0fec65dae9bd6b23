"""Operands that must be numbers here and now: memory addresses, lengths, jump targets.

An operand can be a constant, or a choice between constants (the free-memory
pointer after an allocation in one arm only); others are first simplified by what
the path says. What is left is `Inexact`.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.symbolic import data, pieces
from harness.symbolic.data import EMPTY, Calldata, Data, Known, Slice
from harness.symbolic.errors import Inexact
from harness.symbolic.path import Path
from harness.symbolic.pieces import Piece
from harness.symbolic.simplify import MAX_MEMORY, refine
from harness.symbolic.slots import constant_leaves
from harness.symbolic.state import State
from harness.term.core import TRUE, Term, and_, const, eq, ite, le
from harness.term.linear import affine_tree, map_leaves, parts

MAX_CHOICES = 128

Case = tuple[Term, int]
"""A number, and the condition under which it is the one."""


def cases(term: Term, path: Path, what: str) -> list[Case]:
    """The numbers that a term can be on a path. Raises Inexact if it is no choice of constants."""
    if term.op == "const":
        return [(TRUE, term.data)]
    if not term.leaves:
        term = one_tree(refine(term, path))
    if term.op == "const":
        return [(TRUE, term.data)]
    if not term.leaves:
        raise Inexact(f"{what} is symbolic")
    found = [(eq(term, const(leaf)), leaf) for leaf in constant_leaves(term)]
    found = [(condition, leaf) for condition, leaf in found if path.decide(condition) is not False]
    if len(found) > MAX_CHOICES:
        raise Inexact(f"{what} is one of {len(found)} numbers")
    return [(TRUE, found[0][1])] if len(found) == 1 else found


def one_tree(term: Term) -> Term:
    """A sum of choices between constants as one choice where it is small; other terms as they are."""
    if term.op != "sum" or not all(item.leaves for item in term.args):
        return term
    k, items = parts(term)
    tree = const(k)
    for item, factor in items.items():
        if tree.leaves * item.leaves > MAX_CHOICES:
            return term
        scaled = affine_tree(item, factor, 0)
        tree = map_leaves(tree, lambda leaf, more=scaled: affine_tree(more, 1, leaf.data), ite)  # type: ignore[misc]
    return tree


def number(term: Term, path: Path, what: str) -> int:
    """The one number that a term is on a path. Raises Inexact if there are several or none is known."""
    found = cases(term, path, what)
    if len(found) != 1:
        raise Inexact(f"{what} is a choice")
    return found[0][1]


def addresses(term: Term, path: Path) -> list[Case]:
    """The memory addresses that a term can be."""
    found = cases(term, path, "a memory address")
    if any(address >= MAX_MEMORY for _, address in found):
        raise Inexact("a memory address is beyond what gas can pay for")
    return found


def ranges(state: State, start: Term, length: Term) -> list[tuple[Term, int, int]]:
    """The memory ranges (condition, start, length) that two operands can mean."""
    lengths = cases(length, state.path, "a length")
    if any(size >= MAX_MEMORY for _, size in lengths):
        raise Inexact("a length is beyond what gas can pay for")
    if len(lengths) == 1 and lengths[0][1] == 0:
        return [(TRUE, 0, 0)]
    found = []
    for length_case, size in lengths:
        for start_case, address in addresses(start, state.path):
            both = and_(length_case, start_case)
            if state.path.decide(both) is not False:
                found.append((both, address, size))
    if len(found) > MAX_CHOICES:
        raise Inexact("a memory range has too many choices")
    return found


def memory_data(state: State, start: Term, length: Term) -> Data:
    """The bytes of a memory range as data."""
    whole = state.memory.read_blob(start, length)
    if whole is not None:
        return whole
    result: Data = EMPTY
    for index, (condition, address, size) in enumerate(ranges(state, start, length)):
        found = Known(state.memory.read(address, size))
        result = found if index == 0 else data.choose(condition, found, result)
    return result


def load(state: State, start: Term) -> Term:
    """The word at a memory address that may be a choice."""
    found = addresses(start, state.path)
    word = state.memory.word(found[0][1])
    for condition, address in found[1:]:
        word = ite(condition, state.memory.word(address), word)
    return word


def store(state: State, start: Term, word: Term) -> None:
    """Store a word at a memory address that may be a choice."""
    found = addresses(start, state.path)
    if len(found) == 1:
        state.memory.store(found[0][1], word)
        return
    for condition, address in found:
        state.memory.store(address, ite(condition, word, state.memory.word(address)))


def write(state: State, start: Term, run: Sequence[Piece]) -> None:
    """Store bytes at a memory address that may be a choice."""
    found = addresses(start, state.path)
    for condition, address in found:
        if condition is TRUE:
            state.memory.write(address, run)
        else:
            old = state.memory.read(address, pieces.total(run))
            state.memory.write(address, pieces.choose(condition, run, old))


def read(source: Data, offset: int, length: int, path: Path) -> list[Piece]:
    """Bytes of some data; calldata that the path says is long enough comes without its cuts."""
    if isinstance(source, Calldata) and path.decide(le(const(offset + length), source.size)):
        return source.within(offset, length)
    return source.read(offset, length)


def word(source: Data, offset: int, path: Path) -> Term:
    """The word at an offset of some data."""
    return pieces.number(read(source, offset, pieces.WORD, path))


MOST_COPIED = 512
"""A copy whose length is a choice is done byte for byte up to this many bytes."""


def _copy_cases(state: State, target: Term, source: Data, at: int, length: Term) -> bool:
    """Copy where the length is a small choice and the address is known; says whether it was done."""
    found = cases(length, state.path, "a length")
    if target.op != "const" or max(count for _, count in found) > MOST_COPIED:
        return False
    for condition, count in found:
        old = state.memory.read(target.data, count)
        run = read(source, at, count, state.path)
        state.memory.write(target.data, pieces.choose(condition, run, old))
    return True


def copy(state: State, target: Term, source: Data, offset: Term, length: Term) -> None:
    """Copy a part of some data to memory; a symbolic length only into a memory that holds it whole."""
    path = state.path
    start = refine(offset, path)
    size = refine(length, path)
    past = path.decide(le(source.size, start)) is True and not isinstance(source, Known)
    if size.op == "const":
        count = number(size, path, "a length")
        if count >= MAX_MEMORY:
            raise Inexact("a length is beyond what gas can pay for")
        if count:
            at = 0 if past else number(start, path, "an offset")
            write(state, target, read(EMPTY if past else source, at, count, path))
        return
    at = number(start, path, "an offset")
    if size.leaves and _copy_cases(state, target, source, at, size):
        state.memory.remember(target, number(target, path, "a memory address"), Slice(source, at, length))
        return
    least, most = path.facts.bounds(target)
    if least is None or most is None or most >= MAX_MEMORY:
        raise Inexact("the address of a copy of symbolic length has no bound")
    state.memory.write_blob(target, least, Slice(source, at, length))
