"""Arguments for random calls of the pools, around their thresholds."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from harness.lang import Spec
from specs import v1, v2, v3
from specs.common.deployment import CHAIN_ID
from specs.common.queue import EXIT_PERIOD
from specs.common.resolver import TOKEN
from specs.common.seats import SEATS, SeatPool
from specs.v1.state import SLOTS
from specs.v3.state import MIN_CHANGE_DELAY
from tests.specs.bench import OWNER, REGISTRY, Bench
from tests.specs.walk import ACTORS, Arguments

OFTEN = (
    *("stake",) * 8,
    *("assignProver",) * 4,
    *("slashProver",) * 4,
    *("releaseProver",) * 3,
    *("init", "owner", "transferOwnership", "renounceOwnership", "setAddressManager", "addressManager"),
    *("resolve(bytes32,bool)", "resolve(uint256,bytes32,bool)"),
)
CALM = (0, 1, 12) * 8
JUMPS = (*CALM, EXIT_PERIOD, EXIT_PERIOD + 1)
FEES = (0, 1, 10, 100, 2**32 - 1)


def inherited(rng: random.Random, function: str, who: int) -> tuple[int, ...]:
    """Return arguments for a function that every pool inherits, or for one without any."""
    match function:
        case "init" | "setAddressManager":
            return (rng.choice((*(REGISTRY,) * 9, OWNER, 0)),)
        case "transferOwnership":
            return (rng.choice((0, OWNER, who)),)
        case "resolve(bytes32,bool)":
            return rng.choice((TOKEN, 0)), rng.randrange(2)
        case "resolve(uint256,bytes32,bool)":
            return rng.choice((CHAIN_ID, 2)), TOKEN, rng.randrange(2)
        case _:
            return ()


def seats(rng: random.Random, bench: Bench, function: str) -> tuple[int, ...]:
    """Return arguments for a function of the second or the third pool."""
    leavers = [who for who, staker in bench.pool.stakers.records.items() if staker.exit_requested_at]
    who = rng.choice((rng.choice(ACTORS), *leavers[:1]))
    match function:
        case "stake":
            return _offer(rng, bench.pool)
        case "assignProver":
            return rng.randrange(2**64), rng.choice(FEES)
        case "slashProver" if bench.spec.name == "v3":
            return rng.randrange(2**64), who, rng.choice((0, 1, 1000, 10**4, 10**5, 2**64 - 1))
        case "slashProver" | "releaseProver" | "getStaker":
            return (who,)
        case "getProverWeights" | "getWeights":
            return (rng.choice(FEES),)
        case _:
            return inherited(rng, function, who)


def _offer(rng: random.Random, pool: SeatPool) -> tuple[int, int, int]:
    """Return an offer: nothing, a bad one, one around the lowest stake, or any."""
    capacity = pool.LEAST_CAPACITY + rng.choice((-1, *(0,) * 7, 1, 8))
    lowest: Any = min(pool.seat(seat).staked_amount for seat in SEATS)
    least = max(capacity * 10_000, lowest)
    amount = rng.choice((0, least - 1, least, least + 1, *rng.sample(range(least, least + 10**6), 8)))
    if amount == 0 and rng.random() < 0.9:
        return 0, 0, 0
    return amount, rng.choice((0, 1, 5, *range(5, 20), 2**16 - 1)), capacity


def slots(rng: random.Random, bench: Bench, function: str) -> tuple[int, ...]:
    """Return arguments for a function of the first pool."""
    pool = bench.pool
    who = rng.choice((rng.choice(ACTORS), *list(pool.exiting_provers.records)[:1]))
    match function:
        case "stake":
            lowest = min(pool.top_provers[slot].amount for slot in SLOTS)
            near = (0, lowest, lowest + 1, 1000, *rng.sample(range(1, 10**6), 8), 2**32 - 1)
            return rng.choice(near), rng.choice((0, *range(1, 12))), rng.choice((99, *(100,) * 8, 2**16 - 1))
        case "assignProver":
            return rng.randrange(2**64), rng.choice(FEES)
        case "slashProver" | "releaseProver":
            return (who,)
        case _:
            return inherited(rng, function, who)


@dataclass(frozen=True)
class Generation:
    """A pool, and how to call it at random."""

    spec: Spec[Any]
    functions: tuple[str, ...]
    arguments: Arguments
    jumps: tuple[int, ...]

    @property
    def label(self) -> str:
        """What a test's id says of it."""
        return self.spec.name


V1 = Generation(
    v1.SPEC, (*OFTEN, *("exit",) * 3, "getAvailableCapacity", "lowestStakedAmountToEnter"), slots, JUMPS
)
V2 = Generation(
    v2.SPEC, (*OFTEN, "withdraw", "withdraw", "getStaker", "getCapacity", "getWeights"), seats, JUMPS
)
V3 = Generation(
    v3.SPEC,
    (*OFTEN, *("exit", "withdraw") * 2, "getStaker", "getCapacity", "getProvers", "getProverWeights"),
    seats,
    (*JUMPS, MIN_CHANGE_DELAY, MIN_CHANGE_DELAY + 1),
)
GENERATIONS = (V1, V2, V3)
