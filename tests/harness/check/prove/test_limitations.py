"""Known limitations are refuted from deployment, or else the run fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.check.campaign.ground import Parts, parts
from harness.check.prove import limitations
from harness.check.prove.run import Options, prove
from harness.check.reach.examiner import Examiner
from harness.check.replay import load_replay, play
from harness.check.target import Target
from harness.check.verdict import ExitCode, Outcome, Verdict, exit_code
from harness.lang import Address, Call, Int, Play, Prop, Rule, Scenario, implies, rule, scenario
from tests.toys.vault import DELAY, LEAST, Vault


@rule("deposit")
def more_is_no_delay(before: Vault, call: Call, after: Vault) -> Prop:
    """Who adds to an account waits no longer for what was there."""
    mine, then = before.accounts[call.sender], after.accounts[call.sender]
    return implies(call.succeeds & (mine.amount != 0), then.since == mine.since)


@scenario()
def a_day_is_enough(vault: Vault, play: Play[Vault], who: Address) -> Prop:
    """What was saved can be withdrawn a day later."""
    amount = play.any_number("amount", LEAST, 2**64 - 1)
    keeper = play.any_number("keeper", 1, 2**160 - 1)
    saved = play.call("deposit", amount, sender=who, at=play.now)
    play.call("freeze", who, 1, sender=keeper, at=play.now)
    paid = play.call("withdraw", sender=who, at=play.now + DELAY)
    return implies(saved.call.succeeds, paid.call.succeeds)


@rule("freeze")
def freezing_takes_nothing(before: Vault, call: Call, after: Vault, who: Int) -> Prop:
    """Whoever is frozen has as much as before."""
    return before.accounts[who].amount == after.accounts[who].amount


def decided(target: Target, claim: Rule | Scenario, folder: Path) -> tuple[Parts, Verdict]:
    """Return the one verdict about a claim that is declared to be a limitation."""
    whole = parts(target)
    material = Parts(replace(whole.spec, limitations=(claim,)), whole.artifacts)
    examiner = Examiner(target.name, target.contract, material, folder)
    options = Options((claim.name,), triage=lambda: examiner)
    [verdict] = prove(material.spec, material.target, options)
    return material, verdict


@pytest.mark.parametrize("claim", [more_is_no_delay, a_day_is_enough], ids=lambda claim: claim.kind)
def test_what_is_refuted_as_declared_holds_and_leaves_its_counterexample(
    vault: Target, tmp_path: Path, claim: Rule | Scenario
) -> None:
    material, verdict = decided(vault, claim, tmp_path)

    assert verdict.outcome is Outcome.LIMITATION
    assert exit_code([verdict]) is ExitCode.HOLDS
    file = load_replay(Path(str(verdict.evidence["replay"])))
    assert file.start.is_deployment
    assert play(file, material).reproduced


def test_what_is_proved_though_declared_a_limitation_fails_the_run(vault: Target, tmp_path: Path) -> None:
    _, verdict = decided(vault, freezing_takes_nothing, tmp_path)

    assert verdict.outcome is Outcome.UNEXPECTED
    assert exit_code([verdict]) is ExitCode.BROKEN


def test_a_scenario_that_does_not_break_is_not_taken_for_broken(vault: Target, tmp_path: Path) -> None:
    material, verdict = decided(vault, a_day_is_enough, tmp_path)
    file = load_replay(Path(str(verdict.evidence["replay"])))
    unfrozen = replace(file, calls=(file.calls[0], *file.calls[2:]))

    assert not play(unfrozen, material).reproduced


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.NOT_INDUCTIVE, Outcome.UNSUPPORTED])
def test_what_was_not_refuted_does_not_hold(vault: Target, outcome: Outcome) -> None:
    spec = replace(parts(vault).spec, limitations=(more_is_no_delay,))
    undecided = Verdict("vault", "prove", "more_is_no_delay", "deposit(uint64)", outcome, 0.0, "why")
    elsewhere = replace(undecided, property="little_is_refused", outcome=Outcome.PROVED)

    [other, verdict] = limitations.judged([undecided, elsewhere], spec)

    assert (other, verdict.outcome) == (elsewhere, outcome)
    assert verdict.detail == "declared a known limitation, but not refuted: why"
    assert exit_code([other, verdict]) is not ExitCode.HOLDS
