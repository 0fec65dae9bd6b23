"""The first pool's model, function by function, with the numbers of its description."""

from __future__ import annotations

import pytest

from harness.lang import Revert
from specs.common.token import burn, mint
from specs.v1 import SPEC
from specs.v1.state import (
    ChangedParameters,
    Entered,
    Exited,
    ExitingProver,
    ExitRequested,
    KickeOutByWithAmount,
    Slashed,
    TopProver,
)
from tests.specs.bench import PROTOCOL_ROLE, STRANGER, TOKEN_AT, Bench

STAKER, RIVAL = 0xA, 0xB
CROWD = range(0x100, 0x120)
NOW = 2_000_000
WEEK = 604_800
TKO = 100_000_000


@pytest.fixture
def bench() -> Bench:
    """A pool after `init`; everybody is rich."""
    made = Bench(SPEC)
    made.give(STAKER, RIVAL, *CROWD)
    return made


def stake(bench: Bench, who: int, amount: int, at: int = NOW) -> object:
    return bench.call("stake", amount, 5, 100, sender=who, at=at)


def exiting(bench: Bench, who: int) -> ExitingProver:
    found = bench.pool.exiting_provers[who]
    assert isinstance(found, ExitingProver)
    return found


# --- stake ----------------------------------------------------------------------------------------------


def test_newcomer_takes_slot_zero_and_pays_in_base_units(bench: Bench) -> None:
    outcome = bench.call("stake", 1, 5, 100, sender=STAKER, at=NOW)

    assert bench.pool.top_provers[0] == TopProver(1, 5, 100)
    assert bench.pool.id_to_prover[0] == STAKER
    assert outcome.events == (Entered(STAKER, 1, 5, 100),)
    assert outcome.calls == (burn(TOKEN_AT, STAKER, TKO),)


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ((0, 5, 100), "POOL_NOT_MEETING_MIN_REQUIREMENTS"),
        ((1, 5, 99), "POOL_NOT_ENOUGH_RESOURCES"),
        ((1, 0, 99), "POOL_NOT_ENOUGH_RESOURCES"),
        ((1, 0, 100), "POOL_REWARD_CANNOT_BE_NULL"),
    ],
)
def test_bad_offer_of_a_newcomer_is_refused(bench: Bench, args: tuple[int, ...], error: str) -> None:
    with pytest.raises(Revert, match=error):
        bench.call("stake", *args, sender=STAKER, at=NOW)


def test_newcomer_kicks_the_first_of_the_lowest_out(bench: Bench) -> None:
    for who in CROWD:
        stake(bench, who, 100)

    with pytest.raises(Revert, match="POOL_NOT_MEETING_MIN_REQUIREMENTS"):
        stake(bench, STAKER, 100)
    outcome = bench.call("stake", 101, 5, 100, sender=STAKER, at=NOW)

    assert outcome.events == (KickeOutByWithAmount(0x100, STAKER, 101), Entered(STAKER, 101, 5, 100))
    assert exiting(bench, 0x100) == ExitingProver(NOW, 100)
    assert bench.pool.id_to_prover[0] == STAKER


def test_owner_of_slot_zero_is_no_stranger(bench: Bench) -> None:
    stake(bench, STAKER, 100)

    bench.call("stake", 0, 0, 0, sender=STAKER, at=NOW)

    with pytest.raises(Revert, match="POOL_NOT_MEETING_MIN_REQUIREMENTS"):
        bench.call("stake", 0, 0, 0, sender=RIVAL, at=NOW)


def test_full_exit_lets_all_of_the_stake_exit(bench: Bench) -> None:
    stake(bench, STAKER, 100)

    outcome = bench.call("stake", 0, 9, 9, sender=STAKER, at=NOW + 3)

    assert outcome.events == (ExitRequested(STAKER, NOW + 3, True),)
    assert exiting(bench, STAKER) == ExitingProver(NOW + 3, 100)
    assert bench.pool.top_provers[0] == TopProver()
    assert bench.pool.id_to_prover[0] == 0


def test_partial_exit_lets_the_difference_exit(bench: Bench) -> None:
    stake(bench, STAKER, 100)

    outcome = bench.call("stake", 30, 6, 101, sender=STAKER, at=NOW + 3)

    assert outcome.events == (
        ExitRequested(STAKER, NOW + 3, False),
        ChangedParameters(STAKER, 30, 6, 101),
    )
    assert exiting(bench, STAKER) == ExitingProver(NOW + 3, 70)
    assert bench.pool.top_provers[0] == TopProver(30, 6, 101)


@pytest.mark.parametrize(
    ("total", "burned", "left"),
    [
        (30, 0, ExitingProver(NOW + 3, 70)),
        (31, 0, ExitingProver(NOW + 9, 69)),
        (99, 0, ExitingProver(NOW + 9, 1)),
        (100, 0, ExitingProver()),
        (101, 1, ExitingProver()),
    ],
)
def test_top_up_uses_what_is_exiting_first(
    bench: Bench, total: int, burned: int, left: ExitingProver
) -> None:
    stake(bench, STAKER, 100)
    stake(bench, STAKER, 30, at=NOW + 3)

    outcome = bench.call("stake", total, 5, 100, sender=STAKER, at=NOW + 9)

    assert outcome.calls == ((burn(TOKEN_AT, STAKER, burned * TKO),) if burned else ())
    assert outcome.events == (ChangedParameters(STAKER, total, 5, 100),)
    assert exiting(bench, STAKER) == left


# --- exit -----------------------------------------------------------------------------------------------


def test_exit_opens_one_second_after_the_exit_period(bench: Bench) -> None:
    stake(bench, STAKER, 100)
    bench.call("stake", 0, 0, 0, sender=STAKER, at=NOW)

    with pytest.raises(Revert, match="POOL_CANNOT_YET_EXIT"):
        bench.call("exit", sender=STAKER, at=NOW + WEEK)
    outcome = bench.call("exit", sender=STAKER, at=NOW + WEEK + 1)

    assert outcome.calls == (mint(TOKEN_AT, STAKER, 100 * TKO),)
    assert outcome.events == (Exited(STAKER, NOW + WEEK + 1),)
    assert exiting(bench, STAKER) == ExitingProver()


def test_nobody_exits_without_a_record(bench: Bench) -> None:
    with pytest.raises(Revert, match="POOL_CANNOT_YET_EXIT"):
        bench.call("exit", sender=STRANGER, at=NOW)


# --- the protocol ---------------------------------------------------------------------------------------


def test_weight_ignores_how_much_capacity_is_left(bench: Bench) -> None:
    stake(bench, STAKER, 100)  # weighs 100 * 10^2 / 5 / 5 = 400
    bench.call("stake", 300, 10, 200, sender=RIVAL, at=NOW)  # weighs 300

    for draw, drawn, reward in [(399, STAKER, 5), (400, RIVAL, 10), (699, RIVAL, 10), (700, STAKER, 5)]:
        bench.world.draw = draw
        outcome = bench.call("assignProver", 1, 10, sender=PROTOCOL_ROLE, at=NOW)
        assert outcome.returns == (drawn, reward)


def test_release_stays_at_the_types_end(bench: Bench) -> None:
    bench.call("stake", 1, 5, 65_534, sender=STAKER, at=NOW)

    for capacity in (65_535, 65_535):
        bench.call("releaseProver", STAKER, sender=PROTOCOL_ROLE, at=NOW)
        assert bench.pool.top_provers[0].current_capacity == capacity


def test_slash_takes_five_percent_of_all_and_the_exit_first(bench: Bench) -> None:
    stake(bench, STAKER, 1_000)
    stake(bench, STAKER, 970)

    outcome = bench.call("slashProver", STAKER, sender=PROTOCOL_ROLE, at=NOW)

    assert outcome.events == (Slashed(STAKER, 950),)
    assert exiting(bench, STAKER) == ExitingProver()
    assert bench.pool.top_provers[0].amount == 950


def test_slash_of_a_stranger_is_refused(bench: Bench) -> None:
    with pytest.raises(Revert, match="POOL_PROVER_NOT_FOUND"):
        bench.call("slashProver", STRANGER, sender=PROTOCOL_ROLE, at=NOW)


@pytest.mark.parametrize("function", ["assignProver", "releaseProver", "slashProver"])
def test_protocol_functions_refuse_everybody_else(bench: Bench, function: str) -> None:
    args = (1, 1) if function == "assignProver" else (STAKER,)
    with pytest.raises(Revert, match="POOL_CALLER_NOT_AUTHORIZED"):
        bench.call(function, *args, sender=STAKER, at=NOW)


def test_lowest_amount_to_enter_is_one_more_than_the_lowest_stake(bench: Bench) -> None:
    assert bench.call("lowestStakedAmountToEnter", sender=STRANGER, at=NOW).returns == (1,)
    for who in CROWD:
        stake(bench, who, 100)
    assert bench.call("lowestStakedAmountToEnter", sender=STRANGER, at=NOW).returns == (101,)
    assert bench.call("getAvailableCapacity", sender=STRANGER, at=NOW).returns == (3_200,)
