"""Every false property of a toy ends as a counterexample that was executed; no true one does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.check.campaign.ground import Parts, parts
from harness.check.prove.deployment import DEPLOYMENT
from harness.check.prove.prover import Limits, Prover
from harness.check.prove.subject import Subject
from harness.check.prove.tasks import Piece
from harness.check.reach.examiner import Budget, Examiner
from harness.check.target import Target
from harness.check.triage.scene import with_deployment
from harness.check.verdict import Outcome, Verdict
from harness.compiler import Project, Settings
from harness.lang import Prop, invariant
from tests.toys.catalogue import BREAKS, HOLDS, TOYS, Toy
from tests.toys.claims import spec
from tests.toys.test_traps import Doorstep, door_is_closed

HERE = Path(__file__).parent
UNREACHED = {"ticks_always", "seated_holds_the_seat", "books_are_straight"}
"""Broken only where a 64-bit counter is full, where the zero address called, or a contract
that was not deployed is called: nobody gets there."""

FALSE = [
    pytest.param(toy, name, id=f"{toy.contract}-{name}")
    for toy in TOYS
    for name, expected in toy.expected.items()
    if expected == BREAKS
]


def material(toy: Toy) -> Parts:
    home = Project.open(HERE)
    spec = with_deployment(toy.spec)
    return parts(Target(toy.contract, spec, f"Toys.sol:{toy.contract}", home, Settings("0.8.30"), home))


def verdicts(toy: Toy, name: str | None) -> list[Verdict]:
    """Return what is found about the true properties and the one called `name`."""
    kept = {one for one, expected in toy.expected.items() if expected == HOLDS or one == name}
    whole = material(toy)
    spec = replace(
        whole.spec,
        invariants=tuple(one for one in whole.spec.invariants if one.name in kept),
        rules=tuple(one for one in whole.spec.rules if one.name in kept),
    )
    whole = Parts(spec, whole.artifacts)
    subject = Subject(spec, whole.target)
    examiner = Examiner(toy.contract, "", whole, budget=Budget(search=8), replayable=False)
    prover = Prover(subject, Limits(seconds=20), examiner)
    return [verdict for entry in subject.entries for verdict in prover.entry(entry)]


@pytest.mark.parametrize(("toy", "name"), FALSE)
def test_what_is_false_is_refuted_on_the_evm(toy: Toy, name: str) -> None:
    outcomes = {one.outcome for one in verdicts(toy, name) if one.property == name}

    assert (Outcome.NOT_INDUCTIVE if name in UNREACHED else Outcome.REFUTED) in outcomes
    assert outcomes <= {Outcome.REFUTED, Outcome.NOT_INDUCTIVE, Outcome.PROVED}


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.contract)
def test_what_is_true_has_no_counterexample(toy: Toy) -> None:
    broken = {Outcome.REFUTED, Outcome.NOT_INDUCTIVE}
    assert not [one for one in verdicts(toy, None) if one.outcome in broken]


@invariant()
def something_was_counted(state: Any) -> Prop:
    """Every step keeps it, and deployment does not establish it."""
    return state.count != 0


def test_what_only_others_that_call_back_can_break_is_no_disagreement_with_the_evm() -> None:
    home, claims = Project.open(HERE), with_deployment(spec(Doorstep(), door_is_closed))
    whole = parts(Target("door", claims, "Traps.sol:Doorway", home, Settings("0.8.30"), home))
    examiner = Examiner("door", "", whole, budget=Budget(search=8), replayable=False)
    prover = Prover(Subject(claims, whole.target), Limits(seconds=20), examiner)

    [found] = list(prover.entry("ajar()", (door_is_closed.name,)))[-1:]
    assert found.outcome is Outcome.UNKNOWN
    assert found.detail.endswith(
        "it takes others that call back, and leave what the property rules out: none does"
    )


def test_what_deployment_breaks_is_refuted_though_every_step_keeps_it() -> None:
    toy = next(one for one in TOYS if one.contract == "Counter")
    whole = material(toy)
    spec = replace(whole.spec, invariants=(something_was_counted,), rules=())
    examiner = Examiner(toy.contract, "", Parts(spec, whole.artifacts), replayable=False)
    prover = Prover(Subject(spec, whole.target), Limits(seconds=20), examiner)

    steps = [verdict.outcome for name in prover.subject.entries for verdict in prover.entry(name)]
    (start,) = prover.piece(Piece("deployment", DEPLOYMENT))
    assert set(steps) == {Outcome.PROVED}
    assert (start.outcome, start.detail) == (Outcome.REFUTED, "broken by deployment itself")
