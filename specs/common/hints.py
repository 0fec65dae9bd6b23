"""Hints for calls at random: who is meant to call what, and at which second something changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isqrt
from typing import Any

from harness.lang import ConcreteTable, Hints
from specs.common.queue import EXIT_PERIOD

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

    def first_fees(self, pool: Any) -> list[int]:
        """Return the lowest fee at which any prover has a weight: a few numbers decide a draw there."""
        offers = ((one.reward_per_gas, self.merit(one)) for one in _table(pool, self.provers).values())
        fees = [isqrt((reward**2 - 1) // merit) + 1 for reward, merit in offers if reward and merit]
        return [min(fees)] if fees else []

    def dear_rewards(self, pool: Any) -> list[int]:
        """Return the rewards at which the provers of a state would begin to weigh nothing at a fee of 1."""
        return [isqrt(merit) for one in _table(pool, self.provers).values() if (merit := self.merit(one))]


def pool_hints(exits: str, requested_at: str, *delays: int, lottery: Lottery | None = None) -> Hints:
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
    thresholds = (
        {}
        if lottery is None
        else {
            "feePerGas": lottery.first_fees,
            "rewardPerGas": lottery.dear_rewards,
        }
    )
    return Hints(callers, OFTEN, deadlines, thresholds)


def seat_hints(*delays: int, lottery: Lottery | None = None) -> Hints:
    """Return hints for a pool of seats."""
    return pool_hints("stakers", "exit_requested_at", *delays, lottery=lottery)


def _table(pool: Any, name: str) -> ConcreteTable[Any]:
    table = getattr(pool, name)
    assert isinstance(table, ConcreteTable), "hints are for states of plain numbers"
    return table
