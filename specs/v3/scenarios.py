"""Two calls compared, and several calls in sequence: what they mean to a staker of the third pool."""

from __future__ import annotations

from harness.lang import (
    Address,
    Int,
    Play,
    Prop,
    Run,
    at,
    implies,
    relation,
    scenario,
    unchanged,
)
from specs.assumptions import END_OF_TIME
from specs.common.queue import EXIT_PERIOD
from specs.common.resolver import token_is_named
from specs.common.seats import Slot, everything, is_seated, locked, same_staker, slashable
from specs.common.token import burned, minted
from specs.v3.state import MIN_CHANGE_DELAY, Pool

LATEST = END_OF_TIME // 2


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


@relation("slashProver", kills="slash_takes_the_smaller")
def more_at_stake_more_to_lose(first: Run[Pool], second: Run[Pool]) -> Prop:
    """Who has more that can be slashed never loses less, all else being equal."""
    alike = (first.call.argument("proof_reward") == second.call.argument("proof_reward")) & (
        _declared(first) == _declared(second)
    )
    ordered = _slashable(first) <= _slashable(second)
    return implies(_both_slash(first, second) & alike & ordered, _loss(first) <= _loss(second))


@relation("slashProver", kills="slash_wraps")
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


def _leaving_time(pool: Pool, play: Play[Pool], who: Address) -> Int:
    """Return any time at which `who` may leave a seat."""
    leaving = play.any_number("leaving", 1, LATEST)
    play.suppose(leaving >= play.now)
    play.suppose(leaving > pool.stakers[who].exit_requested_at + MIN_CHANGE_DELAY)
    return leaving


@scenario(kills=("overflow_locks_everyone", "partly_used_exit_loses_its_date", "exit_forgets_the_stake"))
def every_token_can_leave(pool: Pool, play: Play[Pool], who: Address) -> Prop:
    """From every reachable state a staker gets every unslashed token out: leave, wait, withdraw.

    It takes nobody's help: neither the owner nor the protocol is asked. What is
    taken for granted is a token that works.
    """
    play.suppose(who != 0)
    owed = everything(pool, who)
    leaving = _leaving_time(pool, play, who)

    left = play.call("exit", sender=who, at=leaving)
    paid = play.call("withdraw", sender=who, at=leaving + EXIT_PERIOD + 1)

    got = minted(left.call, to=who) + minted(paid.call, to=who)
    nothing_left = everything(paid.after, who) == 0
    working = left.call.accepted & paid.call.accepted & token_is_named(pool.address_manager, left.call.env)
    return implies(working, left.call.succeeds & (got == owed) & nothing_left)


@scenario(kills=("withdraw_one_second_early", "exit_pays_at_once"))
def nobody_gets_out_early(pool: Pool, play: Play[Pool], who: Address) -> Prop:
    """What left a seat can't be withdrawn before the exit period is over, to the second."""
    play.suppose(is_seated(pool, who))
    leaving = _leaving_time(pool, play, who)
    waited = play.any_number("waited", 0, EXIT_PERIOD)

    left = play.call("exit", sender=who, at=leaving)
    early = play.call("withdraw", sender=who, at=leaving + waited)

    return implies(left.call.succeeds, early.call.reverts_with("NO_MATURE_EXIT"))


@scenario(kills=("capacity_not_spent", "release_gives_two"))
def assign_then_release_restores(pool: Pool, play: Play[Pool]) -> Prop:
    """A block that is assigned and then released leaves the pool as it was."""
    protocol = play.any_number("protocol", 1, 2**160 - 1)
    block_id = play.any_number("block", 0, 2**64 - 1)
    fee = play.any_number("fee", 0, 2**32 - 1)

    assigned = play.call("assignProver", block_id, fee, sender=protocol, at=play.now)
    play.suppose(assigned.call.succeeds)
    released = play.call("releaseProver", assigned.call.returned(0), sender=protocol, at=play.now)

    same = unchanged(pool.provers, released.after.provers) & unchanged(pool.stakers, released.after.stakers)
    return implies(released.call.succeeds, same)


@scenario(kills=("stake_burns_too_little", "stake_forgets_the_rest"))
def coming_back_costs_nothing(pool: Pool, play: Play[Pool], who: Address) -> Prop:
    """Who leaves and enters again with all that is exiting then pays nothing, and has nothing exiting."""
    play.suppose(is_seated(pool, who))
    leaving = _leaving_time(pool, play, who)
    reward = play.any_number("reward", 1, 2**32 - 1)
    capacity = play.any_number("capacity", 0, 2**32 - 1)

    left = play.call("exit", sender=who, at=leaving)
    amount = left.after.stakers[who].exit_amount
    back = play.call("stake", amount, reward, capacity, sender=who, at=leaving)

    free = (burned(back.call, of=who) == 0) & (back.after.stakers[who].exit_amount == 0)
    return implies(left.call.succeeds & back.call.succeeds & (amount != 0), free)


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


@scenario(kills="entry_with_equal_stake")
def seat_is_not_won_twice_with_one_stake(pool: Pool, play: Play[Pool], one: Address, other: Address) -> Prop:
    """Whoever just won a seat isn't displaced by an equal stake."""
    amount = play.any_number("amount", 1, 2**64 - 1)
    now = play.any_number("now", MIN_CHANGE_DELAY + 1, LATEST)
    play.suppose(now >= play.now)
    play.suppose(one != other)

    first = play.call("stake", amount, 1, 32, sender=one, at=now)
    second = play.call("stake", amount, 1, 32, sender=other, at=now)

    still = is_seated(second.after, one)
    return implies(first.call.succeeds & second.call.succeeds, still)
