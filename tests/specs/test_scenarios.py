"""Relations and scenarios hold from busy states of the models, are about something, and can fail."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest

from harness.lang import Domain, Property, Revert, Run
from specs.v1.limitations import capacity_is_what_was_declared_at_most, mature_exit_is_out_of_reach
from tests.specs.bench import PROTOCOL_ROLE, Bench, BenchPlay, Unsupposed
from tests.specs.calls import GENERATIONS, V1, Generation
from tests.specs.tamper import lies_about
from tests.specs.walk import ACTORS, PRELUDE, holds, members, walk

DAY = 24 * 60 * 60


@dataclass
class LyingPlay(BenchPlay):
    """A play that lies about one of the calls, in one of many ways."""

    rng: random.Random = field(default_factory=random.Random)
    liar: int = -1
    calls: int = 0

    def call(self, function: str, *args: Any, sender: Any, at: Any) -> Run[Any]:
        run = super().call(function, *args, sender=sender, at=at)
        self.calls += 1
        if self.calls - 1 != self.liar:
            return run
        return self.rng.choice(list(lies_about(run, self.rng)))


def states(pool: Generation, seeds: range) -> Iterator[tuple[Bench, int]]:
    """Yield busy benches, each with the time of its last call."""
    for seed in seeds:
        for step, (bench, run) in enumerate(
            walk(pool.spec, seed, PRELUDE + 120, pool.functions, pool.arguments, pool.jumps)
        ):
            if step >= PRELUDE and step % 4 == 0:
                yield bench, run.call.env.timestamp  # type: ignore[misc]  # plain ints


def numbers(rng: random.Random, now: int) -> Any:
    """Return how a test chooses a scenario's numbers: people, times soon after `now`, small amounts."""

    def choose(name: str, low: int, high: int) -> int:
        near = {
            "protocol": PROTOCOL_ROLE,
            "leaving": now + rng.choice((0, 3601, 8 * DAY)),
            "now": now + rng.choice((0, 3601, 8 * DAY)),
            "amount": rng.randrange(10**7, 10**8),
            "reward": rng.randrange(1, 20),
            "capacity": rng.choice((200, 250)),
            "declared": 200,
            "less": rng.randrange(1, 100),
        }
        return min(max(near.get(name, rng.randint(low, high)), low), high)

    return choose


def given(claim: Property, rng: random.Random) -> dict[str, int]:
    def choose(domain: Domain) -> int:
        return rng.choice(ACTORS if domain.name == "address" else list(members(domain, rng)))

    return {name: choose(domain) for name, domain in claim.quantified}


def played(claim: Property, bench: Bench, now: int, rng: random.Random, liar: int = -1) -> bool | None:
    """Return what a scenario says from a copy of a bench; None where it says nothing of this case."""
    play = LyingPlay(copy.copy(bench), numbers(rng, now), now, rng, liar)
    try:
        return bool(claim(bench.pool, play, **given(claim, rng)))
    except (Unsupposed, Revert):
        return None


SCENARIOS = [(pool, claim) for pool in GENERATIONS for claim in pool.spec.scenarios]
RELATIONS = [(pool, claim) for pool in GENERATIONS for claim in pool.spec.relations]


def label(value: Any) -> str:
    return str(getattr(value, "label", getattr(value, "name", value)))


@pytest.mark.parametrize(("pool", "claim"), SCENARIOS, ids=label)
def test_scenario_holds_from_busy_states_and_notices_lies(pool: Generation, claim: Property) -> None:
    rng = random.Random(1)
    about, noticed = 0, 0
    for bench, now in states(pool, range(3)):
        answer = played(claim, bench, now, rng)
        about += answer is not None
        assert answer is not False
        if noticed == 0:
            noticed += any(played(claim, bench, now, rng, liar) is False for liar in (0, 1) * 25)
    assert about > 5
    assert noticed > 0


def pairs(pool: Generation, function: str) -> Iterator[tuple[Run[Any], Run[Any]]]:
    """Yield pairs of runs of one function."""
    runs = [
        run
        for _, run in walk(pool.spec, 5, 700, (function, "stake"), pool.arguments, pool.jumps)
        if run.call.is_call_of(function)
    ]
    yield from pairwise(runs)


@pytest.mark.parametrize(("pool", "claim"), RELATIONS, ids=label)
def test_relation_holds_of_random_pairs_and_notices_lies(pool: Generation, claim: Any) -> None:
    rng = random.Random(2)
    noticed = 0
    for first, second in pairs(pool, claim.functions[0]):
        values = given(claim, rng)
        assert claim(first, second, **values)
        assert claim(second, first, **values)
        noticed += not all(claim(first, lie, **values) for lie in lies_about(first, rng))
    assert noticed > 0


def test_first_pool_cannot_bound_capacity_by_what_was_declared() -> None:
    rng = random.Random(3)
    answers = {
        played(capacity_is_what_was_declared_at_most, bench, now, rng) for bench, now in states(V1, range(2))
    }
    assert False in answers


def test_first_pool_slashes_mature_exits() -> None:
    runs = (run for _, run in walk(V1.spec, 4, 600, ("slashProver", "stake"), V1.arguments, V1.jumps))
    slashes = [run for run in runs if run.call.is_call_of("slashProver")]
    assert not all(
        holds(
            mature_exit_is_out_of_reach, run.before, run.call, run.after, prover=run.call.argument("prover")
        )  # type: ignore[arg-type]  # plain ints
        for run in slashes
    )
