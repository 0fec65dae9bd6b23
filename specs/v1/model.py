"""The first pool, executable: a staker names the stake to have, and the difference moves.

Each transition checks, computes the new state, and only then says which calls
of the token follow.
"""

from __future__ import annotations

from harness.lang import (
    Address,
    Call,
    Env,
    Int,
    Revert,
    Step,
    either,
    ite,
    minimum,
    pick,
    replace,
    transition,
)
from specs.common.essential import enter
from specs.common.lottery import entropy, sum_of
from specs.common.numbers import checked
from specs.common.queue import is_mature
from specs.common.resolver import only_from_protocol
from specs.common.settlement import settle
from specs.common.token import ONE_TKO, burn, burned_in_all, mint, minted_in_all
from specs.v1.state import (
    AMOUNT_BITS,
    BASIS_POINTS,
    GREATEST_CAPACITY,
    LEAST_CAPACITY,
    NO_EXIT,
    SLASH_AMOUNT_IN_BP,
    SLOTS,
    VACANT,
    ChangedParameters,
    Entered,
    Exited,
    ExitingProver,
    ExitRequested,
    KickeOutByWithAmount,
    Pool,
    Slashed,
    TopProver,
    balance,
    is_active,
    lowest_slot,
    with_exit,
    with_slot,
)

DENIED = "POOL_CALLER_NOT_AUTHORIZED"


# --- stakers --------------------------------------------------------------------------------------------


@transition
def stake(pool: Pool, env: Env, total_amount: Int, reward_per_gas: Int, capacity: Int) -> Step[Pool]:
    """Have `total_amount` staked from now on: enter, top up, take some out, or leave."""
    pool = enter(pool)
    if total_amount == 0:
        return leave(pool, env)
    if capacity < LEAST_CAPACITY:
        raise Revert("POOL_NOT_ENOUGH_RESOURCES")
    if reward_per_gas == 0:
        raise Revert("POOL_REWARD_CANNOT_BE_NULL")

    terms = TopProver(total_amount, reward_per_gas, capacity)
    if is_active(pool, env.sender):
        return change(pool, env, terms)
    return take_slot(pool, env, terms)


def leave(pool: Pool, env: Env) -> Step[Pool]:
    """Take the caller out of the slot."""
    if is_active(pool, env.sender):
        announced = ExitRequested(env.sender, env.timestamp, True)
        return Step(vacate(pool, env, env.sender), events=(announced,))
    raise Revert("POOL_NOT_MEETING_MIN_REQUIREMENTS")


def vacate(pool: Pool, env: Env, who: Address) -> Pool:
    """Empty the slot of `who`; all its stake is exiting from now on."""
    slot = pool.prover_to_id[who]
    exiting = add_to_exit(pool, env, who, pool.top_provers[slot].amount)
    return replace(
        with_slot(exiting, slot, VACANT),
        id_to_prover=pool.id_to_prover.put(slot, 0),
        prover_to_id=pool.prover_to_id.put(who, 0),
    )


def change(pool: Pool, env: Env, terms: TopProver) -> Step[Pool]:
    """Give the caller's slot other terms: less stake lets the difference exit, more is paid for."""
    slot = pool.prover_to_id[env.sender]
    staked = pool.top_provers[slot].amount
    changed = with_slot(pool, slot, terms)
    announced = ChangedParameters(env.sender, terms.amount, terms.reward_per_gas, terms.current_capacity)
    if terms.amount < staked:
        reduced = add_to_exit(changed, env, env.sender, staked - terms.amount)
        return Step(reduced, events=(ExitRequested(env.sender, env.timestamp, False), announced))

    paid, missing = use_exiting(changed, env, terms.amount - staked)
    calls = settle(pool.address_manager, env, (burn, env.sender, missing * ONE_TKO))
    return Step(paid, events=(announced,), calls=calls)


def take_slot(pool: Pool, env: Env, terms: TopProver) -> Step[Pool]:
    """Give the caller the lowest slot, which must have less; its owner's stake is exiting from now on."""
    slot, lowest = lowest_slot(pool)
    if lowest >= terms.amount:
        raise Revert("POOL_NOT_MEETING_MIN_REQUIREMENTS")

    kicked = pool.id_to_prover[slot]
    entered = Entered(env.sender, terms.amount, terms.reward_per_gas, terms.current_capacity)
    if kicked == 0:
        events: tuple[KickeOutByWithAmount | Entered, ...] = (entered,)
    else:
        pool = vacate(pool, env, kicked)
        events = (KickeOutByWithAmount(kicked, env.sender, terms.amount), entered)
    pool, missing = use_exiting(pool, env, terms.amount)
    seated = replace(
        with_slot(pool, slot, terms),
        id_to_prover=pool.id_to_prover.put(slot, env.sender),
        prover_to_id=pool.prover_to_id.put(env.sender, slot),
    )
    calls = settle(pool.address_manager, env, (burn, env.sender, missing * ONE_TKO))
    return Step(seated, events=events, calls=calls)


def add_to_exit(pool: Pool, env: Env, who: Address, amount: Int) -> Pool:
    """Let `amount` more exit, and all of the exit start anew."""
    exiting = checked(pool.exiting_provers[who].amount + amount, AMOUNT_BITS)
    return with_exit(pool, who, ExitingProver(env.timestamp, exiting))


def use_exiting(pool: Pool, env: Env, wanted: Int) -> tuple[Pool, Int]:
    """Pay `wanted` from what the caller has exiting, as far as it goes; return what is missing."""
    exiting = pool.exiting_provers[env.sender]
    used = minimum(exiting.amount, wanted)
    rest = ite(used == exiting.amount, NO_EXIT, ExitingProver(env.timestamp, exiting.amount - used))
    return with_exit(pool, env.sender, ite(used == 0, exiting, rest)), wanted - used


@transition
def exit(pool: Pool, env: Env) -> Step[Pool]:
    """Pay out all that the caller has exiting; the boundary second is still locked."""
    pool = enter(pool)
    exiting = pool.exiting_provers[env.sender]
    if is_mature(exiting.requested_at, env.timestamp):
        calls = settle(pool.address_manager, env, (mint, env.sender, exiting.amount * ONE_TKO))
        closed = with_exit(pool, env.sender, NO_EXIT)
        return Step(closed, events=(Exited(env.sender, env.timestamp),), calls=calls)
    raise Revert("POOL_CANNOT_YET_EXIT")


# --- the protocol ---------------------------------------------------------------------------------------


@transition
def assign_prover(pool: Pool, env: Env, block_id: Int, fee_per_gas: Int) -> Step[Pool]:
    """Draw a slot for a block, each as likely as its weight says; its owner gets the reward it asks."""
    only_from_protocol(pool.address_manager, env, DENIED)
    weights = weights_of(pool, fee_per_gas)
    total = sum_of(weights)
    if total == 0:
        return Step(pool, returns=(0, 0))

    slot = pick(weights, entropy(env, block_id) % total)
    prover = pool.top_provers[slot]
    busier = replace(prover, current_capacity=prover.current_capacity - 1)
    return Step(with_slot(pool, slot, busier), returns=(pool.id_to_prover[slot], prover.reward_per_gas))


def weights_of(pool: Pool, fee_per_gas: Int) -> tuple[Int, ...]:
    """Return the weights of the slots 0..31, in order."""
    fee_squared = fee_per_gas * fee_per_gas
    return tuple(weight(pool.top_provers[slot], fee_squared) for slot in SLOTS)


def weight(prover: TopProver, fee_squared: Int) -> Int:
    """Return a slot's chance: the more staked and the cheaper, the better; none without capacity."""
    reward = prover.reward_per_gas
    absent = (prover.current_capacity == 0) | (reward == 0)
    return either(absent, lambda: 0, lambda: fee_squared * prover.amount // reward // reward)


@transition
def release_prover(pool: Pool, env: Env, prover: Address) -> Step[Pool]:
    """Give a staker the capacity for one more block back, as far as the type goes."""
    only_from_protocol(pool.address_manager, env, DENIED)
    if is_active(pool, prover):
        slot = pool.prover_to_id[prover]
        old = pool.top_provers[slot]
        capacity = minimum(old.current_capacity + 1, GREATEST_CAPACITY)
        return Step(with_slot(pool, slot, replace(old, current_capacity=capacity)))
    return Step(pool)


@transition
def slash_prover(pool: Pool, env: Env, prover: Address) -> Step[Pool]:
    """Punish a staker for a bad proof: 5 % of all it has, first from what is exiting, mature or not."""
    only_from_protocol(pool.address_manager, env, DENIED)
    exiting = pool.exiting_provers[prover]
    if is_active(pool, prover) | (exiting.requested_at != 0):
        lost = penalty(pool, prover)
        from_exit = minimum(exiting.amount, lost)
        rest = ExitingProver(exiting.requested_at, exiting.amount - from_exit)
        emptied = (from_exit != 0) & (rest.amount == 0)
        slashed = with_exit(pool, prover, ite(emptied, NO_EXIT, rest))
        left = checked(balance(pool, prover) - lost, AMOUNT_BITS)
        return Step(take_stake(slashed, prover, lost - from_exit), events=(Slashed(prover, left),))
    raise Revert("POOL_PROVER_NOT_FOUND")


def penalty(pool: Pool, prover: Address) -> Int:
    """Return what a slash takes: 5 % of all that is staked and exiting."""
    return balance(pool, prover) * SLASH_AMOUNT_IN_BP // BASIS_POINTS


def take_stake(pool: Pool, prover: Address, amount: Int) -> Pool:
    """Return the pool after `prover` lost `amount` of its stake."""
    if amount == 0:
        return pool
    slot = pool.prover_to_id[prover]
    old = pool.top_provers[slot]
    return with_slot(pool, slot, replace(old, amount=old.amount - amount))


# --- views ----------------------------------------------------------------------------------------------


@transition
def get_available_capacity(pool: Pool, env: Env) -> Step[Pool]:
    """Return how many blocks the pool can take now."""
    return Step(pool, returns=(sum_of([pool.top_provers[slot].current_capacity for slot in SLOTS]),))


@transition
def lowest_staked_amount_to_enter(pool: Pool, env: Env) -> Step[Pool]:
    """Return the least stake that gets a slot now."""
    _, lowest = lowest_slot(pool)
    return Step(pool, returns=(checked(lowest + 1, AMOUNT_BITS),))


# --- the ledgers ----------------------------------------------------------------------------------------


def ledgers(before: Pool, call: Call, after: Pool) -> dict[str, Int]:
    """Return the ledgers after a successful call: what was burned, minted and slashed since deployment."""
    slashes = call.is_call_of("slashProver")
    lost = either(slashes, lambda: penalty(before, call.argument("prover")), lambda: 0)
    return {
        "burned": before.burned + burned_in_all(call),
        "minted": before.minted + minted_in_all(call),
        "slashed": before.slashed + lost,
    }
