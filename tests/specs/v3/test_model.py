"""The third pool's model, function by function, with the numbers of its description."""

from __future__ import annotations

import pytest

from harness.lang import Revert, replace
from specs.common.seats import Exited, Prover, Staked, Staker, Withdrawn
from specs.common.token import burn, mint
from specs.v3 import SPEC
from specs.v3.state import Slashed
from tests.specs.bench import OWNER, PROTOCOL_ROLE, REGISTRY, STRANGER, TOKEN_AT, Bench

STAKER, RIVAL, LEAVER = 0xA, 0xB, 0xC
NOW = 2_000_000
WEEK = 604_800
HOUR = 3_600


@pytest.fixture
def bench() -> Bench:
    """A pool after `init`; everybody is rich."""
    made = Bench(SPEC)
    made.give(STAKER, RIVAL, LEAVER, *range(0x100, 0x120))
    return made


def seat(bench: Bench, who: int, stake: int, reward: int = 10, capacity: int = 32) -> None:
    bench.call("stake", stake, reward, capacity, sender=who, at=NOW)


def fill(bench: Bench, stake: int) -> None:
    """Fill all 32 slots with equal stakes of others."""
    for who in range(0x100, 0x120):
        seat(bench, who, stake)


def record_of(bench: Bench, who: int) -> Staker:
    found = bench.pool.stakers[who]
    assert isinstance(found, Staker)
    return found


# --- stake ----------------------------------------------------------------------------------------------


def test_newcomer_takes_the_first_slot_and_pays_all_of_it(bench: Bench) -> None:
    outcome = bench.call("stake", 320_000, 10, 32, sender=STAKER, at=NOW)

    assert bench.pool.provers[1] == Prover(320_000, 10, 32)
    assert bench.pool.prover_id_to_address[1] == STAKER
    assert record_of(bench, STAKER) == Staker(0, 0, 32, 1)
    assert outcome.events == (Staked(STAKER, 320_000, 10, 32),)
    assert outcome.calls == (burn(TOKEN_AT, STAKER, 320_000),)


@pytest.mark.parametrize(
    ("amount", "reward", "capacity"),
    [(319_999, 10, 32), (310_000, 10, 31), (320_000, 0, 32), (0, 1, 0), (0, 0, 1)],
)
def test_offer_below_the_minimum_is_refused(bench: Bench, amount: int, reward: int, capacity: int) -> None:
    with pytest.raises(Revert, match="INVALID_PARAMS"):
        bench.call("stake", amount, reward, capacity, sender=STAKER, at=NOW)


def test_full_pool_admits_only_more_than_the_lowest_stake(bench: Bench) -> None:
    fill(bench, 400_000)

    with pytest.raises(Revert, match="PROVER_NOT_GOOD_ENOUGH"):
        bench.call("stake", 400_000, 10, 32, sender=STAKER, at=NOW)
    bench.call("stake", 400_001, 10, 32, sender=STAKER, at=NOW)

    assert bench.pool.prover_id_to_address[1] == STAKER
    assert record_of(bench, 0x100) == Staker(NOW, 400_000, 32, 0)


def test_displaced_staker_is_paid_the_matured_exit_and_keeps_the_rest(bench: Bench) -> None:
    fill(bench, 400_000)
    bench.given(0x100, exit_amount=7, exit_requested_at=NOW)
    later = NOW + WEEK + 1

    outcome = bench.call("stake", 500_000, 10, 32, sender=STAKER, at=later)

    assert outcome.events == (
        Withdrawn(0x100, 7),
        Exited(0x100, 400_000),
        Staked(STAKER, 500_000, 10, 32),
    )
    assert outcome.calls == (mint(TOKEN_AT, 0x100, 7), burn(TOKEN_AT, STAKER, 500_000))
    assert record_of(bench, 0x100) == Staker(later, 400_000, 32, 0)


def test_staking_less_again_uses_the_old_stake_and_lets_the_rest_exit(bench: Bench) -> None:
    seat(bench, STAKER, 900_000)

    outcome = bench.call("stake", 320_000, 10, 32, sender=STAKER, at=NOW + 5)

    assert outcome.calls == ()
    assert outcome.events == (Exited(STAKER, 900_000), Staked(STAKER, 320_000, 10, 32))
    assert record_of(bench, STAKER) == Staker(NOW + 5, 580_000, 32, 1)


def test_staking_more_again_burns_the_difference_only(bench: Bench) -> None:
    seat(bench, STAKER, 900_000)

    outcome = bench.call("stake", 1_000_000, 10, 32, sender=STAKER, at=NOW + 5)

    assert outcome.calls == (burn(TOKEN_AT, STAKER, 100_000),)
    assert record_of(bench, STAKER) == Staker(0, 0, 32, 1)


def test_stake_of_nothing_leaves_a_slot_with_a_reward_of_one(bench: Bench) -> None:
    seat(bench, STAKER, 900_000)

    bench.call("stake", 0, 0, 0, sender=STAKER, at=NOW + 5)

    assert bench.pool.provers[1] == Prover(0, 1, 0)
    assert record_of(bench, STAKER) == Staker(NOW + 5, 900_000, 32, 0)


def test_token_is_not_looked_up_where_nothing_moves(bench: Bench) -> None:
    seat(bench, STAKER, 900_000)
    bench.world.names.clear()

    bench.call("stake", 900_000, 11, 32, sender=STAKER, at=NOW + 5)

    with pytest.raises(Revert, match="RESOLVER_ZERO_ADDR"):
        bench.call("stake", 900_001, 11, 32, sender=STAKER, at=NOW + 6)


# --- exit and withdraw ----------------------------------------------------------------------------------


def test_second_change_waits_for_one_hour(bench: Bench) -> None:
    seat(bench, STAKER, 900_000)
    bench.call("stake", 320_000, 10, 32, sender=STAKER, at=NOW)

    with pytest.raises(Revert, match="CHANGE_TOO_FREQUENT"):
        bench.call("exit", sender=STAKER, at=NOW + HOUR)
    bench.call("exit", sender=STAKER, at=NOW + HOUR + 1)

    assert record_of(bench, STAKER) == Staker(NOW + HOUR + 1, 900_000, 32, 0)


def test_withdraw_opens_one_second_after_the_exit_period(bench: Bench) -> None:
    bench.given(LEAVER, exit_amount=500, exit_requested_at=NOW)

    with pytest.raises(Revert, match="NO_MATURE_EXIT"):
        bench.call("withdraw", sender=LEAVER, at=NOW + WEEK)
    outcome = bench.call("withdraw", sender=LEAVER, at=NOW + WEEK + 1)

    assert outcome.calls == (mint(TOKEN_AT, LEAVER, 500),)
    assert outcome.events == (Withdrawn(LEAVER, 500),)
    assert record_of(bench, LEAVER) == Staker()


def test_exit_of_nothing_matures_like_any_other(bench: Bench) -> None:
    bench.given(LEAVER, exit_requested_at=NOW)

    outcome = bench.call("withdraw", sender=LEAVER, at=NOW + WEEK + 1)

    assert outcome.calls == ()
    assert outcome.events == (Withdrawn(LEAVER, 0),)


def test_exit_without_slot_or_exit_changes_nothing(bench: Bench) -> None:
    before = bench.pool

    outcome = bench.call("exit", sender=STRANGER, at=NOW)

    assert outcome.events == ()
    assert bench.pool == before


def test_slot_slashed_to_nothing_can_be_left(bench: Bench) -> None:
    seat(bench, STAKER, 320_000)
    bench.call("slashProver", 1, STAKER, 10**18, sender=PROTOCOL_ROLE, at=NOW)
    assert bench.pool.prover_id_to_address[1] == STAKER

    bench.call("exit", sender=STAKER, at=NOW + 1)

    assert record_of(bench, STAKER) == Staker(NOW + 1, 0, 32, 0)
    assert bench.pool.prover_id_to_address[1] == 0


# --- weights and assignment -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reward", "fee", "effective"),
    [
        (10, 10, 10),
        (1, 100, 75),
        (1_000, 100, 125),
        (1_000, 101, 126),  # 101 * 1.25 = 126.25
        (1, 101, 75),  # 101 * 0.75 = 75.75
        (2**32 - 1, 2**32 - 1, 2**32 - 1),
        (1, 2**32 - 1, 3_221_225_471),
        (7, 0, 0),
    ],
)
def test_reward_is_moved_to_within_a_quarter_of_the_fee(
    bench: Bench, reward: int, fee: int, effective: int
) -> None:
    seat(bench, STAKER, 10**9, reward=reward)

    weights, rewards = bench.call("getProverWeights", fee, sender=STRANGER, at=NOW).returns

    assert rewards[0] == effective
    assert weights[0] == (max(1, 10**9 // effective // effective) if effective else 0)
    assert (weights[1:], rewards[1:]) == ((0,) * 31, (0,) * 31)


def test_block_goes_to_the_slot_whose_share_holds_the_point(bench: Bench) -> None:
    seat(bench, STAKER, 320_000)  # weighs 320,000 / 10 / 10 = 3,200
    seat(bench, RIVAL, 640_000)  # weighs 6,400

    for draw, drawn in [(0, STAKER), (3_199, STAKER), (3_200, RIVAL), (9_599, RIVAL), (9_600, STAKER)]:
        bench.world.draw = draw
        before = bench.pool
        outcome = bench.call("assignProver", 1, 10, sender=PROTOCOL_ROLE, at=NOW)
        slot = before.stakers[drawn].prover_id
        assert outcome.returns == (drawn, 10)
        assert bench.pool.provers[slot] == replace(before.provers[slot], current_capacity=31)
        bench.pool = before


def test_nobody_is_assigned_in_an_empty_pool(bench: Bench) -> None:
    before = bench.pool

    outcome = bench.call("assignProver", 1, 10, sender=PROTOCOL_ROLE, at=NOW)

    assert outcome.returns == (0, 0)
    assert bench.pool == before


def test_release_gives_back_up_to_what_was_declared(bench: Bench) -> None:
    seat(bench, STAKER, 320_000)
    bench.call("assignProver", 1, 10, sender=PROTOCOL_ROLE, at=NOW)

    for capacity in (32, 32):
        bench.call("releaseProver", STAKER, sender=PROTOCOL_ROLE, at=NOW)
        assert bench.pool.provers[1].current_capacity == capacity


# --- slashing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stake", "proof_reward", "taken"),
    [
        (32_000_000, 0, 2_500),  # 32,000,000 * 0.25 % / 32
        (32_000_000, 625, 2_500),
        (32_000_000, 626, 2_504),
        (32_000_000, 2**64 - 1, 32_000_000),
        (320_000, 0, 25),
    ],
)
def test_slash_takes_a_share_or_four_proof_rewards(
    bench: Bench, stake: int, proof_reward: int, taken: int
) -> None:
    seat(bench, STAKER, stake)

    outcome = bench.call("slashProver", 9, STAKER, proof_reward, sender=PROTOCOL_ROLE, at=NOW)

    assert bench.pool.provers[1].staked_amount == stake - taken
    assert outcome.events == (Slashed(9, STAKER, taken),)
    assert bench.pool.slashed == taken


def test_slash_takes_a_waiting_exit_first_and_no_mature_one(bench: Bench) -> None:
    seat(bench, STAKER, 320_000)
    bench.given(STAKER, exit_amount=1_000, exit_requested_at=NOW)

    bench.call("slashProver", 9, STAKER, 300, sender=PROTOCOL_ROLE, at=NOW + WEEK)
    assert record_of(bench, STAKER).exit_amount == 0
    assert bench.pool.provers[1].staked_amount == 319_800

    bench.given(STAKER, exit_amount=1_000)
    bench.call("slashProver", 9, STAKER, 300, sender=PROTOCOL_ROLE, at=NOW + WEEK + 1)
    assert record_of(bench, STAKER).exit_amount == 1_000
    assert bench.pool.provers[1].staked_amount == 318_600


def test_slash_of_somebody_without_anything_is_silent(bench: Bench) -> None:
    outcome = bench.call("slashProver", 9, STRANGER, 300, sender=PROTOCOL_ROLE, at=NOW)
    assert outcome.events == ()


# --- access ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "args"),
    [("assignProver", (1, 1)), ("releaseProver", (STAKER,)), ("slashProver", (1, STAKER, 1))],
)
def test_protocol_functions_refuse_everybody_else(bench: Bench, function: str, args: tuple[int, ...]) -> None:
    for caller in (STAKER, OWNER, STRANGER):
        with pytest.raises(Revert, match="UNAUTHORIZED"):
            bench.call(function, *args, sender=caller, at=NOW)


def test_pool_is_initialised_once(bench: Bench) -> None:
    with pytest.raises(Revert, match="InvalidInitialization"):
        bench.call("init", REGISTRY, sender=STRANGER, at=NOW)


def test_reentering_is_refused_by_the_guard(bench: Bench) -> None:
    bench.pool = replace(bench.pool, status=2)

    for function, args in [("stake", (0, 0, 0)), ("exit", ()), ("withdraw", ())]:
        with pytest.raises(Revert, match="ReentrancyGuardReentrantCall"):
            bench.call(function, *args, sender=STAKER, at=NOW)


def test_conservation_counts_every_base_unit(bench: Bench) -> None:
    seat(bench, STAKER, 900_000)
    bench.call("slashProver", 1, STAKER, 100, sender=PROTOCOL_ROLE, at=NOW)
    bench.call("exit", sender=STAKER, at=NOW + 1)
    bench.call("withdraw", sender=STAKER, at=NOW + 2 + WEEK)

    assert (bench.pool.burned, bench.pool.minted, bench.pool.slashed) == (900_000, 899_600, 400)
