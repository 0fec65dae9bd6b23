"""Between the sequences that a campaign makes and the replay files that tell of them."""

from __future__ import annotations

from harness.check.campaign.call import Planned
from harness.check.campaign.finding import Aspect, Finding
from harness.check.campaign.ground import Ground
from harness.check.campaign.run import Start
from harness.check.campaign.shrink import Case
from harness.check.replay.format import (
    MODEL,
    Expectation,
    Replay,
    ReplayCall,
    ReplayError,
    ReplayStart,
    Value,
)
from harness.check.replay.names import Names
from harness.errors import instead_of


def replay_of(target: str, contract: str, ground: Ground, case: Case, origin: str) -> Replay:
    """Return the replay file of a case; `contract` is the implementation as FILE.sol:Contract."""
    names = Names(ground.site)
    return Replay(
        target,
        contract,
        ground.parts.target.input_hash,
        origin,
        ReplayStart({names.in_text(path): value for path, value in case.start.values.items()}),
        tuple(_call(call, names) for call in case.calls),
        expectation_of(case.findings[0], names),
    )


def expectation_of(finding: Finding, names: Names) -> Expectation:
    """Return what a finding makes a reader expect."""
    aspect = finding.aspect.value if finding.aspect else ""
    return Expectation(finding.name, aspect, finding.keys, names.in_text(str(finding)))


def _call(call: Planned, names: Names) -> ReplayCall:
    arguments: dict[str, Value] | None = None
    plain = b""
    if call.operation is not None and call.arguments is not None:
        function = call.operation.function
        labels = call.operation.function.labels
        arguments = {
            label: names.value(one.type, value)
            for label, one, value in zip(labels, function.inputs, call.arguments, strict=True)
        }
        plain = function.encode(*call.arguments)
    return ReplayCall(
        names.name(call.sender),
        call.time,
        call.number,
        call.signature,
        arguments,
        call.value,
        None if call.data == plain and arguments is not None else call.data,
    )


def start_of(replay: Replay) -> Start:
    """Return where the replay begins, as far as storage goes (paths may name roles)."""
    return Start(dict(replay.start.storage))


def planned_of(replay: Replay, ground: Ground) -> list[Planned]:
    """Return the replay's calls; raises ReplayError where they do not fit the contract."""
    names = Names(ground.site)
    return [
        _planned(call, ground, names, f"Call {place} of the replay")
        for place, call in enumerate(replay.calls, start=1)
    ]


def _planned(call: ReplayCall, ground: Ground, names: Names, where: str) -> Planned:
    sender = names.address(call.sender)
    if not call.function:
        return Planned(None, None, call.data or b"", sender, call.time, call.block, call.value)
    operation = ground.surface.operation(call.function)
    if operation is None:
        known = [one.function.signature for one in ground.surface.operations]
        raise ReplayError(
            f"{where}: the contract has no function `{call.function}`: {instead_of(call.function, known)}"
        )
    if call.arguments is None:
        data = call.data or operation.function.selector
        return Planned(operation, None, data, sender, call.time, call.block, call.value)
    labels = operation.function.labels
    if list(call.arguments) != labels:
        given, wanted = ", ".join(call.arguments) or "none", ", ".join(labels) or "none"
        raise ReplayError(f"{where}: {call.function} takes the arguments {wanted}, the file has {given}.")
    arguments = tuple(
        names.parsed(one.type, call.arguments[label], f"{where}, argument {label}")
        for label, one in zip(labels, operation.function.inputs, strict=True)
    )
    data = call.data if call.data is not None else operation.function.encode(*arguments)
    return Planned(operation, arguments, data, sender, call.time, call.block, call.value)


def is_model(replay: Replay) -> bool:
    """Return whether the replay shows model and contract differ, rather than a property broken."""
    return replay.expectation.property == MODEL


__all__ = ["Aspect", "is_model", "planned_of", "replay_of", "start_of"]
