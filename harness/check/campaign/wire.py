"""From the model's words to the EVM's bytes: revert data and logs as they must come out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import Any

from harness.check.campaign.errors import CampaignError
from harness.check.views.binding import snake
from harness.evm.abi import Abi, Event, Selected
from harness.evm.codec import AbiType, Codec, WordType
from harness.evm.raw import RawLog
from harness.lang import Revert, Spec

Log = tuple[int, tuple[bytes, ...], bytes]
"""Emitting address, topics, data."""


class Refusals:
    """Encodes the errors that models raise by name."""

    def __init__(self, abi: Abi) -> None:
        self._errors: dict[tuple[str, int], Selected] = {}
        for error in abi.errors.values():
            self._errors.setdefault((error.name, len(error.inputs)), error)
        self._plain = {name: error.selector for (name, count), error in self._errors.items() if not count}
        self._plain[""] = b""

    def encode(self, refusal: Revert) -> bytes:
        """Return the revert data; raises CampaignError for an error that no contract declares."""
        if not refusal.values:
            plain = self._plain.get(refusal.name)
            if plain is not None:
                return plain
        error = self._errors.get((refusal.name, len(refusal.values)))
        if error is None:
            known = ", ".join(sorted(name for name, _ in self._errors))
            raise CampaignError(
                f"The model reverts with {refusal.name} and {len(refusal.values)} arguments, an error that no"
                f" contract of the deployment declares; they have {known}."
            )
        return error.encode(*refusal.values)


class Events:
    """Encodes the event records of models, and makes records of logs; a record's class is an event's name."""

    def __init__(self, abi: Abi, spec: Spec[Any]) -> None:
        self._named: dict[str, list[Event]] = {}
        for event in abi.events:
            self._named.setdefault(event.name, []).append(event)
        self._writers: dict[type[Any], Callable[[Any, int], Log]] = {}
        self._makers: dict[tuple[str, int], type[Any]] = {
            (name, len(fields(kind))): kind for name, kind in event_records(spec, set(self._named)).items()
        }

    def log(self, event: Any, emitter: int) -> Log:
        """Return the log of an event record; raises CampaignError if the ABI has no such event."""
        writer = self._writers.get(type(event))
        if writer is None:
            writer = self._writers[type(event)] = self._writer(type(event))
        return writer(event, emitter)

    def _writer(self, kind: type[Any]) -> Callable[[Any, int], Log]:
        event = self.event_of(kind)
        placed = list(zip([field.name for field in fields(kind)], event.inputs, strict=True))
        if any(one.indexed and not isinstance(one.type, WordType) for _, one in placed):
            raise CampaignError(f"The event {event.signature} indexes a value of more than a word.")
        indexed, plain = ([one for one in placed if one[1].indexed is way] for way in (True, False))
        encode = _row_encoder([one.type for _, one in indexed], [one.type for _, one in plain])
        values = _reader([name for name, _ in [*indexed, *plain]])
        first, end = event.topic, 32 * len(indexed)
        words = [slice(at, at + 32) for at in range(0, end, 32)]

        def write(record: Any, emitter: int) -> Log:
            row = encode(values(record))
            return emitter, (first, *[row[word] for word in words]), row[end:]

        return write

    def event_of(self, kind: type[Any]) -> Event:
        """Return the ABI's event that records of a class stand for."""
        names = tuple(field.name for field in fields(kind))
        found = [one for one in self._named.get(kind.__name__, []) if len(one.inputs) == len(names)]
        if not found:
            raise CampaignError(
                f"The model emits {kind.__name__} with {len(names)} arguments, an event that no contract"
                f" of the deployment declares; they have {', '.join(sorted(self._named))}."
            )
        matching = [one for one in found if tuple(snake(part.name) for part in one.inputs) == names]
        return (matching or found)[0]

    def record(self, log: RawLog, abi: Abi) -> Any:
        """Return a log as the model's record, or as (name, arguments) where no record of it is known."""
        decoded = abi.decode_event(log)
        maker = self._makers.get((decoded.name, len(decoded.args)))
        return (decoded.name, decoded.args) if maker is None else maker(*decoded.args)


def _reader(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads these fields of a record."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple([getattr(record, name) for name in names])


def _row_encoder(indexed: list[AbiType], plain: list[AbiType]) -> Callable[[Sequence[Any]], bytes]:
    """Return what encodes an event's indexed values, a word each, and then the others as the data."""
    whole, topics, data = Codec([*indexed, *plain]), Codec(indexed), Codec(plain)
    if whole.size is not None:
        return whole.encode
    return lambda values: topics.encode(values[: len(indexed)]) + data.encode(values[len(indexed) :])


def event_records(spec: Spec[Any], names: set[str]) -> dict[str, Any]:
    """Return the records that are called like events, from the modules where the transitions are."""
    found: dict[str, Any] = {}
    for one in spec.model.transitions:
        module = sys.modules.get(one.function.__module__)
        for name, value in vars(module).items() if module else ():
            if name in names and isinstance(value, type) and is_dataclass(value):
                found[name] = value
    return found
