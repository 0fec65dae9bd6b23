"""Failed obligations end as executed, minimal, saved sequences, or as states that nothing reached."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from harness.check.campaign.ground import Parts, parts
from harness.check.prove.prover import Limits, Prover
from harness.check.prove.subject import Subject
from harness.check.reach.examiner import Budget, Examiner
from harness.check.replay import load_replay, replay
from harness.check.target import Target
from harness.check.verdict import Outcome, Verdict
from harness.solver import Answer, Solver, Status
from tests.harness.check.conftest import Broken

START, DAY = 1_700_000_000, 86_400
FORGETS_THE_TOTAL = ("total -= amount;", "")
NEEDS_TIME_ONE = ("total -= amount;", "if (account.since != 1) total -= amount;")
FORGETS_TWICE_FROZEN = (
    "accounts[who].frozen = frozen;",
    "if (frozen && accounts[who].frozen) accounts[who].amount = 0; accounts[who].frozen = frozen;",
)


def examined(target: Target, entry: str, name: str, folder: Path | None = None) -> Verdict:
    """Return the verdict on one property of one function, what fails examined."""
    material: Parts = parts(target)
    examiner = Examiner(target.name, target.contract, material, folder, Budget(search=6))
    examiner = pickle.loads(pickle.dumps(examiner))
    prover = Prover(Subject(material.spec, material.target), Limits(), examiner)
    [verdict] = [one for one in prover.entry(entry, [name]) if one.property == name]
    return verdict


def test_a_defect_is_reached_from_deployment_by_the_simplest_calls(broken: Broken, tmp_path: Path) -> None:
    target = broken(FORGETS_THE_TOTAL)

    verdict = examined(target, "withdraw()", "total_is_the_sum", tmp_path)

    assert verdict.outcome is Outcome.REFUTED
    assert verdict.detail == "broken by 2 calls from deployment: deposit, withdraw"
    file = load_replay(tmp_path / "vault-withdraw-total_is_the_sum.json")
    assert file.start.is_deployment
    assert [(call.function, call.arguments, call.time) for call in file.calls] == [
        ("deposit(uint64)", {"amount": "100"}, START),
        ("withdraw()", {}, START + DAY),
    ]
    assert replay(file, target).reproduced


def test_it_takes_as_many_calls_as_it_must(broken: Broken) -> None:
    verdict = examined(broken(FORGETS_TWICE_FROZEN), "freeze(address,bool)", "total_is_the_sum")

    assert verdict.outcome is Outcome.REFUTED
    assert verdict.detail == "broken by 3 calls from deployment: deposit, freeze, freeze"


def test_a_state_that_nothing_reaches_is_told_and_saved(broken: Broken, tmp_path: Path) -> None:
    target = broken(NEEDS_TIME_ONE)

    verdict = examined(target, "withdraw()", "total_is_the_sum", tmp_path)

    assert verdict.outcome is Outcome.NOT_INDUCTIVE
    assert ".amount = 1, accounts[saver_" in verdict.detail, "only one account is written"
    assert "accounts.since is 1, and was never below" in verdict.detail, "what an invariant should exclude"
    file = load_replay(tmp_path / "vault-withdraw-total_is_the_sum.json")
    assert any(path.endswith(".since") and value == 1 for path, value in file.start.storage.items())
    assert replay(file, target).reproduced


@pytest.mark.parametrize("entry", ["deposit(uint64)", "withdraw()", "freeze(address,bool)"])
def test_what_is_true_stays_proved(vault: Target, entry: str) -> None:
    assert examined(vault, entry, "total_is_the_sum").outcome is Outcome.PROVED


def undecided(*_: object, **__: object) -> Answer:
    return Answer(Status.UNKNOWN, 10.0, reason="timeout")


def test_what_the_solver_gives_up_on_may_be_broken_by_chance(
    broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Solver, "check", undecided)

    verdict = examined(broken(FORGETS_THE_TOTAL), "withdraw()", "total_is_the_sum")

    assert verdict.outcome is Outcome.REFUTED
    assert verdict.detail.startswith("broken by 2 calls from deployment: deposit, withdraw")


def test_what_neither_solver_nor_chance_decides_stays_unknown(
    vault: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Solver, "check", undecided)

    verdict = examined(vault, "withdraw()", "total_is_the_sum")

    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.detail.endswith(": the solver gave up after 10.0 s (timeout)")
