"""A contract's ABI as tables: functions by name, events by topic, errors by selector."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

from harness.errors import instead_of
from harness.evm.codec import AbiType, Codec, Unsigned, WordType, parse_type
from harness.evm.decoded import EmittedEvent, Reverted
from harness.evm.errors import EvmError
from harness.evm.keccak import keccak256
from harness.evm.raw import RawLog

_BUILT_IN = (
    {"type": "error", "name": "Error", "inputs": [{"name": "reason", "type": "string"}]},
    {"type": "error", "name": "Panic", "inputs": [{"name": "code", "type": "uint256"}]},
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name ("" if it has none), type, and for an event whether it is indexed."""

    name: str
    type: AbiType
    indexed: bool = False


def _parameters(entry: Mapping[str, Any], field: str = "inputs") -> tuple[Parameter, ...]:
    return tuple(
        Parameter(one.get("name", ""), parse_type(one), bool(one.get("indexed")))
        for one in entry.get(field, ())
    )


def _codec(parameters: Iterable[Parameter]) -> Codec:
    return Codec([parameter.type for parameter in parameters])


class Selected:
    """What functions and errors share: a name, parameters, and a four-byte selector."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.name = str(entry["name"])
        self.inputs = _parameters(entry)
        self.signature = f"{self.name}({','.join(one.type.name for one in self.inputs)})"
        self.selector = keccak256(self.signature.encode())[:4]
        self.arguments = _codec(self.inputs)

    @property
    def labels(self) -> list[str]:
        """What the arguments are called: as in the ABI, or numbered where that doesn't tell them apart."""
        labels = [one.name or f"argument_{place}" for place, one in enumerate(self.inputs)]
        if len(set(labels)) == len(labels):
            return labels
        return [f"argument_{place}" for place in range(len(labels))]

    def encode(self, *values: Any) -> bytes:
        """Return selector and arguments; raises EvmError where the values do not fit the parameters."""
        try:
            return self.selector + self.arguments.encode(values)
        except EvmError as error:
            raise EvmError(f"{self.signature}: {error}") from error

    def decode(self, data: bytes) -> tuple[Any, ...]:
        """Return the arguments in `data`, which starts with the selector; raises EvmError if malformed."""
        return self.arguments.decode(data[4:])

    def __repr__(self) -> str:
        return f"<{self.signature}>"


class Function(Selected):
    """A function of the ABI."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        super().__init__(entry)
        self.outputs = _parameters(entry, "outputs")
        self.mutability = str(entry.get("stateMutability", "nonpayable"))
        self.results = _codec(self.outputs)

    @property
    def is_view(self) -> bool:
        """Whether the ABI promises that a call changes nothing."""
        return self.mutability in ("view", "pure")

    def pack(self, *words: int) -> bytes:
        """Return the selector and raw words, unchecked: for calldata that no compiler would make."""
        return self.selector + b"".join([word.to_bytes(32, "big") for word in words])

    def decode_returned(self, data: bytes) -> tuple[Any, ...]:
        """Return the values in return data; raises EvmError if malformed."""
        return self.results.decode(data)


class Event:
    """An event of the ABI; `topic` is its signature's hash."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.name = str(entry["name"])
        self.inputs = _parameters(entry)
        self.anonymous = bool(entry.get("anonymous"))
        self.signature = f"{self.name}({','.join(one.type.name for one in self.inputs)})"
        self.topic = keccak256(self.signature.encode())
        self._indexed = [one.type for one in self.inputs if one.indexed]
        self._plain = _codec(one for one in self.inputs if not one.indexed)
        self.topics = len(self._indexed) + 1
        self._prepare()

    def _prepare(self) -> None:
        """Lay out the fast path: all arguments unsigned words, in a row of the topics and the data."""
        indexed, plain = count(), count(len(self._indexed))
        order = [next(indexed) if one.indexed else next(plain) for one in self.inputs]
        self._unsigned = Unsigned.of([*self._indexed, *self._plain.types], order)

    def decode(self, log: RawLog) -> tuple[Any, ...]:
        """Return the arguments in declared order; raises EvmError if the log is malformed."""
        raw = b"".join([*log.topics[1:], log.data])
        fast = self._unsigned
        words = fast.read(raw) if fast is not None and len(raw) == fast.size else None
        return self._decode_checked(log) if words is None else tuple(words)

    def _decode_checked(self, log: RawLog) -> tuple[Any, ...]:
        plain = iter(self._plain.decode(log.data))
        indexed = iter(zip(self._indexed, log.topics[1:], strict=True))
        return tuple([_topic(*next(indexed)) if one.indexed else next(plain) for one in self.inputs])

    def __repr__(self) -> str:
        return f"<{self.signature}>"


def _topic(kind: AbiType, topic: bytes) -> Any:
    """Return an indexed argument: its value, or the hash that stands for one of more than a word."""
    return kind.from_word(int.from_bytes(topic, "big")) if isinstance(kind, WordType) else topic


class Abi:
    """The tables of one ABI, or of several together (so that a callee's events and errors are understood)."""

    def __init__(self, entries: Sequence[Mapping[str, Any]]) -> None:
        self.entries = tuple(entries)
        self.functions: dict[str, Function] = {}
        self.errors: dict[bytes, Selected] = {}
        self._named: dict[str, list[Function]] = {}
        self._events: dict[tuple[bytes, int], Event] = {}
        self._constructor = Codec(())
        for entry in (*_BUILT_IN, *entries):
            self._add(entry)
        self._decode_revert = lru_cache(maxsize=4096)(self._revert)

    def _add(self, entry: Mapping[str, Any]) -> None:
        kind = entry["type"]
        if kind == "function":
            function = Function(entry)
            if function.signature not in self.functions:
                self.functions[function.signature] = function
                self._named.setdefault(function.name, []).append(function)
        elif kind == "event":
            event = Event(entry)
            if not event.anonymous:
                self._events.setdefault((event.topic, event.topics), event)
        elif kind == "error":
            error = Selected(entry)
            self.errors.setdefault(error.selector, error)
        elif kind == "constructor":
            self._constructor = _codec(_parameters(entry))

    def joined(self, *others: Abi) -> Abi:
        """Return this ABI with the others' entries behind; where two clash, the first one counts."""
        return Abi([*self.entries, *(entry for other in others for entry in other.entries)])

    @property
    def events(self) -> tuple[Event, ...]:
        """All events that are not anonymous."""
        return tuple(self._events.values())

    @property
    def declared_errors(self) -> tuple[Selected, ...]:
        """All errors of the entries, without those that are built in."""
        return tuple(one for one in self.errors.values() if one.name not in ("Error", "Panic"))

    def function(self, name: str) -> Function:
        """Return a function by signature, or by name where only one has it; raises EvmError otherwise."""
        if name in self.functions:
            return self.functions[name]
        found = self._named.get(name, [])
        if len(found) == 1:
            return found[0]
        if found:
            signatures = ", ".join(one.signature for one in found)
            raise EvmError(f"{name} is overloaded; name one of {signatures}")
        raise EvmError(f"the contract has no function `{name}`: {instead_of(name, sorted(self.functions))}")

    def encode_constructor(self, *values: Any) -> bytes:
        """Return the constructor's arguments, to append to the creation code."""
        try:
            return self._constructor.encode(values)
        except EvmError as error:
            raise EvmError(f"constructor: {error}") from error

    def decode_revert(self, data: bytes) -> Reverted:
        """Return what revert data says (see `Reverted`)."""
        return self._decode_revert(data)

    def _revert(self, data: bytes) -> Reverted:
        if not data:
            return Reverted("", (), data)
        error = self.errors.get(data[:4])
        if error is not None:
            try:
                return Reverted(error.name, error.decode(data), data)
            except EvmError:  # a selector by accident: shown as what it is, unknown
                pass
        return Reverted(f"0x{data[:4].hex()}", (data[4:],), data)

    def decode_event(self, log: RawLog) -> EmittedEvent:
        """Return the event in a log (see `EmittedEvent`)."""
        event = self._events.get((log.topics[0], len(log.topics))) if log.topics else None
        if event is not None:
            try:
                return EmittedEvent(event.name, event.decode(log), log.address)
            except EvmError:  # another event with the same topic: shown raw
                pass
        name = f"0x{log.topics[0].hex()}" if log.topics else ""
        return EmittedEvent(name, (log.topics, log.data), log.address)
