"""The model obeys every property along random calls, and every rule can fail."""

from __future__ import annotations

import random

import pytest

from specs.v3 import SPEC
from tests.specs.tamper import unfailing_rules
from tests.specs.v3.calls import FUNCTIONS, JUMPS, arguments
from tests.specs.walk import broken_invariants, broken_rules, walk


@pytest.mark.parametrize("seed", range(6))
def test_model_obeys_every_rule_and_invariant(seed: int) -> None:
    rng = random.Random(seed)
    for step, (bench, run) in enumerate(walk(SPEC, seed, 500, FUNCTIONS, arguments, JUMPS)):
        assert broken_rules(SPEC, run, rng, few=True) == [], run.call
        if step % 10 == 0:
            assert broken_invariants(SPEC, bench.pool, rng) == [], run.call


def test_every_rule_can_fail() -> None:
    rng = random.Random(7)
    runs = (run for seed in range(12) for _, run in walk(SPEC, seed, 400, FUNCTIONS, arguments, JUMPS))
    assert unfailing_rules(SPEC, runs, rng) == set()
