"""The words that the rules of the third pool are written in: what a staker has at the moment of a call."""

from __future__ import annotations

from harness.lang import Address, Call, Int, Prop, first_lowest, ite, same_record
from specs.common.queue import is_mature
from specs.common.resolver import TOKEN, lookup, protocol
from specs.v3.state import (
    MIN_CAPACITY,
    MIN_CHANGE_DELAY,
    MIN_STAKE_PER_CAPACITY,
    SLOTS,
    Pool,
    is_seated,
    slot_of,
)


def matured(pool: Pool, who: Address, now: Int) -> Int:
    """Return what `who` can be paid: the exiting amount once it is mature."""
    staker = pool.stakers[who]
    return ite(is_mature(staker.exit_requested_at, now), staker.exit_amount, 0)


def locked(pool: Pool, who: Address, now: Int) -> Int:
    """Return what `who` has exiting that cannot be paid yet."""
    return pool.stakers[who].exit_amount - matured(pool, who, now)


def leavable(pool: Pool, who: Address, now: Int) -> Int:
    """Return what `who` has exiting after leaving: what is locked, and the whole stake."""
    return locked(pool, who, now) + slot_of(pool, who).staked_amount


def is_hasty(pool: Pool, who: Address, now: Int) -> Prop:
    """Return that `who` holds a seat and may not leave it yet, having asked for an exit just before."""
    staker = pool.stakers[who]
    pending = ite(is_mature(staker.exit_requested_at, now), 0, staker.exit_requested_at)
    return is_seated(pool, who) & (now <= pending + MIN_CHANGE_DELAY)


def token_is_named(pool: Pool, call: Call) -> Prop:
    """Return that the registry names a token."""
    return lookup(pool.address_manager, call.env, call.env.chain_id, TOKEN) != 0


def token_can_move(pool: Pool, call: Call, amount: Int) -> Prop:
    """Return that the registry names a token, or that nothing moves."""
    return (amount == 0) | token_is_named(pool, call)


def is_protocol(pool: Pool, call: Call) -> Prop:
    """Return that the caller is the one that the registry calls the protocol."""
    return call.sender == protocol(pool.address_manager, call.env)


def is_offer(amount: Int, reward_per_gas: Int, max_capacity: Int) -> Prop:
    """Return that somebody may enter with this: blocks enough, stake enough for each, a reward above 0."""
    enough = amount >= max_capacity * MIN_STAKE_PER_CAPACITY
    return (max_capacity >= MIN_CAPACITY) & enough & (reward_per_gas != 0)


def seat_to_win(pool: Pool, who: Address) -> tuple[Int, Int]:
    """Return (slot, stake) of the first of the smallest stakes once `who` has left."""
    own = pool.stakers[who].prover_id
    return first_lowest(SLOTS, lambda slot: ite(own == slot, 0, pool.provers[slot].staked_amount))


def same_staker(before: Pool, after: Pool, who: Address) -> Prop:
    """Return that the record of `who` did not change."""
    return same_record(before.stakers[who], after.stakers[who])


def same_seat(before: Pool, after: Pool, slot: Int) -> Prop:
    """Return that neither a slot's record nor its owner changed."""
    return same_record(before.provers[slot], after.provers[slot]) & (
        before.prover_id_to_address[slot] == after.prover_id_to_address[slot]
    )
