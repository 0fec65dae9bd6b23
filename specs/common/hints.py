"""Hints for calls at random: who is meant to call what, and at which second something changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Any

from harness.lang import ConcreteTable, Hints, Thresholds
from specs.common.queue import EXIT_PERIOD
from specs.common.seats import MAX_NUM_PROVERS, MIN_STAKE_PER_CAPACITY, SeatPool

PROTOCOL_CALLS = ("assignProver", "releaseProver", "slashProver")
OWNER_CALLS = ("transferOwnership", "renounceOwnership", "setAddressManager")
STAKER_CALLS = ("stake", "exit", "withdraw")
OFTEN = {
    "stake": 4.0,
    "exit": 1.5,
    "withdraw": 1.5,
    "slashProver": 2.0,
    "init": 0.2,
    **dict.fromkeys(OWNER_CALLS, 0.06),  # most things are refused once the pool has a registry that is none
}


@dataclass(frozen=True, slots=True)
class Lottery:
    """Where a pool's provers are, and what makes one weigh ``fee**2 * merit // reward**2`` in a draw."""

    provers: str
    merit: Callable[[Any], int]

    def thresholds(self) -> dict[str, Thresholds]:
        """Return at which fees and rewards the weights begin to differ from nothing."""
        return {
            "feePerGas": lambda pool, given: self.first_fees(pool),
            "rewardPerGas": lambda pool, given: self.dear_rewards(pool),
        }

    def first_fees(self, pool: Any) -> list[int]:
        """Return the lowest fee at which any prover has a weight: a few numbers decide a draw there."""
        offers = ((one.reward_per_gas, self.merit(one)) for one in _table(pool, self.provers).values())
        fees = [isqrt((reward**2 - 1) // merit) + 1 for reward, merit in offers if reward and merit]
        return [min(fees)] if fees else []

    def dear_rewards(self, pool: Any) -> list[int]:
        """Return the rewards at which the provers of a state would begin to weigh nothing at a fee of 1."""
        return [isqrt(merit) for one in _table(pool, self.provers).values() if (merit := self.merit(one))]


@dataclass(frozen=True, slots=True)
class Entry:
    """What an offer, the arguments `amount` and `capacity`, must come to.

    The capacity is `least` at least, the stake `for_each` of its blocks; and that must exceed the lowest
    `stake_of` a record in the table `provers`, if all `places` are taken.
    """

    amount: str
    capacity: str
    provers: str
    places: int
    stake_of: Callable[[Any], int]
    least: int
    for_each: int = 0

    def thresholds(self) -> dict[str, Thresholds]:
        """Return the stakes and the capacities at which an offer begins to be accepted."""
        return {self.amount: self.stakes, self.capacity: self.capacities}

    def capacities(self, pool: Any, given: Mapping[str, Any]) -> Iterator[int]:
        """Yield the least capacity, and the greatest for which the offered stake is enough."""
        yield self.least
        if self.for_each:
            yield given[self.amount] // self.for_each

    def stakes(self, pool: Any, given: Mapping[str, Any]) -> Iterator[int]:
        """Yield the stake that the offered capacity needs, and the one to exceed if no place is free."""
        if self.for_each:
            yield self.for_each * given[self.capacity]
        taken = [stake for one in _table(pool, self.provers).values() if (stake := self.stake_of(one))]
        if len(taken) >= self.places:
            yield min(taken)


def pool_hints(
    exits: str, requested_at: str, *delays: int, entry: Entry, lottery: Lottery | None = None
) -> Hints:
    """Return hints for a pool whose table `exits` holds the time of a request in the field `requested_at`.

    Something becomes possible the exit period, and each of `delays`, after a request.
    """

    periods = EXIT_PERIOD, *delays

    def deadlines(pool: Any) -> Iterator[int]:
        for exit_record in _table(pool, exits).values():
            asked = getattr(exit_record, requested_at)
            if asked != 0:
                for period in periods:
                    yield asked + period

    callers = {
        **dict.fromkeys(STAKER_CALLS, ("staker",)),
        **dict.fromkeys(PROTOCOL_CALLS, ("protocol",)),
        **dict.fromkeys(OWNER_CALLS, ("owner",)),
    }
    thresholds = entry.thresholds() | (lottery.thresholds() if lottery is not None else {})
    return Hints(callers, OFTEN, deadlines, thresholds)


def seat_hints(pool: type[SeatPool], lottery: Lottery | None = None) -> Hints:
    """Return hints for a pool of seats."""
    entry = Entry(
        amount="amount",
        capacity="maxCapacity",
        provers="provers",
        places=MAX_NUM_PROVERS,
        stake_of=lambda prover: prover.staked_amount,
        least=pool.LEAST_CAPACITY,
        for_each=MIN_STAKE_PER_CAPACITY,
    )
    delays = (pool.CHANGE_DELAY,) if pool.CHANGE_DELAY else ()
    return pool_hints("stakers", "exit_requested_at", *delays, entry=entry, lottery=lottery)


def _table(pool: Any, name: str) -> ConcreteTable[Any]:
    table = getattr(pool, name)
    assert isinstance(table, ConcreteTable), "hints are for states of plain numbers"
    return table
