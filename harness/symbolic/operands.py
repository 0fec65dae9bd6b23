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
from harness.symbolic.slots import constant_leaves
from harness.symbolic.state import State
from harness.term.choice import under
from harness.term.core import TRUE, Term, and_, const, eq, ite, le
from harness.term.integer import idiv, imod, imul
from harness.term.linear import combine, parts
from harness.term.pack import bit_and, bit_xor

MAX_CHOICES = 128
MAX_MEMORY = 1 << 24
"""Addresses from here on cost more gas than any block has."""

Case = tuple[Term, int]
"""A number, and the condition under which it is the one."""


def refine(term: Term, path: Path) -> Term:
    """The term with choices that the path decides taken, wraps that it excludes removed."""
    seen: dict[Term, Term] = {}
    return _refine(term, path, seen)


def _refine(term: Term, path: Path, seen: dict[Term, Term]) -> Term:
    known = seen.get(term)
    if known is None:
        top = under(term, path.facts)
        known = seen[term] = under(_rebuilt(top, path, seen), path.facts)
    return known


def _rebuilt(term: Term, path: Path, seen: dict[Term, Term]) -> Term:
    """The term with its arguments refined."""
    if term.op == "ite":
        condition, then, other = term.args
        return ite(condition, _refine(then, path, seen), _refine(other, path, seen))
    if term.op == "sum":
        k, items = parts(term)
        return combine(
            (k, const(1)), *((factor, _refine(item, path, seen)) for item, factor in items.items())
        )
    build = {"div": idiv, "mod": imod, "band": bit_and, "bxor": bit_xor}.get(term.op)
    if build is not None:
        return build(_refine(term.args[0], path, seen), _refine(term.args[1], path, seen))
    if term.op == "mul":
        product = const(1)
        for factor in term.args:
            product = imul(product, _refine(factor, path, seen))
        return product
    return term


def cases(term: Term, path: Path, what: str) -> list[Case]:
    """The numbers that a term can be on a path. Raises Inexact if it is no choice of constants."""
    if term.op == "const":
        return [(TRUE, term.data)]
    if not term.leaves:
        term = refine(term, path)
    if term.op == "const":
        return [(TRUE, term.data)]
    if not term.leaves:
        raise Inexact(f"{what} is symbolic")
    found = [(eq(term, const(leaf)), leaf) for leaf in constant_leaves(term)]
    found = [(condition, leaf) for condition, leaf in found if path.decide(condition) is not False]
    if len(found) > MAX_CHOICES:
        raise Inexact(f"{what} is one of {len(found)} numbers")
    return [(TRUE, found[0][1])] if len(found) == 1 else found


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
    if state.memory.blob is not None and start.op == "const":
        whole = state.memory.read_blob(start.data, length)
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
    address = number(target, path, "a memory address")
    if address >= MAX_MEMORY:
        raise Inexact("a memory address is beyond what gas can pay for")
    state.memory.write_blob(address, Slice(source, at, length))
