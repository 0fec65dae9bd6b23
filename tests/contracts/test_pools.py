"""What the pools do where their semantics left a choice: see "Decisions" in contracts/README.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from harness.evm.decoded import EmittedEvent
from harness.evm.deployment import Site
from harness.evm.outcome import Outcome
from tests.contracts.conftest import PROTOCOL, RIVAL, STAKER

HOUR = 60 * 60
WEEK = 7 * 24 * HOUR
OTHERS = 31
ZERO = 0
MAX_REWARD = 2**64 - 1
STAKE, REWARD, CAPACITY = 10_000_000, 5, 128
"""A stake that each generation accepts, in its own unit."""

Deployed = Callable[[str], Site]


@dataclass
class Pool:
    """A pool under test: calls by role, and time that passes when it is told to."""

    site: Site

    def call(self, role: str, function: str, *arguments: Any) -> Outcome:
        outcome = self.site.call(self.site.roles[role], function, *arguments)
        assert outcome.success, outcome.reverted
        return outcome

    def refusal(self, role: str, function: str, *arguments: Any) -> str:
        reverted = self.site.call(self.site.roles[role], function, *arguments).reverted
        assert reverted is not None
        return reverted.name

    def wait(self, seconds: int) -> None:
        chain = self.site.chain
        chain.set_block(chain.number + 1, chain.timestamp + seconds)

    def fill(self, stake: int) -> None:
        """Let others take all slots but one."""
        for place in range(OTHERS):
            who = 0xF111 + place
            funded = self.site.call(self.site.address("pool"), "mint", who, stake * 10**8, to="token")
            staked = self.site.call(who, "stake", stake, REWARD, CAPACITY)
            assert funded.success
            assert staked.success

    def story(self, outcome: Outcome) -> list[str]:
        """The events by name and role; the token's as mint and burn."""
        return [self._line(event) for event in outcome.events]

    def _line(self, event: EmittedEvent) -> str:
        names = self.site.names
        if event.name == "Transfer":
            source, receiver, _ = event.args
            return f"mint {names[receiver]}" if source == ZERO else f"burn {names[source]}"
        return " ".join([event.name, *(names[one] for one in event.args if one in names)])


@pytest.fixture
def pool(request: pytest.FixtureRequest, deployed: Deployed) -> Pool:
    return Pool(deployed(request.param))


first = pytest.mark.parametrize("pool", ["v1"], indirect=True)
third = pytest.mark.parametrize("pool", ["v3"], indirect=True)
later = pytest.mark.parametrize("pool", ["v2", "v3"], indirect=True)


@later
def test_stake_moves_tokens_last_and_in_the_documented_order(pool: Pool) -> None:
    pool.call(STAKER, "stake", STAKE, REWARD, CAPACITY)
    pool.wait(HOUR)
    pool.call(STAKER, "stake", 0, 0, 0)
    pool.fill(2 * STAKE)
    pool.call(RIVAL, "stake", 2 * STAKE, REWARD, CAPACITY)
    pool.wait(HOUR)
    pool.call(RIVAL, "stake", STAKE, REWARD, CAPACITY)
    pool.wait(WEEK + 1)

    outcome = pool.call(STAKER, "stake", 3 * STAKE, REWARD, CAPACITY)

    assert pool.story(outcome) == [
        f"Withdrawn {STAKER}",
        f"Withdrawn {RIVAL}",
        f"Exited {RIVAL}",
        f"Staked {STAKER}",
        f"mint {STAKER}",
        f"mint {RIVAL}",
        f"burn {STAKER}",
    ]


@later
def test_a_stake_that_is_too_small_is_refused_before_the_token_is_asked(pool: Pool) -> None:
    pool.fill(2 * STAKE)
    pool.call(RIVAL, "stake", 2 * STAKE, REWARD, CAPACITY)

    assert pool.refusal(PROTOCOL, "stake", STAKE, REWARD, CAPACITY) == "PROVER_NOT_GOOD_ENOUGH"
    assert pool.refusal(PROTOCOL, "stake", 3 * STAKE, REWARD, CAPACITY) == "ERC20InsufficientBalance"


@third
def test_an_exit_of_nothing_matures_and_asks_the_token_for_nothing(pool: Pool) -> None:
    pool.call(STAKER, "stake", STAKE, REWARD, CAPACITY)
    pool.call(PROTOCOL, "slashProver", 1, pool.site.roles[STAKER], MAX_REWARD)
    pool.call(STAKER, "exit")
    pool.wait(WEEK)
    assert pool.refusal(STAKER, "withdraw") == "NO_MATURE_EXIT"

    pool.wait(1)
    outcome = pool.call(STAKER, "withdraw")

    assert pool.story(outcome) == [f"Withdrawn {STAKER}"]
    assert pool.refusal(STAKER, "withdraw") == "NO_MATURE_EXIT"


@third
def test_slashing_an_exit_leaves_its_time_alone_and_stops_when_it_is_mature(pool: Pool) -> None:
    pool.call(STAKER, "stake", STAKE, REWARD, CAPACITY)
    pool.call(STAKER, "exit")
    asked = pool.site.chain.timestamp
    pool.wait(WEEK)

    pool.call(PROTOCOL, "slashProver", 1, pool.site.roles[STAKER], 1)
    pool.wait(1)
    late = pool.call(PROTOCOL, "slashProver", 2, pool.site.roles[STAKER], MAX_REWARD)

    record = pool.site.view("stakers", pool.site.roles[STAKER])
    assert record == (asked, STAKE - STAKE * 25 // 10_000 // CAPACITY, CAPACITY, 0)
    assert late.events == ()


@later
def test_nobody_is_neither_slashed_nor_released(pool: Pool) -> None:
    more = (1, ZERO, 1) if pool.site.contract().abi.function("slashProver").signature.count(",") else (ZERO,)

    assert pool.call(PROTOCOL, "slashProver", *more).events == ()
    assert pool.call(PROTOCOL, "releaseProver", ZERO).events == ()


@first
def test_nobody_has_no_slot_in_v1_though_empty_slots_point_at_nobody(pool: Pool) -> None:
    assert pool.refusal(PROTOCOL, "slashProver", ZERO) == "POOL_PROVER_NOT_FOUND"

    pool.call(PROTOCOL, "releaseProver", ZERO)

    assert pool.site.view("getAvailableCapacity") == 0


@first
def test_v1_slashes_a_mature_exit_that_was_not_taken_out(pool: Pool) -> None:
    pool.call(STAKER, "stake", 1_000, REWARD, CAPACITY)
    pool.call(STAKER, "stake", 0, 0, 0)
    asked = pool.site.chain.timestamp
    pool.wait(WEEK + 1)

    pool.call(PROTOCOL, "slashProver", pool.site.roles[STAKER])

    assert pool.site.view("exitingProvers", pool.site.roles[STAKER]) == (asked, 950)


@first
def test_a_top_up_in_v1_renews_the_exit_only_if_it_takes_from_it(pool: Pool) -> None:
    pool.call(STAKER, "stake", 1_000, REWARD, CAPACITY)
    pool.call(STAKER, "stake", 600, REWARD, CAPACITY)
    asked = pool.site.chain.timestamp
    pool.wait(HOUR)

    pool.call(STAKER, "stake", 600, REWARD + 1, CAPACITY)
    untouched = pool.site.view("exitingProvers", pool.site.roles[STAKER])
    pool.call(STAKER, "stake", 700, REWARD, CAPACITY)
    renewed = pool.site.view("exitingProvers", pool.site.roles[STAKER])
    last = pool.call(STAKER, "stake", 1_001, REWARD, CAPACITY)

    assert untouched == (asked, 400)
    assert renewed == (asked + HOUR, 300)
    assert pool.site.view("exitingProvers", pool.site.roles[STAKER]) == (0, 0)
    assert pool.story(last) == [f"ChangedParameters {STAKER}", f"burn {STAKER}"]
