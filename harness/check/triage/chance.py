"""Looks for calls from deployment that break a property by chance, where the solver's models lead nowhere.

A model fixes what a contract draws by lot at a number of the solver's choice, and no transaction has the
hash that such a draw begins with. Random calls have no such trouble: where the contract leaves its model,
the very call is held against all properties.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.check.campaign.errors import CampaignError
from harness.check.campaign.options import Options
from harness.check.campaign.run import Functions
from harness.check.campaign.runner import Worker
from harness.check.campaign.shrink import Case, Shrinker
from harness.check.collection import quiet_memory
from harness.check.prove.obligation import Obligation
from harness.check.triage.judge import breaking_keys, pause_of
from harness.check.triage.observed import Transaction
from harness.check.triage.scene import Scene, Situation

CALLS = 60_000
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
            for case in _broken(scene, worker, obligation, calls):
                for smaller in (_with_fewer_calls(worker, case), case):
                    found = _executed(scene, obligation, smaller)
                    if found is not None:
                        return found
    except CampaignError:
        return None
    return None


def _broken(scene: Scene, worker: Worker, obligation: Obligation, calls: int) -> Iterator[Case]:
    """Yield the sequences that a campaign finds to break the property with a call of the obligation's."""
    operation = worker.ground.surface.operation(obligation.function)
    rules: Functions = frozenset(() if operation is None else (operation,))
    index = made = 0
    while made < calls:
        run = worker.run(index)
        made, index = made + len(run.done), index + 1
        findings = run.finish(rules, diagnose=True)
        if any(one.aspect is None and one.name == obligation.property for one in findings):
            planned = tuple(predicted.call for predicted in run.done[: findings[0].step + 1])
            if scene.entry(planned[-1].data) == obligation.function:
                yield Case(run.start, planned, tuple(findings))


def _with_fewer_calls(worker: Worker, case: Case) -> Case:
    """Return a case without the calls that its first finding does without."""
    return next(Shrinker(worker.table, case).shrink())


def _executed(scene: Scene, obligation: Obligation, case: Case) -> Chanced | None:
    """Make a case's calls once more, where no model is beside them; None if the property holds there.

    None as well where the last call is not one that the obligation is about: what breaks the property then
    is another function.
    """
    calls = tuple(Transaction(one.data, one.sender, one.time, one.number, one.value) for one in case.calls)
    if scene.entry(calls[-1].data) != obligation.function:
        return None
    likely = {key: value for one in case.findings for key, value in one.keys.items()}
    with scene.played(Situation(), calls, pause_of(obligation)) as acts:
        found = breaking_keys(scene, obligation, acts[-1], likely)
    return None if found is None else Chanced(calls, found)
