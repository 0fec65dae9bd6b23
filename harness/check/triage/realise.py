"""From a solver's model to what can be executed: words of storage, a transaction, callees' answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.check.prove.subject import Execution
from harness.check.triage.callees import LONGEST_ANSWER, Line, script
from harness.check.triage.errors import Unrealisable
from harness.check.triage.observed import Transaction
from harness.check.triage.places import Bits
from harness.check.triage.scene import Scene, Situation
from harness.evm.errors import EvmError
from harness.evm.places import WORD
from harness.solver import Model
from harness.symbolic.data import Calldata, Data
from harness.symbolic.entry import argument, selector_of
from harness.symbolic.trace import Call, Trace
from harness.term.symbol import term_of

LONGEST_CALL = 20_000
"""Calldata of more bytes is not sent."""

PRECOMPILED = 0x100
"""Below this are contracts that cannot be replaced."""

ANSWER, REFUSES = "answer:", "refuses:"
"""What the names of the functions begin with that other contracts' views are to the prover."""


@dataclass(frozen=True)
class Candidate:
    """A model made concrete: where to begin, the call, and the fields of storage with their bits."""

    situation: Situation
    call: Transaction
    fields: dict[Bits, int]


def fields_of(model: Model, scene: Scene) -> dict[Bits, int]:
    """Return the storage that a model speaks of; what lies outside arrays is left out: nothing reads it."""
    found: dict[Bits, int] = {}
    for name, table in sorted(model.functions.items()):
        place = scene.places.field(name)
        if place is None:
            continue
        for arguments, value in table.entries.items():
            try:
                found[scene.places.bits(*place, arguments)] = value
            except (EvmError, OverflowError):  # a key that no storage has
                continue
    return found


def words_of(fields: dict[Bits, int], scene: Scene) -> dict[int, int]:
    """Return the words that hold these fields, over what the deployment left."""
    words: dict[int, int] = {}
    for bits, value in fields.items():
        word = words.get(bits.slot)
        if word is None:
            word = scene.word(bits.slot)
        mask = (1 << bits.width) - 1 << bits.shift
        words[bits.slot] = word & ~mask | value << bits.shift
    return words


def keys_of(model: Model) -> tuple[int, ...]:
    """Return every number that may be a key: what the model's functions are applied to, and all values."""
    keys: dict[int, None] = {}
    for table in model.functions.values():
        for arguments, value in table.entries.items():
            keys |= dict.fromkeys((*arguments, value))
    keys |= dict.fromkeys(model.symbols.values())
    return tuple(key for key in keys if 0 <= key < WORD)


def transaction(model: Model, execution: Execution) -> Transaction:
    """Return the transaction that a model describes. Raises Unrealisable for one that cannot be sent."""
    world = execution.result.world
    sender, time, number, value = model.evaluate([world.caller, world.timestamp, world.number, world.value])
    if time >= 2**64 or number >= 2**64 or value >= 2**128:
        raise Unrealisable("the block's time or number does not fit 64 bits, or nobody has so much ether")
    return Transaction(calldata(model, execution), sender, time, number, value)


def calldata(model: Model, execution: Execution) -> bytes:
    """Return the bytes that are sent. Raises Unrealisable where they are too many."""
    data = execution.result.entry.calldata
    size = model.value(data.size)
    if size > LONGEST_CALL:
        raise Unrealisable(f"the calldata is {size} bytes long")
    head = b"".join(
        model.value(term).to_bytes(32, "big")[skip : skip + length]
        for length, term, skip in getattr(data, "head", ())
    )
    count = -(-max(0, size - len(head)) // 32)
    word = data.argument if isinstance(data, Calldata) else argument
    words: Sequence[int] = model.evaluate([word(place) for place in range(count)])
    return (head + b"".join(word.to_bytes(32, "big") for word in words))[:size]


def ghosts_of(model: Model, execution: Execution) -> dict[str, int]:
    """Return the ledgers before the call."""
    return {name: model.value(term_of(value)) for name, value in execution.ghosts.items()}


def scripts_of(model: Model, trace: Trace, scene: Scene) -> dict[int, bytes]:
    """Return code for the contracts that are called or asked, to answer as the model says.

    Raises Unrealisable where one would have to answer a question in two ways, or cannot be replaced.
    """
    lines: dict[int, dict[bytes, Line]] = {}
    for target, line in [*_called(model, trace), *_asked(model)]:
        known = lines.setdefault(target, {}).setdefault(line.calldata, line)
        if known != line:
            raise Unrealisable("a contract would have to answer the same question in two ways")
    for target in lines:
        if target < PRECOMPILED or target == scene.address or target in scene.people:
            raise Unrealisable(f"the contract that is called would be at {target:#x}")
    return {target: script(list(answers.values())) for target, answers in lines.items()}


def _called(model: Model, trace: Trace) -> Iterator[tuple[int, Line]]:
    for entry in trace:
        if isinstance(entry, Call) and model.value(entry.condition):
            success = bool(model.value(entry.success))
            yield (
                model.value(entry.target),
                Line(_bytes(model, entry.data), success, _bytes(model, entry.returndata)),
            )


def _asked(model: Model) -> Iterator[tuple[int, Line]]:
    """Yield the views' answers that the property asks for, whether or not the contract did."""
    for name, table in model.functions.items():
        if not name.startswith(ANSWER):
            continue
        signature = name.removeprefix(ANSWER)
        refuses = model.functions.get(f"{REFUSES}{signature}")
        selector = selector_of(signature).to_bytes(4, "big")
        for (target, *args), answer in table.entries.items():
            if refuses is None or not refuses(target, *args):
                data = selector + b"".join(arg.to_bytes(32, "big") for arg in args)
                yield target, Line(data, True, answer.to_bytes(32, "big"))


def _bytes(model: Model, data: Data) -> bytes:
    size = model.value(data.size)
    if size > LONGEST_ANSWER:
        raise Unrealisable(f"a contract would have to be asked, or to answer, with {size} bytes")
    words: Sequence[int] = model.evaluate([data.word(32 * place) for place in range(-(-size // 32))])
    return b"".join(word.to_bytes(32, "big") for word in words)[:size]
