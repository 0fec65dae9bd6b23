"""Each invariant is true of a busy pool, and false of a state that is wrong in one place."""

from __future__ import annotations

import random
from typing import Any

import pytest

from harness.lang import Spec, replace
from specs import v1, v2, v3
from specs.common.seats import Prover, Staker
from specs.v1.state import ExitingProver, TopProver
from tests.specs.bench import Bench
from tests.specs.calls import GENERATIONS, V1, V2, V3, Generation
from tests.specs.walk import ACTORS, broken_invariants, walk

STRANGER = 0x77
SEATED, OTHER = ACTORS[0], ACTORS[1]


def busy(pool: Generation) -> Any:
    """Return a state with owners, empty slots, exits and slashes."""
    steps = list(walk(pool.spec, 3, 300, pool.functions, pool.arguments, pool.jumps))
    return steps[-1][0].pool


@pytest.mark.parametrize("pool", GENERATIONS, ids=lambda pool: pool.spec.name)
def test_every_invariant_is_true_of_a_busy_pool(pool: Generation) -> None:
    assert broken_invariants(pool.spec, busy(pool), random.Random(0)) == []


def put(pool: Any, table: str, key: int, record: Any) -> Any:
    """Return the pool with another record in a table."""
    return replace(pool, **{table: getattr(pool, table).put(key, record)})


def seated(pool: Generation) -> Any:
    """Return a pool where SEATED holds the first slot; nobody else was ever there."""
    bench = Bench(pool.spec)
    bench.give(SEATED)
    amount = 100 if pool is V1 else 10**7
    bench.call("stake", amount, 5, 200, sender=SEATED, at=2 * 10**6)
    return bench.pool


HOLDER = {"v1": "id_to_prover", "v2": "id_to_prover", "v3": "prover_id_to_address"}


def seat_lies(pool: Generation) -> dict[str, Any]:
    """Return a wrong state for each invariant of the second and the third pool."""
    good = seated(pool)
    seat, mine = good.seat(1), good.stakers[SEATED]
    place = 1 - good.SHIFT
    holder = HOLDER[pool.spec.name]
    ghost = Staker(exit_requested_at=5, exit_amount=1, max_capacity=300)
    return {
        "seated_staker_holds_the_seat": put(good, "stakers", OTHER, Staker(0, 0, 200, 1)),
        "seat_names_its_holder": put(good, holder, 2, SEATED),
        "only_slots_have_owners": put(good, holder, 0, SEATED),
        "nobody_has_nothing": put(good, "stakers", 0, Staker(max_capacity=1)),
        "empty_slot_is_empty": put(good, "provers", place + 1, Prover(current_capacity=1)),
        "capacity_is_what_was_declared_at_most": put(
            good, "provers", place, replace(seat, current_capacity=201)
        ),
        "seated_prover_asks_for_something": put(good, "provers", place, replace(seat, reward_per_gas=0)),
        "exiting_tokens_have_a_date": put(good, "stakers", OTHER, Staker(exit_amount=1, max_capacity=300)),
        "who_can_be_slashed_declared_a_capacity": put(
            good, "stakers", OTHER, replace(ghost, max_capacity=31)
        ),
        "holdings_fit_the_type": put(
            good, "stakers", SEATED, replace(mine, exit_amount=2**good.AMOUNT_BITS - 1, exit_requested_at=5)
        ),
        "every_token_is_accounted_for": replace(good, minted=1),
    }


def essential_lies(good: Any) -> dict[str, Any]:
    """Return a wrong state for each invariant that every pool inherits."""
    return {
        "initialised_for_good": replace(good, initialized=0),
        "guard_is_open": replace(good, status=2),
        "registry_is_set": replace(good, address_manager=0),
    }


def lies(pool: Generation) -> dict[str, Any]:
    """Return, by invariant, a state that it must refuse."""
    good = seated(pool)
    common = essential_lies(good)
    if pool is V2:
        empty = put(good, "provers", 1, Prover(reward_per_gas=1))
        return {**common, **seat_lies(pool), "empty_slot_asks_for_nothing": empty}
    if pool is V3:
        return {
            **common,
            **seat_lies(pool),
            "empty_slot_asks_for_one_at_most": put(good, "provers", 2, Prover(reward_per_gas=2)),
            "index_zero_is_unused": put(good, "provers", 0, Prover(1)),
            "indices_beyond_the_slots_are_unused": put(good, "provers", 33, Prover(1)),
        }
    return {
        **common,
        "stranger_has_the_id_zero": put(good, "prover_to_id", STRANGER, 1),
        "slot_names_its_owner": put(good, "id_to_prover", 1, SEATED),
        "only_slots_have_owners": put(good, "id_to_prover", 32, SEATED),
        "nobody_has_nothing": put(good, "exiting_provers", 0, ExitingProver(5, 0)),
        "empty_slot_is_empty": put(good, "top_provers", 1, TopProver(reward_per_gas=1)),
        "owner_asks_for_something": put(good, "top_provers", 0, TopProver(100, 0, 200)),
        "exiting_tokens_have_a_date": put(good, "exiting_provers", OTHER, ExitingProver(0, 1)),
        "holdings_fit_the_type": put(good, "exiting_provers", SEATED, ExitingProver(5, 2**32 - 1)),
        "every_token_is_accounted_for": replace(good, slashed=1),
    }


CASES = [(pool, claim.name) for pool in GENERATIONS for claim in pool.spec.invariants]


@pytest.mark.parametrize(("pool", "name"), CASES, ids=lambda case: getattr(case, "label", case))
def test_invariant_refuses_a_state_that_is_wrong_in_one_place(pool: Generation, name: str) -> None:
    state = lies(pool)[name]
    claim = next(claim for claim in pool.spec.invariants if claim.name == name)
    places = {
        "address": (0, SEATED, OTHER, STRANGER),
        "slot": range(dict(claim.quantified)["slot"].low, 33) if "slot" in dict(claim.quantified) else (),
        "word": (0, 32, 33, 2**256 - 1),
        "unused index": (33, 1023),
    }
    given = [{parameter: value} for parameter, domain in claim.quantified for value in places[domain.name]]
    assert not all(claim(state, **values) for values in given or [{}])


@pytest.mark.parametrize("spec", [v1.SPEC, v2.SPEC, v3.SPEC], ids=lambda spec: spec.name)
def test_properties_have_names_of_their_own_and_full_sentences(spec: Spec[Any]) -> None:
    names = [claim.name for claim in spec.properties]
    assert len(names) == len(set(names))
    assert all(claim.sentence.endswith(".") for claim in (*spec.properties, *spec.limitations))
