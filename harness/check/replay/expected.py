"""What a replay's calls should do: as the specification's model has it, for tests that outlive the defect.

A test made of a replay must fail for as long as the contract is wrong, and pass when it is right. What is
right is the model's to say: each call's outcome, its return or revert data, its events, and what is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.check.campaign.call import Planned
from harness.check.campaign.errors import CampaignError
from harness.check.campaign.ground import Bound, Ground, Parts
from harness.check.campaign.prediction import Predicted, Predictor
from harness.check.replay.convert import planned_of
from harness.check.replay.format import Replay, ReplayError
from harness.check.replay.names import Names
from harness.evm.keccak import keccak256
from harness.evm.places import WORD
from harness.evm.raw import RawLog, RawOutcome

Span = Mapping[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class ExpectedField:
    """Bits of a word that must hold a value: `contract` is a name of the deployment."""

    contract: str
    path: str
    slot: int
    shift: int
    mask: int
    value: int


@dataclass(frozen=True, slots=True)
class ExpectedCall:
    """One call with what must come of it. `agrees` says that the contract did so when this was made."""

    call: Planned
    success: bool
    output: bytes
    events: bytes
    fields: tuple[ExpectedField, ...]
    agrees: bool


@dataclass(frozen=True)
class Expected:
    """A replay with the model's word on each call, on the ground that it was worked out on."""

    replay: Replay
    ground: Ground
    calls: tuple[ExpectedCall, ...]


def expected(replay: Replay, material: Parts) -> Expected:
    """Return what the model expects of a replay's calls.

    Raises:
        ReplayError: if the model does just what the contract does (then no test can tell them apart), or
            has no answer.
    """
    ground = Ground(material)
    planned = planned_of(replay, ground)
    numbers = [value for call in planned for value in (call.sender, *_numbers(call))]
    ground.know(numbers)
    calls = tuple(_Rehearsal(ground, replay).calls(planned))
    if all(one.agrees for one in calls):
        raise ReplayError(
            "The model does what the contract does in this replay: the property is broken by both, and"
            " there is nothing that a test could hold the contract to."
        )
    return Expected(replay, ground, calls)


def _numbers(call: Planned) -> list[int]:
    return [value for value in call.arguments or () if isinstance(value, int)]


def events_digest(logs: Sequence[tuple[tuple[bytes, ...], bytes]]) -> bytes:
    """Return a hash over topics and data of logs in their order; that of none is 32 zero bytes."""
    digest = bytes(32)
    for topics, data in logs:
        digest = keccak256(digest + b"".join(topics) + data)
    return digest


class _Rehearsal:
    """Makes the calls on model and contract side by side."""

    def __init__(self, ground: Ground, replay: Replay) -> None:
        self._ground = ground
        self._replay = replay
        self._names = Names(ground.site)
        self._predictor = Predictor(ground)

    def calls(self, planned: Sequence[Planned]) -> Iterator[ExpectedCall]:
        """Yield what is expected of each call; afterwards the chain is back at the deployment."""
        ground = self._ground
        with ground.chain.rolled_back():
            for address, code in self._replay.start.code.items():
                ground.chain.set_code(self._names.address(address), code)
            ground.site.storage().load(self._replay.start.storage)
            pool = self._pool()
            companions: Mapping[int, Any] = ground.companion_states()
            for place, call in enumerate(planned, 1):
                ground.chain.set_block(call.number, call.time)
                mark = ground.chain.frames
                try:
                    predicted = self._predictor.predict(call, pool, companions)
                except CampaignError as error:  # it asks a contract that nobody models
                    raise ReplayError(f"The model has no answer to call {place}: {error}") from error
                if predicted.undefined:
                    raise ReplayError(f"The model has no answer to call {place}: {predicted.undefined}.")
                raw = ground.chain.call(call.sender, ground.address, call.data, call.value)
                span = ground.chain.history([mark, ground.chain.frames])[0]
                yield self._expected(predicted, raw, span)
                pool, companions = predicted.after, predicted.companions

    def _pool(self) -> Any:
        """Return the model's state at the start."""
        ground, ledgers = self._ground, self._replay.start.ledgers
        initial = ground.spec.model.initial
        ghosts = {name: ledgers.get(name, getattr(initial, name)) for name in ground.spec.model.ghosts}
        stored = ground.target.stored(ground.target.fresh_memory())
        return ground.spec.model.state(**stored, **ghosts)

    def _expected(self, predicted: Predicted, raw: RawOutcome, span: Span) -> ExpectedCall:
        success = predicted.refusal is None
        fields = tuple(self._fields(predicted, span))
        own = [log[1:] for log in predicted.logs if log[0] == self._ground.address]
        events = events_digest([(topics, data) for topics, data in own])
        agrees = (
            raw.success is success
            and raw.output == predicted.output
            and (not success or events == events_digest(self._own(raw.logs)))
            and all(self._holds(field) for field in fields)
        )
        return ExpectedCall(predicted.call, success, predicted.output, events, fields, agrees)

    def _own(self, logs: Sequence[RawLog]) -> list[tuple[tuple[bytes, ...], bytes]]:
        return [(log.topics, log.data) for log in logs if log.address == self._ground.address]

    def _holds(self, field: ExpectedField) -> bool:
        address = self._ground.site.address(field.contract)
        return self._ground.chain.read(address, field.slot) >> field.shift & field.mask == field.value

    def _fields(self, predicted: Predicted, span: Span) -> Iterator[ExpectedField]:
        """Yield every field that the model or the contract changes, with the model's value."""
        ground = self._ground
        bounds = {ground.address: ground.target}
        bounds |= {address: bound for address, (_, bound) in ground.companions.items()}
        for address, bound in bounds.items():
            bits = predicted.bits.get(address, {})
            changed = {slot: change for (at, slot), change in span.items() if at == address}
            for slot in dict.fromkeys([*bits, *changed]):
                mask, value = bits.get(slot, (0, 0))
                old, new = changed.get(slot, (ground.chain.read(address, slot),) * 2)
                yield from self._in_word(bound, slot, old & ~mask | value, mask | old ^ new, predicted)

    def _in_word(
        self, bound: Bound, slot: int, word: int, meant: int, predicted: Predicted
    ) -> Iterator[ExpectedField]:
        """Yield the fields of a word in which some of the bits `meant` lie."""
        contract = bound.instance.name
        left = meant
        for field in bound.atlas([slot], _numbers(predicted.call)).fields(slot):
            if meant >> field.shift & field.mask:
                left &= ~(field.mask << field.shift)
                path = self._names.in_text(field.path)
                yield ExpectedField(
                    contract, path, slot, field.shift, field.mask, word >> field.shift & field.mask
                )
        if left:
            yield ExpectedField(contract, f"slot {slot:#x}", slot, 0, left % WORD, word & left)
