"""Two calls of the second pool compared, and what a slash can't do to a matured exit."""

from __future__ import annotations

from harness.lang import Address, Play, Prop, Run, implies, relation, scenario
from specs.common.seat_comparisons import (
    better_slot_weighs_no_less,
    both_succeed,
    exposed,
    loss,
    matured_survives_a_slash,
)
from specs.common.seats import Slot
from specs.v2.state import Pool


@relation("slashProver", kills="slash_wraps")
def more_at_stake_more_to_lose(first: Run[Pool], second: Run[Pool]) -> Prop:
    """Who has more that can be slashed never loses less."""
    ordered = exposed(first) <= exposed(second)
    return implies(both_succeed(first, second) & ordered, loss(first) <= loss(second))


@relation("getWeights", kills="weight_grows_with_the_reward")
def more_stake_for_less_weighs_more(first: Run[Pool], second: Run[Pool], slot: Slot) -> Prop:
    """At one fee and capacity, a slot that stakes more and asks less, but something, never weighs less."""
    one, other = first.before.seat(slot), second.before.seat(slot)
    comparable = (one.current_capacity == other.current_capacity) & (other.reward_per_gas != 0)
    return better_slot_weighs_no_less(first, second, slot, comparable)


@scenario(kills="mature_exit_slashed")
def matured_tokens_survive_the_protocol(pool: Pool, play: Play[Pool], who: Address) -> Prop:
    """Once an exit is mature, no slash keeps its owner from withdrawing all of it."""
    return matured_survives_a_slash(pool, play, who, (who,))
