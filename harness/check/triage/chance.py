"""Looks for calls from deployment that break a property by chance, where the solver's models lead nowhere.

A model fixes what a contract draws by lot at a number of the solver's choice, and no transaction has the
hash that such a draw begins with. Random calls have no such trouble: where the contract leaves its model,
the very call is held against all properties.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.check.campaign.errors import CampaignError
from harness.check.campaign.options import Options
from harness.check.campaign.run import Functions
from harness.check.campaign.runner import Worker, quiet_memory
from harness.check.prove.obligation import Obligation
from harness.check.triage.judge import breaking_keys
from harness.check.triage.observed import Transaction
from harness.check.triage.scene import Scene, Situation

CALLS = 20_000
"""How many calls are made at most; calls, not seconds, so that the same is found on any machine."""


@dataclass(frozen=True, slots=True)
class Chanced:
    """Calls from deployment, the last of which breaks a property at `keys`; executed."""

    calls: tuple[Transaction, ...]
    keys: dict[str, int]


def by_chance(scene: Scene, obligation: Obligation, calls: int = CALLS) -> Chanced | None:
    """Return random calls that break an obligation's property, None if there are none among so many.

    None as well where the specification has no model to make calls beside.
    """
    try:
        worker = Worker(scene.parts, Options(written=0.0))
        with quiet_memory():
            for made, keys in _broken(worker, obligation, calls):
                found = _executed(scene, obligation, made, keys)
                if found is not None:
                    return found
    except CampaignError:
        return None
    return None


def _broken(
    worker: Worker, obligation: Obligation, calls: int
) -> Iterator[tuple[tuple[Transaction, ...], dict[str, int]]]:
    """Yield sequences that a campaign finds to break the property, and at which keys."""
    operation = worker.ground.surface.operation(obligation.function)
    rules: Functions = frozenset(() if operation is None else (operation,))
    index = made = 0
    while made < calls:
        run = worker.run(index)
        made, index = made + len(run.done), index + 1
        for finding in run.finish(rules, diagnose=True):
            if finding.aspect is None and finding.name == obligation.property:
                planned = [predicted.call for predicted in run.done[: finding.step + 1]]
                yield (
                    tuple(
                        Transaction(one.data, one.sender, one.time, one.number, one.value) for one in planned
                    ),
                    dict(finding.keys),
                )


def _executed(
    scene: Scene, obligation: Obligation, calls: Sequence[Transaction], keys: dict[str, int]
) -> Chanced | None:
    """Make the calls once more, where no model is beside them; None if the property holds there."""
    with scene.played(Situation(), calls) as acts:
        found = breaking_keys(scene, obligation, acts[-1], keys)
    return None if found is None else Chanced(tuple(calls), found)
