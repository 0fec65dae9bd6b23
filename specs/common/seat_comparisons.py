"""One call beside another in the second and the third pool: what a slash takes, and what a slot weighs."""

from __future__ import annotations

from collections.abc import Sequence

from harness.lang import Address, Int, Play, Prop, Run, at, implies
from specs.common.resolver import token_is_named
from specs.common.seat_scenarios import LATEST
from specs.common.seats import SeatPool, Slot, everything, locked, same_staker, slashable
from specs.common.token import minted


def loss(run: Run[SeatPool]) -> Int:
    """Return what a slash took from the prover that it was about."""
    who = run.call.argument("addr")
    return everything(run.before, who) - everything(run.after, who)


def exposed(run: Run[SeatPool]) -> Int:
    """Return what the prover that a slash is about had that can be slashed."""
    return slashable(run.before, run.call.argument("addr"), run.call.timestamp)


def both_succeed(first: Run[SeatPool], second: Run[SeatPool]) -> Prop:
    """Return that both calls succeed."""
    return first.call.succeeds & second.call.succeeds


def better_slot_weighs_no_less(
    first: Run[SeatPool], second: Run[SeatPool], slot: Slot, comparable: Prop
) -> Prop:
    """Return that at one fee a slot that stakes more and asks less weighs no less, if it is `comparable`."""
    one, other = first.before.seat(slot), second.before.seat(slot)
    better = (one.staked_amount <= other.staked_amount) & (one.reward_per_gas >= other.reward_per_gas)
    same_fee = first.call.argument("fee_per_gas") == second.call.argument("fee_per_gas")
    weighs = at(first.call.returned(0), slot - 1) <= at(second.call.returned(0), slot - 1)
    return implies(same_fee & better & comparable & both_succeed(first, second), weighs)


def matured_survives_a_slash(
    pool: SeatPool, play: Play[SeatPool], who: Address, arguments: Sequence[Int]
) -> Prop:
    """Return that `slashProver` with these arguments leaves `who` all of a mature exit to withdraw."""
    owed = pool.stakers[who].exit_amount
    play.suppose(pool.stakers[who].exit_requested_at != 0)
    now = play.any_number("now", 1, LATEST)
    play.suppose(now >= play.now)
    play.suppose(locked(pool, who, now) != owed)
    protocol = play.any_number("protocol", 1, 2**160 - 1)

    slashed = play.call("slashProver", *arguments, sender=protocol, at=now)
    paid = play.call("withdraw", sender=who, at=now)

    untouched = same_staker(pool, slashed.after, who)
    working = paid.call.accepted & token_is_named(pool.address_manager, paid.call.env)
    return untouched & implies(working, minted(paid.call, to=who) == owed * pool.UNIT)
