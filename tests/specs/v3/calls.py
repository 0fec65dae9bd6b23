"""Arguments for random calls of the third pool, around its thresholds."""

from __future__ import annotations

import random

from specs.common.queue import EXIT_PERIOD
from specs.common.resolver import TOKEN
from specs.common.seats import SEATS
from specs.v3.state import MIN_CHANGE_DELAY
from tests.specs.bench import CHAIN, OWNER, REGISTRY, Bench
from tests.specs.walk import ACTORS

FUNCTIONS = (
    *("stake",) * 8,
    *("assignProver",) * 4,
    *("slashProver",) * 4,
    *("exit", "withdraw") * 2,
    *("releaseProver",) * 3,
    *("getStaker", "getCapacity", "getProvers", "getProverWeights"),
    *("init", "owner", "transferOwnership", "renounceOwnership", "setAddressManager", "addressManager"),
    *("resolve(bytes32,bool)", "resolve(uint256,bytes32,bool)"),
)
JUMPS = (*(0, 1, 12) * 8, MIN_CHANGE_DELAY, MIN_CHANGE_DELAY + 1, EXIT_PERIOD, EXIT_PERIOD + 1)


def arguments(rng: random.Random, bench: Bench, function: str) -> tuple[int, ...]:
    """Return arguments for `function`, near what decides."""
    leavers = [who for who, staker in bench.pool.stakers.records.items() if staker.exit_requested_at]
    who = rng.choice((rng.choice(ACTORS), *leavers[:1]))
    match function:
        case "stake":
            return _offer(rng, bench)
        case "assignProver":
            return rng.randrange(2**64), rng.choice((0, 1, 10, 2**32 - 1))
        case "slashProver":
            return rng.randrange(2**64), who, rng.choice((0, 1, 1000, 10**4, 10**5, 2**64 - 1))
        case "releaseProver" | "getStaker":
            return (who,)
        case "getProverWeights":
            return (rng.choice((0, 1, 10, 100, 2**32 - 1)),)
        case "init" | "setAddressManager":
            return (rng.choice((*(REGISTRY,) * 9, OWNER, 0)),)
        case "transferOwnership":
            return (rng.choice((0, OWNER, who)),)
        case "resolve(bytes32,bool)":
            return rng.choice((TOKEN, 0)), rng.randrange(2)
        case "resolve(uint256,bytes32,bool)":
            return rng.choice((CHAIN, 2)), TOKEN, rng.randrange(2)
        case _:
            return ()


def _offer(rng: random.Random, bench: Bench) -> tuple[int, int, int]:
    """Return an offer: nothing, a bad one, one around the lowest stake, or any."""
    capacity = rng.choice((31, *(32,) * 7, 33, 40))
    lowest = min(bench.pool.provers[slot].staked_amount for slot in SEATS)
    least = max(capacity * 10_000, lowest)
    amount = rng.choice((0, least - 1, least, least + 1, *rng.sample(range(least, least + 10**6), 8)))
    if amount == 0 and rng.random() < 0.9:
        return 0, 0, 0
    return amount, rng.choice((0, 1, 5, *range(5, 20), 2**32 - 1)), capacity
