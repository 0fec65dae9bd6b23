"""Each model obeys every property along random calls, and every rule can fail."""

from __future__ import annotations

import random

import pytest

from tests.specs.calls import GENERATIONS, Generation
from tests.specs.tamper import unfailing_rules
from tests.specs.walk import broken_invariants, broken_rules, walk

GETTERS_RULES = {"constants_are_told", "records_are_told"}
"""No model has transitions for getters, so nobody lies about them here: known bugs do."""

every_generation = pytest.mark.parametrize("pool", GENERATIONS, ids=lambda pool: pool.spec.name)


@every_generation
@pytest.mark.parametrize("seed", range(5))
def test_model_obeys_every_rule_and_invariant(pool: Generation, seed: int) -> None:
    rng = random.Random(seed)
    spec = pool.spec
    for step, (bench, run) in enumerate(walk(spec, seed, 400, pool.functions, pool.arguments, pool.jumps)):
        assert broken_rules(spec, run, rng, few=True) == [], run.call
        if step % 10 == 0:
            assert broken_invariants(spec, bench.pool, rng) == [], run.call


@every_generation
def test_every_rule_can_fail(pool: Generation) -> None:
    rng = random.Random(7)
    runs = (
        run
        for seed in range(12)
        for _, run in walk(pool.spec, seed, 400, pool.functions, pool.arguments, pool.jumps)
    )
    assert unfailing_rules(pool.spec, runs, rng) == GETTERS_RULES
