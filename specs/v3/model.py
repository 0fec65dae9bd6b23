"""The third pool, executable: every function as the protocol's designers described it.

Amounts are the token's base units. Each transition checks, computes the new
state, and only then says which calls of the token follow.
"""

from __future__ import annotations

from typing import Any

from harness.lang import (
    Address,
    Call,
    Env,
    Int,
    Prop,
    Revert,
    Step,
    at,
    clamp,
    either,
    first_lowest,
    ite,
    maximum,
    minimum,
    pick,
    replace,
    transition,
)
from specs.common.essential import enter
from specs.common.lottery import entropy, sum_of
from specs.common.numbers import checked
from specs.common.queue import is_mature, is_waiting
from specs.common.resolver import only_from_protocol
from specs.common.settlement import settle
from specs.common.token import burn, burned_in_all, mint, minted_in_all
from specs.v3.state import (
    AMOUNT_BITS,
    EMPTY_SLOT,
    HIGHEST_REWARD_PERCENT,
    LOWEST_REWARD_PERCENT,
    MIN_CAPACITY,
    MIN_CHANGE_DELAY,
    MIN_STAKE_PER_CAPACITY,
    SLASH_BASE,
    SLASH_MULTIPLIER,
    SLASH_POINTS,
    SLOTS,
    Exited,
    Pool,
    Prover,
    Slashed,
    Staked,
    Withdrawn,
    is_seated,
    slot_of,
)

Events = tuple[Any, ...]


# --- what the transitions are made of -------------------------------------------------------------------


def pay_out(pool: Pool, env: Env, who: Address) -> tuple[Pool, Events, Int]:
    """Close a matured exit of `who`, if there is one; return the amount to mint, 0 if none."""
    staker = pool.stakers[who]
    if is_mature(staker.exit_requested_at, env.timestamp):
        closed = replace(staker, exit_amount=0, exit_requested_at=0)
        return pool.with_staker(who, closed), (Withdrawn(who, staker.exit_amount),), staker.exit_amount
    return pool, (), 0


def leave(pool: Pool, env: Env, who: Address, *, at_will: bool) -> tuple[Pool, Events]:
    """Take `who` out of the slot, if any: all its stake is exiting from now on.

    Who leaves `at_will` must wait after the last request; who is displaced is not asked.
    """
    staker = pool.stakers[who]
    if staker.prover_id == 0:
        return pool, ()
    if at_will & (env.timestamp <= staker.exit_requested_at + MIN_CHANGE_DELAY):
        raise Revert("CHANGE_TOO_FREQUENT")

    stake = pool.provers[staker.prover_id].staked_amount
    exiting = checked(staker.exit_amount + stake, AMOUNT_BITS)
    left = replace(staker, exit_amount=exiting, exit_requested_at=env.timestamp, prover_id=0)
    vacated = pool.with_owner(staker.prover_id, EMPTY_SLOT, 0)
    return vacated.with_staker(who, left), (Exited(who, exiting),)


def use_exiting(pool: Pool, env: Env, who: Address, amount: Int, max_capacity: Int) -> tuple[Pool, Int]:
    """Pay a stake from what `who` has exiting, as far as it goes; return what is missing."""
    staker = pool.stakers[who]
    used = minimum(staker.exit_amount, amount)
    remaining = staker.exit_amount - used
    payer = replace(
        staker,
        exit_amount=remaining,
        exit_requested_at=ite(remaining == 0, 0, env.timestamp),
        max_capacity=max_capacity,
    )
    return pool.with_staker(who, payer), amount - used


def lowest_slot(pool: Pool) -> tuple[Int, Int]:
    """Return (slot, stake) of the first slot with the smallest stake."""
    return first_lowest(SLOTS, lambda slot: pool.provers[slot].staked_amount)


def effective_reward(prover: Prover, lowest: Int, highest: Int) -> Int:
    """Return the reward that a slot is paid: what its owner asks, within bounds; 0 if it takes no part."""
    takes_part = (prover.current_capacity != 0) & (prover.staked_amount != 0)
    return either(takes_part, lambda: clamp(prover.reward_per_gas, lowest, highest), lambda: 0)


def weight(prover: Prover, reward: Int) -> Int:
    """Return a slot's chance at the effective `reward`: the more staked and the cheaper, the better."""
    return either(reward == 0, lambda: 0, lambda: maximum(1, prover.staked_amount // reward // reward))


def weights_and_rewards(pool: Pool, fee_per_gas: Int) -> tuple[tuple[Int, ...], tuple[Int, ...]]:
    """Return the weights and the effective rewards of the slots 1..32, in order."""
    lowest = fee_per_gas * LOWEST_REWARD_PERCENT // 100
    highest = fee_per_gas * HIGHEST_REWARD_PERCENT // 100
    provers = [pool.provers[slot] for slot in SLOTS]
    rewards = [effective_reward(prover, lowest, highest) for prover in provers]
    weights = [weight(prover, reward) for prover, reward in zip(provers, rewards, strict=True)]
    return tuple(weights), tuple(rewards)


def slashable_exit(pool: Pool, who: Address, now: Int) -> Int:
    """Return what `who` has exiting and can still lose."""
    staker = pool.stakers[who]
    return ite(is_waiting(staker.exit_requested_at, now), staker.exit_amount, 0)


def slashable_amount(pool: Pool, who: Address, now: Int) -> Int:
    """Return all that `who` can lose: the stake, and what is exiting and not yet mature."""
    return slot_of(pool, who).staked_amount + slashable_exit(pool, who, now)


def penalty(slashable: Int, max_capacity: Int, proof_reward: Int) -> Int:
    """Return what a staker with `slashable` (not 0) loses over a block with this `proof_reward`."""
    share = slashable * SLASH_POINTS // SLASH_BASE // max_capacity
    return minimum(slashable, maximum(share, SLASH_MULTIPLIER * proof_reward))


# --- stakers --------------------------------------------------------------------------------------------


@transition
def stake(pool: Pool, env: Env, amount: Int, reward_per_gas: Int, max_capacity: Int) -> Step[Pool]:
    """Leave the pool, and enter it anew with `amount` unless that is 0."""
    pool = enter(pool)
    pool, withdrawn, paid = pay_out(pool, env, env.sender)
    pool, exited = leave(pool, env, env.sender, at_will=True)
    if amount == 0:
        if (reward_per_gas != 0) | (max_capacity != 0):
            raise Revert("INVALID_PARAMS")
        calls = settle(pool.address_manager, env, (mint, env.sender, paid))
        return Step(pool, events=(*withdrawn, *exited), calls=calls)

    check_offer(amount, reward_per_gas, max_capacity)
    pool, missing = use_exiting(pool, env, env.sender, amount, max_capacity)
    slot, lowest = lowest_slot(pool)
    if lowest >= amount:
        raise Revert("PROVER_NOT_GOOD_ENOUGH")
    displaced = pool.prover_id_to_address[slot]
    pool, parting, displaced_paid = displace(pool, env, displaced)

    seated = replace(pool.stakers[env.sender], prover_id=slot)
    pool = pool.with_owner(slot, Prover(amount, reward_per_gas, max_capacity), env.sender)
    return Step(
        pool.with_staker(env.sender, seated),
        events=(*withdrawn, *exited, *parting, Staked(env.sender, amount, reward_per_gas, max_capacity)),
        calls=settle(
            pool.address_manager,
            env,
            (mint, env.sender, paid),
            (mint, displaced, displaced_paid),
            (burn, env.sender, missing),
        ),
    )


def check_offer(amount: Int, reward_per_gas: Int, max_capacity: Int) -> None:
    """Refuse who would take too few blocks, stakes too little for each of them, or asks for nothing."""
    if max_capacity < MIN_CAPACITY:
        raise Revert("INVALID_PARAMS")
    if amount // max_capacity < MIN_STAKE_PER_CAPACITY:
        raise Revert("INVALID_PARAMS")
    if reward_per_gas == 0:
        raise Revert("INVALID_PARAMS")


def displace(pool: Pool, env: Env, who: Address) -> tuple[Pool, Events, Int]:
    """Make room where somebody else is: pay out `who`'s matured exit, then let all the stake exit."""
    if who == 0:
        return pool, (), 0
    pool, withdrawn, paid = pay_out(pool, env, who)
    pool, exited = leave(pool, env, who, at_will=False)
    return pool, (*withdrawn, *exited), paid


@transition
def exit(pool: Pool, env: Env) -> Step[Pool]:
    """Take the caller out of the slot, if any, and pay out a matured exit."""
    pool = enter(pool)
    pool, withdrawn, paid = pay_out(pool, env, env.sender)
    pool, exited = leave(pool, env, env.sender, at_will=True)

    calls = settle(pool.address_manager, env, (mint, env.sender, paid))
    return Step(pool, events=(*withdrawn, *exited), calls=calls)


@transition
def withdraw(pool: Pool, env: Env) -> Step[Pool]:
    """Pay the caller's matured exit out; the boundary second is still locked."""
    pool = enter(pool)
    requested_at = pool.stakers[env.sender].exit_requested_at
    if is_mature(requested_at, env.timestamp):
        pool, withdrawn, paid = pay_out(pool, env, env.sender)
        return Step(pool, events=withdrawn, calls=settle(pool.address_manager, env, (mint, env.sender, paid)))
    raise Revert("NO_MATURE_EXIT")


# --- the protocol ---------------------------------------------------------------------------------------


@transition
def assign_prover(pool: Pool, env: Env, block_id: Int, fee_per_gas: Int) -> Step[Pool]:
    """Draw a slot for a block, each as likely as its weight says; its owner gets the effective reward."""
    only_from_protocol(pool.address_manager, env, "UNAUTHORIZED")
    weights, rewards = weights_and_rewards(pool, fee_per_gas)
    total = sum_of(weights)
    if total == 0:
        return Step(pool, returns=(0, 0))

    index = pick(weights, entropy(env, block_id) % total)
    slot = index + 1
    prover = pool.provers[slot]
    busier = replace(prover, current_capacity=prover.current_capacity - 1)
    return Step(pool.with_slot(slot, busier), returns=(pool.prover_id_to_address[slot], at(rewards, index)))


@transition
def release_prover(pool: Pool, env: Env, addr: Address) -> Step[Pool]:
    """Give a staker the capacity for one more block back, up to what it declared."""
    only_from_protocol(pool.address_manager, env, "UNAUTHORIZED")
    staker = pool.stakers[addr]
    if staker.prover_id == 0:
        return Step(pool)
    prover = pool.provers[staker.prover_id]
    if prover.current_capacity >= staker.max_capacity:
        return Step(pool)

    released = replace(prover, current_capacity=prover.current_capacity + 1)
    return Step(pool.with_slot(staker.prover_id, released))


@transition
def slash_prover(pool: Pool, env: Env, block_id: Int, addr: Address, proof_reward: Int) -> Step[Pool]:
    """Punish a staker for a bad proof: first from what is still exiting, the rest from the stake."""
    only_from_protocol(pool.address_manager, env, "UNAUTHORIZED")
    slashable = slashable_amount(pool, addr, env.timestamp)
    if slashable == 0:
        return Step(pool)

    staker = pool.stakers[addr]
    amount = checked(penalty(slashable, staker.max_capacity, proof_reward), AMOUNT_BITS)
    from_exit = minimum(slashable_exit(pool, addr, env.timestamp), amount)
    slashed = pool.with_staker(addr, replace(staker, exit_amount=staker.exit_amount - from_exit))
    if is_seated(pool, addr):
        prover = pool.provers[staker.prover_id]
        punished = replace(prover, staked_amount=prover.staked_amount - (amount - from_exit))
        slashed = slashed.with_slot(staker.prover_id, punished)
    return Step(slashed, events=(Slashed(block_id, addr, amount),))


# --- views ----------------------------------------------------------------------------------------------


def prover_words(prover: Prover) -> tuple[Int, Int, Int]:
    """Return a slot's record as the ABI does."""
    return prover.staked_amount, prover.reward_per_gas, prover.current_capacity


@transition
def get_staker(pool: Pool, env: Env, addr: Address) -> Step[Pool]:
    """Return a staker's record and the record of its slot, the zero record if it has none."""
    staker = pool.stakers[addr]
    words = (staker.exit_requested_at, staker.exit_amount, staker.max_capacity, staker.prover_id)
    return Step(pool, returns=(words, prover_words(slot_of(pool, addr))))


@transition
def get_capacity(pool: Pool, env: Env) -> Step[Pool]:
    """Return how many blocks the pool can take now."""
    return Step(pool, returns=(sum_of([pool.provers[slot].current_capacity for slot in SLOTS]),))


@transition
def get_provers(pool: Pool, env: Env) -> Step[Pool]:
    """Return the 32 slots' records, and their owners."""
    provers = tuple(prover_words(pool.provers[slot]) for slot in SLOTS)
    return Step(pool, returns=(provers, tuple(pool.prover_id_to_address[slot] for slot in SLOTS)))


@transition
def get_prover_weights(pool: Pool, env: Env, fee_per_gas: Int) -> Step[Pool]:
    """Return the 32 slots' weights, and their effective rewards."""
    return Step(pool, returns=weights_and_rewards(pool, fee_per_gas))


# --- the ledgers ----------------------------------------------------------------------------------------


def slashed_by(before: Pool, call: Call) -> Int:
    """Return what a call must take away from a staker for good."""
    who, reward = call.argument("addr"), call.argument("proof_reward")
    slashable = slashable_amount(before, who, call.timestamp)
    punishes: Prop = call.succeeds & call.is_call_of("slashProver") & (slashable != 0)
    return either(punishes, lambda: penalty(slashable, before.stakers[who].max_capacity, reward), lambda: 0)


def ledgers(before: Pool, call: Call, after: Pool) -> dict[str, Int]:
    """Return the ledgers after a call: burned, minted and slashed since deployment, in base units."""
    return {
        "burned": before.burned + ite(call.succeeds, burned_in_all(call), 0),
        "minted": before.minted + ite(call.succeeds, minted_in_all(call), 0),
        "slashed": before.slashed + slashed_by(before, call),
    }
