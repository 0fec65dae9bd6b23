"""A relation that fails is shown as two calls, each executed from a state that obeys the invariants."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from harness.check.campaign.ground import Parts
from harness.check.prove.prover import Limits, Prover
from harness.check.prove.subject import Subject
from harness.check.prove.tasks import pieces
from harness.check.reach.examiner import Budget, Examiner
from harness.check.verdict import Outcome, Verdict
from harness.lang import Prop, Relation, Run, implies, relation


def _paid(run: Run[Any]) -> Any:
    return run.after.paid_out - run.before.paid_out


@relation("withdraw")
def later_is_more(first: Run[Any], second: Run[Any]) -> Prop:
    """False: what is paid does not depend on the time."""
    both = first.call.succeeds & second.call.succeeds
    return implies(both & (first.call.timestamp <= second.call.timestamp), _paid(first) <= _paid(second))


@relation("withdraw")
def who_has_more_is_paid_more(first: Run[Any], second: Run[Any]) -> Prop:
    """True: all of it is paid."""
    one, other = (run.before.accounts[run.call.env.sender].amount for run in (first, second))
    return implies(first.call.succeeds & second.call.succeeds & (one <= other), _paid(first) <= _paid(second))


@relation("deposit")
def nobody_is_first(first: Run[Any], second: Run[Any]) -> Prop:
    """False: a deposit can be the first, the total being zero before."""
    return implies(first.call.succeeds & second.call.succeeds, first.before.total != second.after.total - 100)


def examined(material: Parts, claim: Relation) -> Verdict:
    spec = replace(material.spec, relations=(claim,))
    material = replace(material, spec=spec)
    examiner = Examiner("vault", "Vault.sol:Vault", material, budget=Budget(depth=0), replayable=False)
    prover = Prover(Subject(spec, material.target), Limits(), examiner)
    [piece] = pieces(prover.subject, (claim.name,), ())
    [verdict] = prover.piece(piece)
    return verdict


def test_two_states_that_break_it_are_told_with_their_calls(vault_parts: Parts) -> None:
    verdict = examined(vault_parts, later_is_more)

    assert verdict.outcome is Outcome.NOT_INDUCTIVE
    told = re.fullmatch(
        r"broken by withdraw from a state with accounts\[(\w+)\].amount = (\d+), accounts\[\1\].since = \d+,"
        r" total = \2 and by withdraw from a state with nothing written",
        verdict.detail,
    )
    assert told, verdict.detail


def test_arguments_are_told(vault_parts: Parts) -> None:
    assert "deposit (amount 1" in examined(vault_parts, nobody_is_first).detail


@pytest.mark.parametrize("claim", [who_has_more_is_paid_more])
def test_what_is_true_stays_proved(vault_parts: Parts, claim: Relation) -> None:
    assert examined(vault_parts, claim).outcome is Outcome.PROVED


def test_a_relation_that_the_executed_calls_obey_is_not_called_broken(
    vault_parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.check.triage.pairs.Pairs._holds", lambda *_: True)

    verdict = examined(vault_parts, later_is_more)

    assert verdict.outcome is Outcome.UNKNOWN
    assert "the prover and the EVM disagree" in verdict.detail
