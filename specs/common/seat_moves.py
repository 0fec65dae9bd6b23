"""What the transitions of the second and the third pool are made of: paying, leaving, entering."""

from __future__ import annotations

from typing import Any

from harness.lang import Address, Call, Env, Int, Revert, Step, ite, minimum, replace, transition
from specs.common.essential import enter
from specs.common.lottery import sum_of
from specs.common.numbers import checked
from specs.common.queue import is_mature
from specs.common.resolver import only_from_protocol
from specs.common.seats import (
    MIN_STAKE_PER_CAPACITY,
    SEATS,
    Exited,
    P,
    Prover,
    SeatPool,
    Staked,
    Staker,
    Withdrawn,
    is_seated,
    locked,
    lowest_seat,
    prover_words,
    seat_of,
    staker_words,
    with_holder,
    with_seat,
    with_staker,
)
from specs.common.settlement import Move, settle
from specs.common.token import burn, burned_in_all, mint, minted_in_all

Events = tuple[Any, ...]


def pay_out(pool: P, env: Env, who: Address) -> tuple[P, Events, Move]:
    """Close a matured exit of `who`, if there is one; return what to mint, 0 if none."""
    staker = pool.stakers[who]
    if is_mature(staker.exit_requested_at, env.timestamp):
        closed = replace(staker, exit_amount=0, exit_requested_at=0)
        paid = staker.exit_amount
        return with_staker(pool, who, closed), (Withdrawn(who, paid),), (mint, who, paid * pool.UNIT)
    return pool, (), (mint, who, 0)


def leave(pool: P, env: Env, who: Address) -> tuple[P, Events]:
    """Take `who` out of the seat, if any: all its stake, even if that is 0, is exiting from now on."""
    staker = pool.stakers[who]
    if staker.prover_id == 0:
        return pool, ()

    exiting = checked(staker.exit_amount + pool.seat(staker.prover_id).staked_amount, pool.AMOUNT_BITS)
    left = replace(staker, exit_amount=exiting, exit_requested_at=env.timestamp, prover_id=0)
    vacated = with_holder(pool, staker.prover_id, pool.VACATED, 0)
    return with_staker(vacated, who, left), (Exited(who, exiting),)


def enter_pool(pool: P, env: Env, offer: Prover) -> tuple[P, Events, tuple[Move, ...]]:
    """Give the caller, who holds no seat, the lowest one for `offer`; its holder must leave.

    What the caller has exiting is used first, what is missing is burned.
    """
    check_offer(pool, offer)
    pool, missing = use_exiting(pool, env, offer)
    seat = lowest_seat(pool)
    if pool.seat(seat).staked_amount >= offer.staked_amount:
        raise Revert("PROVER_NOT_GOOD_ENOUGH")
    displaced = pool.holder(seat)
    pool, parting, payment = displace(pool, env, displaced)

    pool = with_holder(pool, seat, offer, env.sender)
    pool = with_staker(pool, env.sender, replace(pool.stakers[env.sender], prover_id=seat))
    staked = Staked(env.sender, *prover_words(offer))
    return pool, (*parting, staked), (payment, (burn, env.sender, missing * pool.UNIT))


def check_offer(pool: SeatPool, offer: Prover) -> None:
    """Refuse who would take too few blocks, stakes too little for each of them, or asks for nothing."""
    if offer.current_capacity < pool.LEAST_CAPACITY:
        raise Revert("INVALID_PARAMS")
    if offer.staked_amount // offer.current_capacity < MIN_STAKE_PER_CAPACITY:
        raise Revert("INVALID_PARAMS")
    if offer.reward_per_gas == 0:
        raise Revert("INVALID_PARAMS")


def use_exiting(pool: P, env: Env, offer: Prover) -> tuple[P, Int]:
    """Pay a stake from what the caller has exiting, as far as it goes; return what is missing."""
    staker = pool.stakers[env.sender]
    used = minimum(staker.exit_amount, offer.staked_amount)
    rest = staker.exit_amount - used
    payer = Staker(ite(rest == 0, 0, env.timestamp), rest, offer.current_capacity, staker.prover_id)
    return with_staker(pool, env.sender, payer), offer.staked_amount - used


def displace(pool: P, env: Env, who: Address) -> tuple[P, Events, Move]:
    """Make room: pay out the matured exit of `who`, if that is somebody, and let all the stake exit."""
    if who == 0:
        return pool, (), (mint, who, 0)
    pool, withdrawn, payment = pay_out(pool, env, who)
    pool, exited = leave(pool, env, who)
    return pool, (*withdrawn, *exited), payment


def slash(pool: P, env: Env, who: Address, amount: Int) -> P:
    """Take `amount`, which `who` has, first from the locked exit and then from the stake."""
    staker = pool.stakers[who]
    from_exit = minimum(locked(pool, who, env.timestamp), amount)
    slashed = with_staker(pool, who, replace(staker, exit_amount=staker.exit_amount - from_exit))
    if is_seated(pool, who):
        prover = pool.seat(staker.prover_id)
        punished = replace(prover, staked_amount=prover.staked_amount - (amount - from_exit))
        return with_seat(slashed, staker.prover_id, punished)
    return slashed


# --- whole transitions that the two pools have in common ------------------------------------------------


@transition
def withdraw(pool: P, env: Env) -> Step[P]:
    """Pay the caller's matured exit out; the boundary second is still locked."""
    pool = enter(pool)
    if is_mature(pool.stakers[env.sender].exit_requested_at, env.timestamp):
        pool, withdrawn, payment = pay_out(pool, env, env.sender)
        return Step(pool, events=withdrawn, calls=settle(pool.address_manager, env, payment))
    raise Revert("NO_MATURE_EXIT")


@transition
def release_prover(pool: P, env: Env, addr: Address) -> Step[P]:
    """Give a staker the capacity for one more block back, up to what it declared."""
    only_from_protocol(pool.address_manager, env, "UNAUTHORIZED")
    staker = pool.stakers[addr]
    if staker.prover_id == 0:
        return Step(pool)
    prover = pool.seat(staker.prover_id)
    if prover.current_capacity >= staker.max_capacity:
        return Step(pool)

    released = replace(prover, current_capacity=prover.current_capacity + 1)
    return Step(with_seat(pool, staker.prover_id, released))


@transition
def get_staker(pool: P, env: Env, addr: Address) -> Step[P]:
    """Return a staker's record and the record of its seat, the zero record if it has none."""
    return Step(pool, returns=(staker_words(pool.stakers[addr]), prover_words(seat_of(pool, addr))))


@transition
def get_capacity(pool: P, env: Env) -> Step[P]:
    """Return how many blocks the pool can take now."""
    return Step(pool, returns=(sum_of([pool.seat(seat).current_capacity for seat in SEATS]),))


def token_ledgers(before: SeatPool, call: Call) -> dict[str, Int]:
    """Return the ledgers of base units after a successful call: burned and minted since deployment."""
    return {
        "burned": before.burned + burned_in_all(call),
        "minted": before.minted + minted_in_all(call),
    }
