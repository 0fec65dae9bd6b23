"""Which properties a call breaks on which model and contract differ: as the contract made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from harness.check.campaign.claims import Claims
from harness.check.campaign.executed import ExecutedCall
from harness.check.campaign.finding import Finding
from harness.check.campaign.ground import Ground
from harness.check.campaign.judge import Failure
from harness.check.campaign.prediction import Predicted
from harness.check.views.stored import Memory
from harness.evm.errors import EvmError
from harness.evm.raw import RawLog, RawOutcome
from harness.evm.recorder import Recorded, recorded_call
from harness.lang import ExternalCall

if TYPE_CHECKING:
    from harness.check.campaign.run import Run


def diagnosis(run: Run, failure: Failure) -> list[Finding]:
    """Return the broken properties; the run is over, and the chain back at the deployment."""
    ground, predicted = run.ground, run.done[failure.step]
    call = observe(run, failure.step)
    before = ground.target.see(_memory(ground, failure.before), failure.ghosts)
    memory = _memory(ground, failure.after)
    plain = ground.target.see(memory, failure.ghosts)
    ghosts = dict(failure.ghosts)
    if ground.spec.model.ghost is not None and call.error is None:
        ghosts |= ground.spec.model.ghost(before, call, plain)
    after = ground.target.see(memory, ghosts)
    claims = Claims(ground.spec.invariants, memory, ground.addresses)
    broken, kept = claims.refresh(after), run.start.is_deployment
    told = [one for one in broken if kept or not one.is_historic]
    found = [Finding(failure.step, one.invariant.name, keys=one.named_keys) for one in told]
    found += run.table.laws.broken(failure.step, before, call, after, whole=predicted.call.regular)
    first: dict[str, Finding] = {}
    for finding in found:
        first.setdefault(finding.name, finding)
    return list(first.values())


def observe(run: Run, step: int) -> ExecutedCall:
    """Make a finished run's calls again up to number `step`, and return that one as the contract made it."""
    ground = run.ground
    chain = ground.chain
    with chain.rolled_back():
        ground.site.storage().load(run.start.values)
        for predicted in run.done[:step]:
            call = predicted.call
            chain.set_block(call.number, call.time)
            chain.call(call.sender, ground.address, call.data, call.value)
        call = run.done[step].call
        chain.set_block(call.number, call.time)
        raw, logs, calls = recorded_call(
            chain, ground.companions, call.sender, ground.address, call.data, call.value
        )
    return observed(ground, run.done[step], raw, logs, calls)


def observed(
    ground: Ground, predicted: Predicted, raw: RawOutcome, logs: list[RawLog], calls: list[Recorded]
) -> ExecutedCall:
    """Return what was seen of a call as rules see it."""
    call = predicted.call
    regular = call.regular and call.operation is not None and call.arguments is not None
    signature = call.signature if regular else ""
    arguments = (
        dict(zip(call.operation.names, call.arguments, strict=True))
        if regular and call.operation is not None and call.arguments is not None
        else {}
    )
    if not raw.success:
        name, args = ("Halt", (raw.halted,)) if raw.halted else _refusal(ground, raw.output)
        return ExecutedCall(predicted.env, signature, arguments, (name, args), accepted=_ours(ground, raw))
    returns: tuple[Any, ...] = ()
    if call.operation is not None and regular:
        try:
            returns = call.operation.function.decode_returned(raw.output)
        except EvmError:  # what cannot be decoded is compared as bytes; rules see no value
            returns = ()
    events = tuple(ground.events.record(log, ground.decoder) for log in logs if log.address == ground.address)
    return ExecutedCall(
        predicted.env, signature, arguments, None, returns, events, tuple(_external(ground, calls))
    )


def _refusal(ground: Ground, output: bytes) -> tuple[str, tuple[Any, ...]]:
    reason = ground.decoder.decode_revert(output)
    return reason.name, reason.args


def _ours(ground: Ground, raw: RawOutcome) -> bool:
    """Return whether a refusal is the target's own: its ABI has the error."""
    return not raw.output or raw.output[:4] in ground.abi.errors


def _external(ground: Ground, calls: list[Recorded]) -> Iterator[ExternalCall]:
    for made in calls:
        abi = ground.companions[made.callee][1].instance.abi
        for function in abi.functions.values():
            if function.selector == made.data[:4] and not function.is_view:
                yield ExternalCall(made.callee, function.signature, function.decode(made.data))


def _memory(ground: Ground, words: Mapping[int, int]) -> Memory:
    """Return a memory of the target at the deployment, but for the words given."""
    at = ground.target.memory.at
    return Memory(lambda slot: words[slot] if slot in words else at(slot), ground.keys)
