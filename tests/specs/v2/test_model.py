"""The second pool's model where it differs from the third's, with the numbers of its description."""

from __future__ import annotations

import pytest

from harness.lang import Revert
from specs.common.seats import Exited, Prover, Staked, Staker, Withdrawn
from specs.common.token import burn, mint
from specs.v2 import SPEC
from specs.v2.state import Slashed
from tests.specs.bench import PROTOCOL_ROLE, STRANGER, TOKEN_AT, Bench

STAKER, RIVAL = 0xA, 0xB
NOW = 2_000_000
WEEK = 604_800
TKO = 100_000_000


@pytest.fixture
def bench() -> Bench:
    """A pool after `init`; everybody is rich."""
    made = Bench(SPEC)
    made.give(STAKER, RIVAL)
    return made


def test_seat_one_is_the_first_record_and_tokens_are_burned_in_base_units(bench: Bench) -> None:
    outcome = bench.call("stake", 1_280_000, 10, 128, sender=STAKER, at=NOW)

    assert bench.pool.provers[0] == Prover(1_280_000, 10, 128)
    assert bench.pool.id_to_prover[1] == STAKER
    assert bench.pool.stakers[STAKER] == Staker(0, 0, 128, 1)
    assert outcome.calls == (burn(TOKEN_AT, STAKER, 1_280_000 * TKO),)
    assert outcome.events == (Staked(STAKER, 1_280_000, 10, 128),)


@pytest.mark.parametrize(
    ("amount", "reward", "capacity"), [(1_279_999, 1, 128), (1_280_000, 1, 127), (1_280_000, 0, 128)]
)
def test_offer_below_the_minimum_is_refused(bench: Bench, amount: int, reward: int, capacity: int) -> None:
    with pytest.raises(Revert, match="INVALID_PARAMS"):
        bench.call("stake", amount, reward, capacity, sender=STAKER, at=NOW)


def test_stake_of_nothing_leaves_at_once_whatever_else_is_said(bench: Bench) -> None:
    bench.call("stake", 1_280_000, 10, 128, sender=STAKER, at=NOW)

    outcome = bench.call("stake", 0, 5, 5, sender=STAKER, at=NOW)

    assert outcome.events == (Exited(STAKER, 1_280_000),)
    assert bench.pool.provers[0] == Prover()
    assert bench.pool.stakers[STAKER] == Staker(NOW, 1_280_000, 128, 0)


def test_staking_pays_the_matured_exit_out_before_it_burns(bench: Bench) -> None:
    bench.given(STAKER, exit_amount=5, exit_requested_at=NOW)

    outcome = bench.call("stake", 1_280_000, 10, 128, sender=STAKER, at=NOW + WEEK + 1)

    assert outcome.calls == (mint(TOKEN_AT, STAKER, 5 * TKO), burn(TOKEN_AT, STAKER, 1_280_000 * TKO))
    assert outcome.events == (Withdrawn(STAKER, 5), Staked(STAKER, 1_280_000, 10, 128))


@pytest.mark.parametrize(
    ("fee", "weight"),
    [
        (10, 163_840_000),  # 1,280,000 * 128 * 100 / 10 / 10
        (3, 14_745_600),  # 1,474,560,000 / 100
        (2**32 - 1, 30_223_145_476_291_980_533_760_000),
    ],
)
def test_weight_counts_stake_capacity_fee_and_reward(bench: Bench, fee: int, weight: int) -> None:
    bench.call("stake", 1_280_000, 10, 128, sender=STAKER, at=NOW)

    weights, total = bench.call("getWeights", fee, sender=STRANGER, at=NOW).returns

    assert (weights[0], total) == (weight, weight)


def test_assigned_prover_gets_the_reward_it_asks(bench: Bench) -> None:
    bench.call("stake", 1_280_000, 10, 128, sender=STAKER, at=NOW)

    outcome = bench.call("assignProver", 1, 1_000, sender=PROTOCOL_ROLE, at=NOW)

    assert outcome.returns == (STAKER, 10)
    assert bench.pool.provers[0].current_capacity == 127


@pytest.mark.parametrize(("at_stake", "taken"), [(1, 1), (19, 1), (20, 1), (39, 1), (40, 2), (1_000, 50)])
def test_slash_takes_five_percent_but_at_least_one(bench: Bench, at_stake: int, taken: int) -> None:
    bench.given(STAKER, exit_amount=at_stake, exit_requested_at=NOW)

    outcome = bench.call("slashProver", STAKER, sender=PROTOCOL_ROLE, at=NOW + WEEK)

    assert outcome.events == (Slashed(STAKER, taken),)
    assert bench.pool.stakers[STAKER].exit_amount == at_stake - taken


def test_conservation_counts_in_base_units(bench: Bench) -> None:
    bench.call("stake", 1_280_000, 10, 128, sender=STAKER, at=NOW)
    bench.call("slashProver", STAKER, sender=PROTOCOL_ROLE, at=NOW)

    assert (bench.pool.burned, bench.pool.slashed) == (1_280_000 * TKO, 64_000)
