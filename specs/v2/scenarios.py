"""Two calls of the second pool compared, and what a slash can't do to a matured exit."""

from __future__ import annotations

from harness.lang import Address, Int, Play, Prop, Run, at, implies, relation, scenario
from specs.common.resolver import token_is_named
from specs.common.seat_scenarios import LATEST
from specs.common.seats import Slot, everything, locked, same_staker, slashable
from specs.common.token import minted
from specs.v2.state import Pool


def _loss(run: Run[Pool]) -> Int:
    who = run.call.argument("addr")
    return everything(run.before, who) - everything(run.after, who)


def _slashable(run: Run[Pool]) -> Int:
    return slashable(run.before, run.call.argument("addr"), run.call.timestamp)


@relation("slashProver", kills="slash_wraps")
def more_at_stake_more_to_lose(first: Run[Pool], second: Run[Pool]) -> Prop:
    """Who has more that can be slashed never loses less."""
    both = first.call.succeeds & second.call.succeeds
    return implies(both & (_slashable(first) <= _slashable(second)), _loss(first) <= _loss(second))


@relation("getWeights", kills="weight_grows_with_the_reward")
def more_stake_for_less_weighs_more(first: Run[Pool], second: Run[Pool], slot: Slot) -> Prop:
    """At one fee and capacity, a slot that stakes more and asks less, but something, never weighs less."""
    one, other = first.before.seat(slot), second.before.seat(slot)
    better = (
        (one.staked_amount <= other.staked_amount)
        & (one.reward_per_gas >= other.reward_per_gas)
        & (one.current_capacity == other.current_capacity)
        & (other.reward_per_gas != 0)
    )
    same_fee = first.call.argument("fee_per_gas") == second.call.argument("fee_per_gas")
    weighs = at(first.call.returned(0), slot - 1) <= at(second.call.returned(0), slot - 1)
    return implies(same_fee & better & first.call.succeeds & second.call.succeeds, weighs)


@scenario(kills="mature_exit_slashed")
def matured_tokens_survive_the_protocol(pool: Pool, play: Play[Pool], who: Address) -> Prop:
    """Once an exit is mature, no slash keeps its owner from withdrawing all of it."""
    owed = pool.stakers[who].exit_amount
    play.suppose(pool.stakers[who].exit_requested_at != 0)
    now = play.any_number("now", 1, LATEST)
    play.suppose(now >= play.now)
    play.suppose(locked(pool, who, now) != owed)
    protocol = play.any_number("protocol", 1, 2**160 - 1)

    slashed = play.call("slashProver", who, sender=protocol, at=now)
    paid = play.call("withdraw", sender=who, at=now)

    untouched = same_staker(pool, slashed.after, who)
    working = paid.call.accepted & token_is_named(pool.address_manager, paid.call.env)
    return untouched & implies(working, minted(paid.call, to=who) == owed * pool.UNIT)
