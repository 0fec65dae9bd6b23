"""What a model says in numbers and records, as the bytes, logs and calls that a contract makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from harness.check.equiv.errors import EquivError
from harness.check.prove.decode import is_dynamic
from harness.check.views.binding import snake
from harness.evm.abi import Abi, Event, Selected
from harness.evm.codec import AbiType, ArrayType, BlobType, TupleType, WordType
from harness.lang import ExternalCall, Revert, Truth, ite
from harness.symbolic import pieces, trace
from harness.symbolic.data import EMPTY, Known
from harness.symbolic.entry import selector_of
from harness.symbolic.path import Path
from harness.symbolic.storage import Storage
from harness.term.core import TRUE, WORD, Term, const, lt
from harness.term.core import ite as choose
from harness.term.linear import combine
from harness.term.symbol import term_of


def words(values: Sequence[Any], types: Sequence[AbiType]) -> list[Term]:
    """Return the ABI encoding of `values`, word by word; a value outside its type gives a word that none is.

    Raises:
        EquivError: where the values don't have the types' shape, and for bytes and strings that are symbolic.
    """
    if len(values) != len(types):
        raise EquivError(f"The model gives {len(values)} values where the ABI has {len(types)}.")
    heads = [
        None if is_dynamic(kind) else _static(value, kind) for value, kind in zip(values, types, strict=True)
    ]
    position = sum(1 if head is None else len(head) for head in heads)
    encoded: list[Term] = []
    tails: list[Term] = []
    for head, value, kind in zip(heads, values, types, strict=True):
        if head is None:
            encoded.append(const(32 * (position + len(tails))))
            tails += _dynamic(value, kind)
        else:
            encoded += head
    return encoded + tails


def _static(value: Any, kind: AbiType) -> list[Term]:
    match kind:
        case WordType():
            return [_word(value, kind)]
        case TupleType(members):
            return words(value, members)
        case ArrayType(element, int(length)):
            return words(value, [element] * length)
    raise EquivError(f"The model's values of type {kind.name} can't be compared.")


def _dynamic(value: Any, kind: AbiType) -> list[Term]:
    match kind:
        case TupleType() | ArrayType(_, int()):
            return _static(value, kind)
        case ArrayType(element, None):
            return [const(len(value)), *words(value, [element] * len(value))]
        case BlobType() if isinstance(value, bytes | str):
            return _blob(value.encode() if isinstance(value, str) else value)
    raise EquivError(f"The model's values of type {kind.name} can't be compared.")


def _blob(content: bytes) -> list[Term]:
    """Return the words of bytes or of a text: their number, then they, zeros after the last."""
    padded = content + bytes(-len(content) % 32)
    chunks = (padded[start : start + 32] for start in range(0, len(padded), 32))
    return [const(len(content)), *(const(int.from_bytes(chunk, "big")) for chunk in chunks)]


def _word(value: Any, kind: WordType) -> Term:
    term = term_of(ite(value, 1, 0) if isinstance(value, bool | Truth) else value)
    if kind.kind == "int":
        return choose(lt(term, const(0)), combine((1, term), (WORD, const(1))), term)
    return combine((2**kind.shift, term)) if kind.shift else term


def refusal(error: Revert, abi: Abi) -> Known:
    """Return the revert data of a refusal. Raises EquivError for an error that the ABI doesn't have."""
    if not error.name:
        return Known(())
    declared = _declared(error, abi)
    selector = int.from_bytes(declared.selector, "big")
    arguments = words(error.values, [one.type for one in declared.inputs])
    return Known([(4, const(selector), 28), *pieces.of_words(arguments)])


def _declared(error: Revert, abi: Abi) -> Selected:
    for one in abi.errors.values():
        if (one.name, len(one.inputs)) == (error.name, len(error.values)):
            return one
    known = ", ".join(sorted(one.name for one in abi.errors.values()))
    raise EquivError(
        f"The model reverts with {error.name} and {len(error.values)} arguments, an error that the ABI does"
        f" not have; it has {known}."
    )


def event(record: Any, abi: Abi, emitter: Term) -> trace.Event:
    """Return the log of an event record. Raises EquivError for an event that the ABI doesn't have."""
    kind = _kind(record, abi)
    given = {field.name: getattr(record, field.name) for field in fields(record)}
    topics = [const(int.from_bytes(kind.topic, "big"))]
    values: list[Any] = []
    types: list[AbiType] = []
    for one in kind.inputs:
        value = given[snake(one.name)]
        if not one.indexed:
            values.append(value)
            types.append(one.type)
        elif isinstance(one.type, WordType):
            topics.append(_word(value, one.type))
        else:
            raise EquivError(f"The event {kind.signature} indexes a value of more than a word.")
    data = Known(pieces.of_words(words(values, types)))
    return trace.Event(TRUE, emitter, tuple(topics), data, -1)


def _kind(record: Any, abi: Abi) -> Event:
    names = {field.name for field in fields(record)}
    for one in abi.events:
        if one.name == type(record).__name__ and {snake(part.name) for part in one.inputs} == names:
            return one
    known = ", ".join(one.signature for one in abi.events)
    raise EquivError(
        f"The model emits {type(record).__name__} of {', '.join(sorted(names))}, an event that the ABI does"
        f" not have; it has {known}."
    )


def call(made: ExternalCall, storage: Storage) -> trace.Call:
    """Return an external call of the model's, which sends no ether, leaves all gas and is accepted."""
    data = Known(
        [(4, const(selector_of(made.signature)), 28), *pieces.of_words([term_of(one) for one in made.args])]
    )
    target, nothing, gas = term_of(made.target), const(0), const(trace.ALL_GAS)
    return trace.Call(TRUE, "CALL", target, nothing, gas, data, TRUE, EMPTY, storage, storage, Path(), -1)
