"""Two calls of the first pool compared, and several calls in sequence: what they mean to a staker."""

from __future__ import annotations

from harness.lang import Address, Int, Play, Prop, Run, implies, relation, scenario, unchanged
from specs.assumptions import END_OF_TIME
from specs.common.queue import EXIT_PERIOD
from specs.common.resolver import token_is_named
from specs.common.token import ONE_TKO, burned, minted
from specs.v1.state import GREATEST_CAPACITY, LEAST_CAPACITY, Pool, balance, is_active, slot_of

LATEST = END_OF_TIME // 2


# --- two calls of one function --------------------------------------------------------------------------


def _balance(pool: Pool, run: Run[Pool]) -> Int:
    return balance(pool, run.call.argument("prover"))


@relation("slashProver", kills="slash_wraps")
def more_at_stake_more_to_lose(first: Run[Pool], second: Run[Pool]) -> Prop:
    """Who has more never loses less by a slash."""
    one, other = _balance(first.before, first), _balance(second.before, second)
    losses = one - _balance(first.after, first) <= other - _balance(second.after, second)
    return implies(first.call.succeeds & second.call.succeeds & (one <= other), losses)


# --- several calls --------------------------------------------------------------------------------------


def _leaving_time(pool: Pool, play: Play[Pool], who: Address) -> Int:
    """Return any time at which `who` may act."""
    leaving = play.any_number("leaving", 1, LATEST)
    play.suppose(leaving >= play.now)
    play.suppose(leaving >= pool.exiting_provers[who].requested_at)
    return leaving


@scenario(kills=("overflow_locks_everyone", "mint_in_a_narrow_type", "exit_forgets_the_stake"))
def every_token_can_leave(pool: Pool, play: Play[Pool], who: Address) -> Prop:
    """From every reachable state a staker gets every unslashed token out: leave, wait, exit.

    It takes nobody's help: neither the owner nor the protocol is asked. What is
    taken for granted is a token that works.
    """
    play.suppose(who != 0)
    owed = balance(pool, who)
    leaving = _leaving_time(pool, play, who)

    play.call("stake", 0, 0, 0, sender=who, at=leaving)
    paid = play.call("exit", sender=who, at=leaving + EXIT_PERIOD + 1)

    working = paid.call.accepted & token_is_named(pool.address_manager, paid.call.env)
    got = minted(paid.call, to=who) == owed * ONE_TKO
    return implies(working, got & (balance(paid.after, who) == 0))


@scenario(kills=("withdraw_one_second_early", "exit_keeps_the_old_date"))
def nobody_gets_out_early(pool: Pool, play: Play[Pool], who: Address) -> Prop:
    """What left a slot can't be withdrawn before the exit period is over, to the second."""
    play.suppose(is_active(pool, who))
    leaving = _leaving_time(pool, play, who)
    waited = play.any_number("waited", 0, EXIT_PERIOD)

    left = play.call("stake", 0, 0, 0, sender=who, at=leaving)
    early = play.call("exit", sender=who, at=leaving + waited)

    return implies(left.call.succeeds, early.call.reverts_with("POOL_CANNOT_YET_EXIT"))


@scenario(kills=("capacity_not_spent", "release_gives_two"))
def assign_then_release_restores(pool: Pool, play: Play[Pool]) -> Prop:
    """A block that is assigned and then released leaves the pool as it was."""
    protocol = play.any_number("protocol", 1, 2**160 - 1)
    block_id = play.any_number("block", 0, 2**64 - 1)
    fee = play.any_number("fee", 0, 2**32 - 1)

    assigned = play.call("assignProver", block_id, fee, sender=protocol, at=play.now)
    play.suppose(assigned.call.succeeds)
    released = play.call("releaseProver", assigned.call.returned(0), sender=protocol, at=play.now)

    return implies(released.call.succeeds, unchanged(pool.top_provers, released.after.top_provers))


@scenario(kills=("partial_exit_adds_the_rest", "top_up_pays_the_total"))
def going_down_and_up_again_costs_nothing(pool: Pool, play: Play[Pool], who: Address) -> Prop:
    """An owner who lowers the stake and raises it at once pays nothing, and has as much exiting as before."""
    play.suppose(is_active(pool, who))
    staked = slot_of(pool, who).amount
    less = play.any_number("less", 1, 2**32 - 1)
    play.suppose(less < staked)
    now = _leaving_time(pool, play, who)
    capacity = play.any_number("capacity", LEAST_CAPACITY, GREATEST_CAPACITY)

    play.call("stake", less, 1, capacity, sender=who, at=now)
    back = play.call("stake", staked, 1, capacity, sender=who, at=now)

    same = back.after.exiting_provers[who].amount == pool.exiting_provers[who].amount
    return back.call.succeeds & same & (burned(back.call, of=who) == 0)


@scenario(kills="entry_with_equal_stake")
def slot_is_not_won_twice_with_one_stake(pool: Pool, play: Play[Pool], one: Address, other: Address) -> Prop:
    """Whoever just won a slot isn't displaced by an equal stake."""
    amount = play.any_number("amount", 1, 2**32 - 1)
    now = play.any_number("now", 1, LATEST)
    play.suppose(now >= play.now)
    play.suppose(one != other)

    first = play.call("stake", amount, 1, LEAST_CAPACITY, sender=one, at=now)
    second = play.call("stake", amount, 1, LEAST_CAPACITY, sender=other, at=now)

    return implies(first.call.succeeds & second.call.succeeds, is_active(second.after, one))
