"""The third pool, executable: every function as the protocol's designers described it.

Each transition checks, computes the new state, and only then says which calls
of the token follow. What the second pool does in the same way is in
`specs.common.seat_moves`.
"""

from __future__ import annotations

from harness.lang import (
    Address,
    Call,
    Env,
    Int,
    Revert,
    Step,
    at,
    clamp,
    either,
    maximum,
    minimum,
    pick,
    replace,
    transition,
)
from specs.common.essential import enter
from specs.common.lottery import entropy, sum_of
from specs.common.numbers import checked
from specs.common.resolver import only_from_protocol
from specs.common.seat_moves import Events, enter_pool, leave, pay_out, slash, token_ledgers
from specs.common.seats import SEATS, Prover, prover_words, slashable, with_seat
from specs.common.settlement import settle
from specs.v3.state import (
    HIGHEST_REWARD_PERCENT,
    LOWEST_REWARD_PERCENT,
    MIN_CHANGE_DELAY,
    SLASH_BASE,
    SLASH_MULTIPLIER,
    SLASH_POINTS,
    Pool,
    Slashed,
)

# --- stakers --------------------------------------------------------------------------------------------


@transition
def stake(pool: Pool, env: Env, amount: Int, reward_per_gas: Int, max_capacity: Int) -> Step[Pool]:
    """Leave the pool, and enter it anew with `amount` unless that is 0."""
    pool = enter(pool)
    pool, withdrawn, payment = pay_out(pool, env, env.sender)
    pool, exited = leave_at_will(pool, env)
    if amount == 0:
        if (reward_per_gas != 0) | (max_capacity != 0):
            raise Revert("INVALID_PARAMS")
        calls = settle(pool.address_manager, env, payment)
        return Step(pool, events=(*withdrawn, *exited), calls=calls)

    pool, entered, moves = enter_pool(pool, env, Prover(amount, reward_per_gas, max_capacity))
    calls = settle(pool.address_manager, env, payment, *moves)
    return Step(pool, events=(*withdrawn, *exited, *entered), calls=calls)


@transition
def exit(pool: Pool, env: Env) -> Step[Pool]:
    """Pay the caller's matured exit out, and take the caller out of the seat, if any."""
    pool = enter(pool)
    pool, withdrawn, payment = pay_out(pool, env, env.sender)
    pool, exited = leave_at_will(pool, env)

    calls = settle(pool.address_manager, env, payment)
    return Step(pool, events=(*withdrawn, *exited), calls=calls)


def leave_at_will(pool: Pool, env: Env) -> tuple[Pool, Events]:
    """Take the caller out of the seat, if any and if the last request is not too recent."""
    staker = pool.stakers[env.sender]
    recent = env.timestamp <= staker.exit_requested_at + MIN_CHANGE_DELAY
    if (staker.prover_id != 0) & recent:
        raise Revert("CHANGE_TOO_FREQUENT")
    return leave(pool, env, env.sender)


# --- the protocol ---------------------------------------------------------------------------------------


@transition
def assign_prover(pool: Pool, env: Env, block_id: Int, fee_per_gas: Int) -> Step[Pool]:
    """Draw a seat for a block, each as likely as its weight says; its holder gets the effective reward."""
    only_from_protocol(pool.address_manager, env, "UNAUTHORIZED")
    weights, rewards = weights_and_rewards(pool, fee_per_gas)
    total = sum_of(weights)
    if total == 0:
        return Step(pool, returns=(0, 0))

    index = pick(weights, entropy(env, block_id) % total)
    seat = index + 1
    prover = pool.seat(seat)
    busier = replace(prover, current_capacity=prover.current_capacity - 1)
    return Step(with_seat(pool, seat, busier), returns=(pool.holder(seat), at(rewards, index)))


def weights_and_rewards(pool: Pool, fee_per_gas: Int) -> tuple[tuple[Int, ...], tuple[Int, ...]]:
    """Return the weights and the effective rewards of the seats 1..32, in order."""
    lowest = fee_per_gas * LOWEST_REWARD_PERCENT // 100
    highest = fee_per_gas * HIGHEST_REWARD_PERCENT // 100
    provers = [pool.seat(seat) for seat in SEATS]
    rewards = [effective_reward(prover, lowest, highest) for prover in provers]
    weights = [weight(prover, reward) for prover, reward in zip(provers, rewards, strict=True)]
    return tuple(weights), tuple(rewards)


def effective_reward(prover: Prover, lowest: Int, highest: Int) -> Int:
    """Return the reward that a seat is paid: what its holder asks, within bounds; 0 if it takes no part."""
    takes_part = (prover.current_capacity != 0) & (prover.staked_amount != 0)
    return either(takes_part, lambda: clamp(prover.reward_per_gas, lowest, highest), lambda: 0)


def weight(prover: Prover, reward: Int) -> Int:
    """Return a seat's chance at the effective `reward`: the more staked and the cheaper, the better."""
    return either(reward == 0, lambda: 0, lambda: maximum(1, prover.staked_amount // reward // reward))


@transition
def slash_prover(pool: Pool, env: Env, block_id: Int, addr: Address, proof_reward: Int) -> Step[Pool]:
    """Punish a staker for a bad proof: first from what is still exiting, the rest from the stake."""
    only_from_protocol(pool.address_manager, env, "UNAUTHORIZED")
    at_stake = slashable(pool, addr, env.timestamp)
    if at_stake == 0:
        return Step(pool)

    amount = checked(penalty(at_stake, pool.stakers[addr].max_capacity, proof_reward), pool.AMOUNT_BITS)
    return Step(slash(pool, env, addr, amount), events=(Slashed(block_id, addr, amount),))


def penalty(at_stake: Int, max_capacity: Int, proof_reward: Int) -> Int:
    """Return what a staker with `at_stake` (not 0) loses over a block with this `proof_reward`."""
    share = at_stake * SLASH_POINTS // SLASH_BASE // max_capacity
    return minimum(at_stake, maximum(share, SLASH_MULTIPLIER * proof_reward))


# --- views ----------------------------------------------------------------------------------------------


@transition
def get_provers(pool: Pool, env: Env) -> Step[Pool]:
    """Return the 32 seats' records, and their holders."""
    provers = tuple(prover_words(pool.seat(seat)) for seat in SEATS)
    return Step(pool, returns=(provers, tuple(pool.holder(seat) for seat in SEATS)))


@transition
def get_prover_weights(pool: Pool, env: Env, fee_per_gas: Int) -> Step[Pool]:
    """Return the 32 seats' weights, and their effective rewards."""
    return Step(pool, returns=weights_and_rewards(pool, fee_per_gas))


# --- the ledgers ----------------------------------------------------------------------------------------


def slashed_by(before: Pool, call: Call) -> Int:
    """Return what a successful `slashProver` must take away from a staker for good."""
    who, reward = call.argument("addr"), call.argument("proof_reward")
    at_stake, capacity = slashable(before, who, call.timestamp), before.stakers[who].max_capacity
    return either(at_stake != 0, lambda: penalty(at_stake, capacity, reward), lambda: 0)


def ledgers(before: Pool, call: Call, after: Pool) -> dict[str, Int]:
    """Return the ledgers after a successful call: what was burned, minted and slashed since deployment."""
    lost = either(call.is_call_of("slashProver"), lambda: slashed_by(before, call), lambda: 0)
    return {**token_ledgers(before, call), "slashed": before.slashed + lost}
