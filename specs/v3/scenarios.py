"""Two calls of the third pool compared, and what a slash can't do to a matured exit."""

from __future__ import annotations

from harness.lang import Address, Int, Play, Prop, Run, at, implies, relation, scenario
from specs.common.resolver import token_is_named
from specs.common.seat_scenarios import LATEST
from specs.common.seats import Slot, everything, locked, same_staker, slashable
from specs.common.token import minted
from specs.v3.state import Pool

# --- two calls of one function --------------------------------------------------------------------------


def _loss(run: Run[Pool]) -> Int:
    who = run.call.argument("addr")
    return everything(run.before, who) - everything(run.after, who)


def _slashable(run: Run[Pool]) -> Int:
    return slashable(run.before, run.call.argument("addr"), run.call.timestamp)


def _declared(run: Run[Pool]) -> Int:
    return run.before.stakers[run.call.argument("addr")].max_capacity


def _both_slash(first: Run[Pool], second: Run[Pool]) -> Prop:
    return first.call.succeeds & second.call.succeeds


@relation("slashProver", kills="slash_wraps")
def more_at_stake_more_to_lose(first: Run[Pool], second: Run[Pool]) -> Prop:
    """Who has more that can be slashed never loses less, all else being equal."""
    alike = (first.call.argument("proof_reward") == second.call.argument("proof_reward")) & (
        _declared(first) == _declared(second)
    )
    ordered = _slashable(first) <= _slashable(second)
    return implies(_both_slash(first, second) & alike & ordered, _loss(first) <= _loss(second))


@relation("slashProver", kills="proof_reward_wraps")
def dearer_proof_more_to_lose(first: Run[Pool], second: Run[Pool]) -> Prop:
    """A slash over a dearer proof never takes less, all else being equal."""
    alike = (_slashable(first) == _slashable(second)) & (_declared(first) == _declared(second))
    ordered = first.call.argument("proof_reward") <= second.call.argument("proof_reward")
    return implies(_both_slash(first, second) & alike & ordered, _loss(first) <= _loss(second))


@relation("getProverWeights", kills="weight_grows_with_the_reward")
def more_stake_for_less_weighs_more(first: Run[Pool], second: Run[Pool], slot: Slot) -> Prop:
    """At one fee, a slot with capacity that stakes more and asks less never weighs less."""
    one, other = first.before.seat(slot), second.before.seat(slot)
    better = (
        (one.staked_amount <= other.staked_amount)
        & (one.reward_per_gas >= other.reward_per_gas)
        & (other.current_capacity != 0)
    )
    same_fee = first.call.argument("fee_per_gas") == second.call.argument("fee_per_gas")
    weighs = at(first.call.returned(0), slot - 1) <= at(second.call.returned(0), slot - 1)
    return implies(same_fee & better & first.call.succeeds & second.call.succeeds, weighs)


# --- several calls --------------------------------------------------------------------------------------


@scenario(kills="mature_exit_slashed")
def matured_tokens_survive_the_protocol(pool: Pool, play: Play[Pool], who: Address) -> Prop:
    """Once an exit is mature, no slash keeps its owner from withdrawing all of it."""
    owed = pool.stakers[who].exit_amount
    play.suppose(pool.stakers[who].exit_requested_at != 0)
    now = play.any_number("now", 1, LATEST)
    play.suppose(now >= play.now)
    play.suppose(locked(pool, who, now) != owed)
    protocol = play.any_number("protocol", 1, 2**160 - 1)

    slashed = play.call(
        "slashProver", 1, who, play.any_number("reward", 0, 2**64 - 1), sender=protocol, at=now
    )
    paid = play.call("withdraw", sender=who, at=now)

    untouched = same_staker(pool, slashed.after, who)
    working = paid.call.accepted & token_is_named(pool.address_manager, paid.call.env)
    return untouched & implies(working, minted(paid.call, to=who) == owed)
