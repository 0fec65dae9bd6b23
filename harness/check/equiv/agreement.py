"""That a model and a contract agree, as a rule: for calls that were executed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from harness.check.campaign.prediction import UNDEFINED
from harness.check.campaign.surface import Operation
from harness.check.replay.format import MODEL
from harness.check.triage.observed import EvmCall
from harness.check.views.binding import Shape
from harness.evm.keccak import keccak256
from harness.evm.places import WORD
from harness.evm.recorder import LOGGER
from harness.lang import ExternalCall, Int, Prop, Revert, Rule, Table, replace, same_record, unchanged


class Overlay(Table[Any]):
    """A table as it was read, with records put over it."""

    def __init__(self, below: Table[Any], records: Mapping[int, Any]) -> None:
        self.below = below
        self.records = records

    def __getitem__(self, key: Int) -> Any:
        assert isinstance(key, int)
        return self.records[key] if key in self.records else self.below[key]

    def put(self, key: Int, record: Any) -> Overlay:
        assert isinstance(key, int)
        return Overlay(self.below, {**self.records, key: record})

    def total(self, amount: Any) -> Int:
        raise NotImplementedError("transitions add up what they name, not whole tables")

    def agrees(self, other: Table[Any], same: Any, besides: Sequence[Int]) -> Prop:
        raise NotImplementedError("transitions don't compare whole tables")


def agreement(operation: Operation, shapes: Mapping[str, Shape], views: Sequence[str]) -> Rule:
    """Return the rule that one function does what its model says; it is about executed calls only.

    `views` are the signatures of what is only asked of others.
    """
    asked = {keccak256(view.encode())[:4] for view in views}

    def agrees(before: Any, call: EvmCall, after: Any) -> bool:
        if call.function is None or not call.is_regular or not call.accepted:
            return True
        arguments = call.function.decode(call.transaction.data)
        try:
            step = operation.model(_overlaid(before), call.env, *arguments)
        except Revert as refusal:
            return bool(call.reverts_with(refusal.name, *refusal.values))
        except UNDEFINED:
            return False
        made = [(one.callee, one.data) for one in call.made if one.data[:4] not in asked]
        return (
            call.raw.success
            and call.raw.output == call.function.results.encode(step.returns)
            and bool(call.emits_only(*step.events))
            and made == [_made(one) for one in step.calls]
            and _announces_first(call, asked)
            and all(_same(name, step.pool, before, after) for name in shapes)
        )

    signature = operation.function.signature
    sentence = f"`{operation.function.name}` does what its model says."
    return Rule(MODEL, sentence, "", agrees, (), (), (signature,))


def _announces_first(call: EvmCall, asked: set[bytes]) -> bool:
    """Say whether all events come before the first order to another contract, as they do in models."""
    ordered = False
    for log in call.raw.logs:
        if log.address == LOGGER:
            ordered = ordered or log.data[:4] not in asked
        elif ordered and log.address == call.env.this:
            return False
    return True


def _overlaid(state: Any) -> Any:
    """Return a state whose tables a transition can put records into."""
    values = {field.name: getattr(state, field.name) for field in fields(state)}
    return replace(
        state, **{name: Overlay(one, {}) for name, one in values.items() if isinstance(one, Table)}
    )


def _made(call: ExternalCall) -> tuple[Any, bytes]:
    words = [int(word) % WORD for word in call.args]  # type: ignore[arg-type]
    data = keccak256(call.signature.encode())[:4] + b"".join(word.to_bytes(32, "big") for word in words)
    return call.target, data


def _same(name: str, step: Any, before: Any, after: Any) -> bool:
    """Say whether a field that the model changed is what the contract stored."""
    model, old, new = getattr(step, name), getattr(before, name), getattr(after, name)
    if not isinstance(model, Overlay):
        return bool(same_record(model, new))
    changed = all(same_record(record, new[key]) for key, record in model.records.items())
    return changed and bool(unchanged(old, new, list(model.records)))
