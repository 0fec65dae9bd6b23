"""Executed counterexamples as replay files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.check.campaign.ground import Parts
from harness.check.replay import Expectation, Replay, ReplayCall, ReplayStart
from harness.check.replay.format import Value
from harness.check.replay.names import Names, keyed
from harness.check.triage.observed import Transaction
from harness.check.triage.places import Bits
from harness.check.triage.scene import Scene, Situation
from harness.evm.abi import Function
from harness.evm.errors import EvmError


def replay_of(
    named: tuple[str, str],
    origin: str,
    scene: Scene,
    material: Parts,
    start: ReplayStart,
    calls: Sequence[Transaction],
    broken: tuple[str, Mapping[str, int]],
) -> Replay:
    """Return the replay file of calls that break a property.

    `named` are the target and its contract (FILE.sol:Contract), `broken` the property and its keys.
    """
    names = Names(scene.site)
    text = f"{broken[0]} is broken" + (f" at {keyed(broken[1], names)}" if broken[1] else "")
    return Replay(
        *named,
        material.target.input_hash,
        origin,
        start,
        tuple(transaction_call(call, scene, names) for call in calls),
        Expectation(broken[0], "", dict(broken[1]), text),
    )


def start_of(scene: Scene, situation: Situation, fields: Mapping[Bits, int]) -> ReplayStart | None:
    """Return a situation as a replay has it; None where it has words that the layout does not name."""
    names = Names(scene.site)
    storage: dict[str, int] = {}
    for bits, value in fields.items():
        held = scene.word(bits.slot) >> bits.shift & (1 << bits.width) - 1
        if bits.slot not in situation.words or value == held:
            continue
        if not bits.path:
            return None
        storage[names.in_text(bits.path)] = int(bits.shown(value))
    ghosts = {name: value for name, value in situation.ghosts.items() if value != scene.first_ghosts[name]}
    return ReplayStart(storage, ghosts, {names.name(at): code for at, code in situation.scripts.items()})


def transaction_call(call: Transaction, scene: Scene, names: Names) -> ReplayCall:
    """Return a transaction as a replay has it."""
    function = scene.function(call.data)
    arguments = _arguments(function, call.data, names) if function is not None else None
    signature = function.signature if function is not None else ""
    plain = b""
    if function is not None and arguments is not None:
        plain = function.encode(*function.decode(call.data))
    data = None if arguments is not None and plain == call.data else call.data
    return ReplayCall(names.name(call.sender), call.time, call.number, signature, arguments, call.value, data)


def _arguments(function: Function, data: bytes, names: Names) -> dict[str, Value] | None:
    """Return a call's arguments by name, None where the calldata does not decode."""
    try:
        values = function.decode(data)
    except EvmError:
        return None
    return {
        label: names.value(one.type, value)
        for label, one, value in zip(function.labels, function.inputs, values, strict=True)
    }
