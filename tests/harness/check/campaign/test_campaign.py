from __future__ import annotations

import multiprocessing
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.check.campaign import CampaignError, CampaignResult, Options
from harness.check.campaign.finding import Aspect
from harness.check.campaign.ground import Ground, Parts
from harness.check.campaign.runner import campaign_of
from harness.check.campaign.shrink import Shrinker
from harness.check.fuzz import fuzz
from harness.check.target import Target
from harness.check.verdict import Outcome
from harness.lang import Revert, Spec
from tests.harness.check.conftest import Broken
from tests.toys import vault as toy

QUICK = Options(steps=2_000)


def outcomes(result: CampaignResult) -> dict[str, Outcome]:
    return {verdict.property: verdict.outcome for verdict in result.verdicts}


def names(result: CampaignResult) -> list[tuple[str, ...]]:
    assert result.material is not None
    ground = Ground(result.material)
    called = result.case.calls if result.case else ()
    return [(ground.site.names[call.sender], call.signature) for call in called]


def test_contract_and_model_that_agree_hold(vault: Target) -> None:
    result = fuzz(vault, QUICK)

    assert set(outcomes(result).values()) == {Outcome.HELD}
    assert result.statistics.steps >= 2_000
    assert all(times for times in result.coverage["calls that succeed"].values())
    assert all(result.coverage["events"].values())


def test_the_same_seed_gives_the_same_run_on_any_number_of_workers(vault_parts: Parts) -> None:
    alone = campaign_of("vault", vault_parts, replace(QUICK, workers=1))
    together = campaign_of("vault", vault_parts, replace(QUICK, workers=2))

    assert alone.statistics == together.statistics
    assert alone.statistics.steps > 0


def test_another_seed_gives_another_run(vault_parts: Parts) -> None:
    one = campaign_of("vault", vault_parts, QUICK)
    other = campaign_of("vault", vault_parts, replace(QUICK, seed=2))

    assert one.statistics != other.statistics


def test_time_ends_a_campaign(vault_parts: Parts) -> None:
    result = campaign_of("vault", vault_parts, replace(QUICK, seconds=0.3))

    assert 0 < result.seconds < 5
    assert result.statistics.steps > 0


def test_progress_is_reported(vault_parts: Parts) -> None:
    seen: list[tuple[int, int]] = []

    campaign_of("vault", vault_parts, QUICK, lambda done, total, note="": seen.append((done, total)))

    assert seen[-1][0] >= 2_000
    assert {total for _, total in seen} == {2_000}
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_an_interrupted_campaign_keeps_what_was_found(vault_parts: Parts) -> None:
    def interrupt(done: int, total: int, note: str = "") -> None:
        raise KeyboardInterrupt

    result = campaign_of("vault", vault_parts, QUICK, interrupt)

    assert result.interrupted
    assert result.statistics.steps > 0
    assert outcomes(result)["total_is_the_sum"] is Outcome.HELD


def test_an_interrupt_reaches_a_campaign_on_several_processes(vault_parts: Parts) -> None:
    def interrupt(done: int, total: int, note: str = "") -> None:
        raise KeyboardInterrupt

    result = campaign_of("vault", vault_parts, replace(QUICK, workers=2), interrupt)

    assert result.interrupted
    assert result.statistics.steps > 0
    for process in multiprocessing.active_children():
        process.join()
        assert process.exitcode == -signal.SIGTERM


def test_a_defect_is_not_lost_when_its_shrinking_is_interrupted(
    broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(shrinker: Shrinker) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Shrinker, "_drop_values", interrupt)

    result = fuzz(broken(("total -= amount;", "")), QUICK)

    assert result.interrupted
    assert outcomes(result)["model"] is Outcome.DIVERGED
    assert result.case is not None
    assert 2 <= len(result.case.calls) <= result.original_length


def test_a_defect_is_told_though_its_replay_file_cannot_be_written(broken: Broken, tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.touch()

    result = fuzz(broken(("total -= amount;", "")), QUICK, folder)

    model = next(one for one in result.verdicts if one.property == "model")
    assert model.outcome is Outcome.DIVERGED
    assert "cannot be written" in model.detail
    assert "replay" not in model.evidence


DEFECTS: dict[str, tuple[tuple[str, str], Aspect, set[str]]] = {
    "the wrong error": (
        ("revert NotKeeper();", "revert Frozen();"),
        Aspect.OUTCOME,
        {"only_the_keeper_freezes"},
    ),
    "a missing guard": (
        ("if (msg.sender != keeper) revert NotKeeper();", ""),
        Aspect.OUTCOME,
        {"only_the_keeper_freezes"},
    ),
    "one second early": (
        ("block.timestamp < opens)", "block.timestamp + 1 < opens)"),
        Aspect.OUTCOME,
        {"withdraw_pays_what_is_there"},
    ),
    "another event": (
        ("emit Deposited(msg.sender, amount);", "emit Deposited(msg.sender, amount + 1);"),
        Aspect.EVENTS,
        set(),
    ),
    "another return value": (("times = ++visits[place]", "times = visits[place]++"), Aspect.RETURNS, set()),
    "a total forgotten": (
        ("total -= amount;", ""),
        Aspect.STORAGE,
        {"total_is_the_sum", "money_is_accounted_for"},
    ),
    "paid to somebody else": (
        ("_coin.give(msg.sender, amount)", "_coin.give(keeper, amount)"),
        Aspect.EVENTS,
        {"withdraw_pays_what_is_there"},
    ),
    "a neighbour overwritten": (
        ("accounts[who].frozen = frozen;", "accounts[who].frozen = frozen; visits[19] = 0; visits[18] += 1;"),
        Aspect.STORAGE,
        set(),
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_found_and_named(defect: str, broken: Broken) -> None:
    change, aspect, properties = DEFECTS[defect]

    result = fuzz(broken(change), replace(QUICK, steps=10_000))

    assert result.case is not None
    assert result.case.findings[0].aspect is aspect
    assert {one.name for one in result.case.findings if one.aspect is None} == properties
    assert outcomes(result)["model"] is Outcome.DIVERGED
    assert all(outcomes(result)[name] is Outcome.REFUTED for name in properties)


def test_a_write_outside_the_layout_is_noticed(broken: Broken) -> None:
    stray = "accounts[who].frozen = frozen; assembly { sstore(0xbeef, 1) }"

    result = fuzz(broken(("accounts[who].frozen = frozen;", stray)), QUICK)

    assert result.case is not None
    assert "0xbeef" in result.case.findings[0].actual


def test_ether_that_leaves_the_contract_is_noticed(broken: Broken, tmp_path: Path) -> None:
    takes = "function deposit(uint64 amount) external {", "function deposit(uint64 amount) external payable {"
    drains = "total -= amount;", "total -= amount; payable(keeper).transfer(address(this).balance);"

    taken = fuzz(broken(takes), QUICK)
    result = fuzz(broken(takes, drains), QUICK, tmp_path)

    assert taken.case is None
    assert result.case is not None
    assert result.case.findings[0].aspect is Aspect.ETHER
    assert "nothing moves" in result.case.findings[0].expected


def test_a_write_that_is_taken_back_by_the_next_call_is_noticed(broken: Broken) -> None:
    flips = "accounts[who].frozen = frozen; assembly { sstore(0xbeef, iszero(sload(0xbeef))) }"

    result = fuzz(broken(("accounts[who].frozen = frozen;", flips)), QUICK)

    assert result.case is not None
    assert len(result.case.calls) == 1


def test_a_defect_of_the_model_is_found(vault: Target) -> None:
    def forgetful(vault: Any, env: Any) -> Any:
        step = toy.withdraw.function(vault, env)
        return replace(step, pool=replace(step.pool, total=vault.total))

    transitions = tuple(
        replace(one, function=forgetful) if one.name == "withdraw" else one
        for one in toy.SPEC.model.transitions
    )
    spec: Spec[Any] = replace(toy.SPEC, model=replace(toy.SPEC.model, transitions=transitions))

    result = fuzz(replace(vault, spec=spec), QUICK)

    assert result.case is not None
    assert "total" in result.case.findings[0].actual
    assert len(result.case.calls) == 2


def test_a_sequence_is_shrunk_to_the_fewest_and_simplest_calls(broken: Broken) -> None:
    result = fuzz(broken(("total -= amount;", "")), QUICK)

    assert result.original_length > 2
    assert names(result) == [("saver_1", "deposit(uint64)"), ("saver_1", "withdraw()")]
    assert result.case is not None
    first, second = result.case.calls
    assert first.arguments == (100,)
    assert second.time - first.time == toy.DELAY


def test_a_defect_from_a_written_state_is_reached_from_deployment_where_that_is_possible(
    broken: Broken,
) -> None:
    result = fuzz(broken(("total -= amount;", "")), replace(QUICK, written=1.0))

    assert result.case is not None
    assert result.case.start.is_deployment


def test_a_property_that_the_model_breaks_too_is_refuted(vault: Target) -> None:
    from harness.lang import Invariant

    claim = Invariant(
        "nobody_saves_much", "Nobody saves 1000.", "", lambda state: state.total < 1_000, (), ()
    )
    spec: Spec[Any] = replace(toy.SPEC, invariants=(*toy.SPEC.invariants, claim))

    result = fuzz(replace(vault, spec=spec), QUICK)

    assert outcomes(result)["nobody_saves_much"] is Outcome.REFUTED
    assert outcomes(result)["model"] is Outcome.HELD
    assert result.case is not None
    assert [call.arguments for call in result.case.calls] == [(1_000,)]


def test_a_function_without_a_model_is_not_decided(broken: Broken) -> None:
    more = "function freeze(", "function poke() external {} function freeze("

    result = fuzz(broken(more), QUICK)

    assert result.unmodelled == ("poke()",)
    assert outcomes(result)["model"] is Outcome.UNKNOWN


def test_fields_that_the_specification_does_not_know_are_free(broken: Broken) -> None:
    extra = [
        ("address public keeper;", "address public keeper; uint256 private _count;"),
        ("bool frozen;", "bool frozen; uint8 colour;"),
        (
            "accounts[who].frozen = frozen;",
            "accounts[who].frozen = frozen; _count++; accounts[who].colour++;",
        ),
    ]

    result = fuzz(broken(*extra), QUICK)

    assert result.case is None
    assert result.unmodelled == ("accounts(address)",)  # it returns the colour, too


def test_a_specification_without_deployment_is_refused(vault: Target) -> None:
    with pytest.raises(CampaignError, match="has no deployment"):
        fuzz(replace(vault, spec=replace(toy.SPEC, deployment=None)), QUICK)


def test_a_refused_question_keeps_no_state_alive(ground: Ground) -> None:
    def ask() -> Revert:
        with pytest.raises(Revert) as caught:
            ground.answers.of(0xDEAD, "getAddress(uint256,bytes32)", (1, 2))
        return caught.value

    first, second = ask(), ask()

    assert first is not second  # what was raised holds on to the frames that it came through
    assert (first.name, first.values, first.by_callee) == (second.name, second.values, second.by_callee)


def test_a_callee_without_a_model_is_named(vault: Target) -> None:
    with pytest.raises(CampaignError, match=r"take\(address,uint256\).*no companion"):
        fuzz(replace(vault, spec=replace(toy.SPEC, companions=())), QUICK)
