"""ABI decoding of symbolic bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.evm.codec import AbiType, ArrayType, BlobType, TupleType, WordType
from harness.lang import Int
from harness.symbolic.data import Data
from harness.symbolic.errors import Unsupported
from harness.term.core import ZERO, Term, and_, const, eq, le, or_
from harness.term.integer import scale
from harness.term.pack import extract
from harness.term.symbol import number, term_of
from harness.term.word import signed, wrap


def value_of(word: Term, kind: WordType) -> Int:
    """Return the value that a clean word of a type stands for."""
    if kind.kind == "int":
        return number(signed(word))
    return number(extract(word, kind.shift, 256 - kind.shift) if kind.shift else word)


def word_of(value: Int, kind: AbiType, name: str) -> Term:
    """Return the calldata word of an argument. Raises Unsupported for what is more than a word."""
    return wrap(scale(term_of(value), 1 << _one_word(kind, name).shift), 256)


def encodes(word: Term, value: Int, kind: AbiType, name: str) -> Term:
    """Return that a word is a value's encoding: there is none of a value that the type cannot hold.

    Raises Unsupported for what is more than a word.
    """
    kind = _one_word(kind, name)
    return and_(is_clean(word, kind), eq(term_of(value_of(word, kind)), term_of(value)))


def _one_word(kind: AbiType, name: str) -> WordType:
    if not isinstance(kind, WordType):
        raise Unsupported("CALLDATALOAD", -1, f"the argument `{name}` of type {kind.name} is no word")
    return kind


def decoded(data: Data, types: list[AbiType], start: int = 0) -> tuple[Any, ...]:
    """Return the values of an ABI-encoded sequence that starts at byte `start`.

    Raises:
        Unsupported: for a dynamic value whose place or length is not constant, for bytes and strings, and
            where the data may end too early, or a short value may be followed by something.
    """
    values = []
    position = start
    for kind in types:
        if is_dynamic(kind):
            offset = _constant(_word(data, position), "the offset of a dynamic return value")
            values.append(_value(data, kind, start + offset))
            position += 32
        else:
            values.append(_value(data, kind, position))
            position += head_size(kind)
    return tuple(values)


def _value(data: Data, kind: AbiType, position: int) -> Any:
    match kind:
        case WordType():
            return _clean_value(_word(data, position), kind)
        case TupleType():
            return decoded(data, list(kind.members), position)
        case ArrayType(element, None):
            length = _constant(_word(data, position), "the length of a dynamic return value")
            return decoded(data, [element] * length, position + 32)
        case ArrayType(element, int(length)):
            return decoded(data, [element] * length, position)
    raise Unsupported("RETURN", -1, f"a return value of type {kind.name} is not read symbolically")


def _word(data: Data, position: int) -> Term:
    """Return a word that is surely there."""
    if data.size.lo is None or data.size.lo < position + 32:
        raise Unsupported("RETURN", -1, "what is returned may be shorter than the ABI says")
    return data.word(position)


def _clean_value(word: Term, kind: WordType) -> Int:
    if kind.shift and extract(word, 0, kind.shift) is not ZERO:
        raise Unsupported("RETURN", -1, f"what is returned may be no clean {kind.name}")
    return value_of(word, kind)


def zero_of(kind: AbiType) -> Any:
    """Return the zero value of a type, tuples for structs and arrays."""
    match kind:
        case TupleType(members):
            return tuple(map(zero_of, members))
        case ArrayType(element, length):
            return tuple(zero_of(element) for _ in range(length or 0))
    return 0


def is_clean(word: Term, kind: WordType) -> Term:
    """Return that a word is a value of its type."""
    if kind.kind == "int":
        half = 2 ** (kind.bits - 1)
        return or_(le(word, const(half - 1)), le(const(2**256 - half), word))
    if kind.shift:
        return eq(extract(word, 0, kind.shift), ZERO)
    return le(word, const(2**kind.bits - 1))


def heads(kinds: Sequence[AbiType]) -> list[int]:
    """Return which word of an ABI-encoded sequence each value begins at, and how many words they all take."""
    places = [0]
    for kind in kinds:
        places.append(places[-1] + (1 if is_dynamic(kind) else head_size(kind) // 32))
    return places


def is_dynamic(kind: AbiType) -> bool:
    """Say whether a type is encoded behind an offset."""
    match kind:
        case BlobType() | ArrayType(_, None):
            return True
        case ArrayType(element, _):
            return is_dynamic(element)
        case TupleType(members):
            return any(map(is_dynamic, members))
    return False


def head_size(kind: AbiType) -> int:
    """Return how many bytes a static type takes."""
    match kind:
        case ArrayType(element, int(length)):
            return length * head_size(element)
        case TupleType(members):
            return sum(map(head_size, members))
    return 32


def _constant(term: Term, what: str) -> int:
    if term.op != "const":
        raise Unsupported("RETURN", -1, f"{what} is not constant")
    return int(term.data)
