"""What the hints say of offers is true of the models: at each threshold the answer changes."""

from __future__ import annotations

from typing import Any

import pytest

from harness.lang import Revert, Spec
from specs import v1, v2, v3
from tests.specs.bench import Bench

NOW = 2_000_000
NEWCOMER, SEATED = 0xA, range(0xB0, 0xB0 + 32)
NAMES = {
    "v1": ("totalAmount", "rewardPerGas", "capacity"),
    "v2": ("amount", "rewardPerGas", "maxCapacity"),
    "v3": ("amount", "rewardPerGas", "maxCapacity"),
}
POOLS = pytest.mark.parametrize("spec", [v1.SPEC, v2.SPEC, v3.SPEC], ids=NAMES)
WITH_LEAST_STAKES = pytest.mark.parametrize("spec", [v2.SPEC, v3.SPEC], ids=["v2", "v3"])


def bench(spec: Spec[Any]) -> Bench:
    made = Bench(spec)
    made.give(NEWCOMER, *SEATED)
    return made


def thresholds(made: Bench, place: int, *offer: int) -> list[int]:
    """Return the thresholds of the argument at a place, beside the others of an offer."""
    names = NAMES[made.spec.name]
    given = dict(zip(names, offer, strict=True))
    return list(made.spec.hints.thresholds[names[place]](made.pool, given))


def answer(made: Bench, *offer: int) -> str:
    """Return the error with which an offer of the newcomer is refused, nothing if it is accepted."""
    before = made.pool, made.token
    try:
        made.call("stake", *offer, sender=NEWCOMER, at=NOW)
    except Revert as refusal:
        return refusal.name
    finally:
        made.pool, made.token = before
    return ""


@WITH_LEAST_STAKES
@pytest.mark.parametrize("capacity", [128, 1_000])
def test_the_stake_that_a_capacity_needs_is_the_least_that_is_accepted(
    spec: Spec[Any], capacity: int
) -> None:
    made = bench(spec)
    [least] = thresholds(made, 0, 1, 1, capacity)

    assert answer(made, least, 1, capacity) == ""
    assert answer(made, least - 1, 1, capacity) == "INVALID_PARAMS"


@WITH_LEAST_STAKES
def test_the_capacity_for_which_a_stake_is_enough_is_the_greatest_that_is_accepted(spec: Spec[Any]) -> None:
    made, stake = bench(spec), 9_999_999
    _, greatest = thresholds(made, 2, stake, 1, 1)

    assert answer(made, stake, 1, greatest) == ""
    assert answer(made, stake, 1, greatest + 1) == "INVALID_PARAMS"


@POOLS
def test_the_least_capacity_is_the_least_that_is_accepted(spec: Spec[Any]) -> None:
    made, stake = bench(spec), 9_999_999
    least = thresholds(made, 2, stake, 1, 1)[0]

    assert answer(made, stake, 1, least) == ""
    assert answer(made, stake, 1, least - 1) in ("INVALID_PARAMS", "POOL_NOT_ENOUGH_RESOURCES")


@POOLS
def test_in_a_full_pool_a_stake_is_told_that_must_be_exceeded(spec: Spec[Any]) -> None:
    made, capacity = bench(spec), 128
    for number, who in enumerate(SEATED):
        assert len(thresholds(made, 0, 1, 1, capacity)) < 2, "a place is free"
        made.call("stake", 2_000_000 - number, 1, capacity, sender=who, at=NOW)

    lowest = thresholds(made, 0, 1, 1, capacity)[-1]

    assert answer(made, lowest, 1, capacity) in (
        "PROVER_NOT_GOOD_ENOUGH",
        "POOL_NOT_MEETING_MIN_REQUIREMENTS",
    )
    assert answer(made, lowest + 1, 1, capacity) == ""
