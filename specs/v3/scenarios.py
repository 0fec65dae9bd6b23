"""Two calls of the third pool compared, and what a slash can't do to a matured exit."""

from __future__ import annotations

from harness.lang import Address, Int, Play, Prop, Run, implies, relation, scenario
from specs.common.seat_comparisons import (
    better_slot_weighs_no_less,
    both_succeed,
    exposed,
    loss,
    matured_survives_a_slash,
)
from specs.common.seats import Slot
from specs.v3.state import Pool


def _declared(run: Run[Pool]) -> Int:
    return run.before.stakers[run.call.argument("addr")].max_capacity


@relation("slashProver", kills="slash_wraps")
def more_at_stake_more_to_lose(first: Run[Pool], second: Run[Pool]) -> Prop:
    """Who has more that can be slashed never loses less, all else being equal."""
    alike = (first.call.argument("proof_reward") == second.call.argument("proof_reward")) & (
        _declared(first) == _declared(second)
    )
    ordered = exposed(first) <= exposed(second)
    return implies(both_succeed(first, second) & alike & ordered, loss(first) <= loss(second))


@relation("slashProver", kills="proof_reward_wraps")
def dearer_proof_more_to_lose(first: Run[Pool], second: Run[Pool]) -> Prop:
    """A slash over a dearer proof never takes less, all else being equal."""
    alike = (exposed(first) == exposed(second)) & (_declared(first) == _declared(second))
    ordered = first.call.argument("proof_reward") <= second.call.argument("proof_reward")
    return implies(both_succeed(first, second) & alike & ordered, loss(first) <= loss(second))


@relation("getProverWeights", kills="weight_grows_with_the_reward")
def more_stake_for_less_weighs_more(first: Run[Pool], second: Run[Pool], slot: Slot) -> Prop:
    """At one fee, a slot with capacity that stakes more and asks less never weighs less."""
    has_capacity = second.before.seat(slot).current_capacity != 0
    return better_slot_weighs_no_less(first, second, slot, has_capacity)


@scenario(kills="mature_exit_slashed")
def matured_tokens_survive_the_protocol(pool: Pool, play: Play[Pool], who: Address) -> Prop:
    """Once an exit is mature, no slash keeps its owner from withdrawing all of it."""
    reward = play.any_number("reward", 0, 2**64 - 1)
    return matured_survives_a_slash(pool, play, who, (1, who, reward))
