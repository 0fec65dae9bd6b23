"""Several calls in sequence: what they mean to a staker of the second or the third pool."""

from __future__ import annotations

from harness.lang import Address, Int, Play, Prop, implies, scenario, unchanged
from specs.assumptions import END_OF_TIME
from specs.common.queue import EXIT_PERIOD
from specs.common.resolver import token_is_named
from specs.common.seats import SeatPool, everything, is_seated
from specs.common.token import burned, minted

LATEST = END_OF_TIME // 2


def leaving_time(pool: SeatPool, play: Play[SeatPool], who: Address) -> Int:
    """Return any time at which `who` may leave a seat."""
    leaving = play.any_number("leaving", 1, LATEST)
    play.suppose(leaving >= play.now)
    play.suppose(leaving > pool.stakers[who].exit_requested_at + pool.CHANGE_DELAY)
    return leaving


@scenario(kills=("overflow_locks_everyone", "exit_forgets_the_stake"))
def every_token_can_leave(pool: SeatPool, play: Play[SeatPool], who: Address) -> Prop:
    """From every reachable state a staker gets every unslashed token out: leave, wait, withdraw.

    It takes nobody's help: neither the owner nor the protocol is asked. What is
    taken for granted is a token that works.
    """
    play.suppose(who != 0)
    owed = everything(pool, who)
    leaving = leaving_time(pool, play, who)

    left = play.call("stake", 0, 0, 0, sender=who, at=leaving)
    paid = play.call("withdraw", sender=who, at=leaving + EXIT_PERIOD + 1)

    got = minted(left.call, to=who) + minted(paid.call, to=who)
    nothing_left = everything(paid.after, who) == 0
    working = left.call.accepted & paid.call.accepted & token_is_named(pool.address_manager, left.call.env)
    return implies(working, left.call.succeeds & (got == owed * pool.UNIT) & nothing_left)


@scenario(kills=("withdraw_one_second_early", "exit_keeps_the_old_date"))
def nobody_gets_out_early(pool: SeatPool, play: Play[SeatPool], who: Address) -> Prop:
    """What left a seat can't be withdrawn before the exit period is over, to the second."""
    play.suppose(is_seated(pool, who))
    leaving = leaving_time(pool, play, who)
    waited = play.any_number("waited", 0, EXIT_PERIOD)

    left = play.call("stake", 0, 0, 0, sender=who, at=leaving)
    early = play.call("withdraw", sender=who, at=leaving + waited)

    return implies(left.call.succeeds, early.call.reverts_with("NO_MATURE_EXIT"))


@scenario(kills=("capacity_not_spent", "release_gives_two"))
def assign_then_release_restores(pool: SeatPool, play: Play[SeatPool]) -> Prop:
    """A block that is assigned and then released leaves the pool as it was."""
    protocol = play.any_number("protocol", 1, 2**160 - 1)
    block_id = play.any_number("block", 0, 2**64 - 1)
    fee = play.any_number("fee", 0, 2**32 - 1)

    assigned = play.call("assignProver", block_id, fee, sender=protocol, at=play.now)
    play.suppose(assigned.call.succeeds)
    released = play.call("releaseProver", assigned.call.returned(0), sender=protocol, at=play.now)

    same = unchanged(pool.provers, released.after.provers) & unchanged(pool.stakers, released.after.stakers)
    return implies(released.call.succeeds, same)


@scenario(kills=("stake_adds_to_the_exit", "stake_burns_the_whole_stake"))
def coming_back_costs_nothing(pool: SeatPool, play: Play[SeatPool], who: Address) -> Prop:
    """Who leaves and enters again with all that is exiting then pays nothing, and has nothing exiting."""
    play.suppose(is_seated(pool, who))
    leaving = leaving_time(pool, play, who)
    reward = play.any_number("reward", 1, 2**16 - 1)
    capacity = play.any_number("capacity", 0, 2**16 - 1)

    left = play.call("stake", 0, 0, 0, sender=who, at=leaving)
    amount = left.after.stakers[who].exit_amount
    back = play.call("stake", amount, reward, capacity, sender=who, at=leaving)

    free = (burned(back.call, of=who) == 0) & (back.after.stakers[who].exit_amount == 0)
    return implies(left.call.succeeds & back.call.succeeds & (amount != 0), free)


@scenario(kills="entry_with_equal_stake")
def seat_is_not_won_twice_with_one_stake(
    pool: SeatPool, play: Play[SeatPool], one: Address, other: Address
) -> Prop:
    """Whoever just won a seat isn't displaced by an equal stake."""
    amount = play.any_number("amount", 1, 2**pool.AMOUNT_BITS - 1)
    now = play.any_number("now", 1, LATEST)
    play.suppose(now >= play.now)
    play.suppose(one != other)

    first = play.call("stake", amount, 1, pool.LEAST_CAPACITY, sender=one, at=now)
    second = play.call("stake", amount, 1, pool.LEAST_CAPACITY, sender=other, at=now)

    still = is_seated(second.after, one)
    return implies(first.call.succeeds & second.call.succeeds, still)
