"""The second pool, executable: no delay between changes, capacity counts in the weight, slashes are 5 %.

Each transition checks, computes the new state, and only then says which calls
of the token follow. What the third pool does in the same way is in
`specs.common.seat_moves`.
"""

from __future__ import annotations

from harness.lang import Address, Call, Env, Int, Step, either, maximum, pick, replace, transition
from specs.common.essential import enter
from specs.common.lottery import entropy, sum_of
from specs.common.resolver import only_from_protocol
from specs.common.seat_moves import enter_pool, leave, pay_out, slash, token_ledgers
from specs.common.seats import SEATS, Prover, slashable, with_seat
from specs.common.settlement import settle
from specs.v2.state import SLASH_BASE, SLASH_POINTS, Pool, Slashed

# --- stakers --------------------------------------------------------------------------------------------


@transition
def stake(pool: Pool, env: Env, amount: Int, reward_per_gas: Int, max_capacity: Int) -> Step[Pool]:
    """Leave the pool, and enter it anew with `amount` unless that is 0."""
    pool = enter(pool)
    pool, withdrawn, payment = pay_out(pool, env, env.sender)
    pool, exited = leave(pool, env, env.sender)
    if amount == 0:
        return Step(pool, events=(*withdrawn, *exited), calls=settle(pool.address_manager, env, payment))

    pool, entered, moves = enter_pool(pool, env, Prover(amount, reward_per_gas, max_capacity))
    calls = settle(pool.address_manager, env, payment, *moves)
    return Step(pool, events=(*withdrawn, *exited, *entered), calls=calls)


# --- the protocol ---------------------------------------------------------------------------------------


@transition
def assign_prover(pool: Pool, env: Env, block_id: Int, fee_per_gas: Int) -> Step[Pool]:
    """Draw a seat for a block, each as likely as its weight says; its holder gets the reward it asks."""
    only_from_protocol(pool.address_manager, env, "UNAUTHORIZED")
    weights = weights_of(pool, fee_per_gas)
    total = sum_of(weights)
    if total == 0:
        return Step(pool, returns=(0, 0))

    seat = pick(weights, entropy(env, block_id) % total) + 1
    prover = pool.seat(seat)
    busier = replace(prover, current_capacity=prover.current_capacity - 1)
    return Step(with_seat(pool, seat, busier), returns=(pool.holder(seat), prover.reward_per_gas))


def weights_of(pool: Pool, fee_per_gas: Int) -> tuple[Int, ...]:
    """Return the weights of the seats 1..32, in order."""
    fee_squared = fee_per_gas * fee_per_gas
    return tuple(weight(pool.seat(seat), fee_squared) for seat in SEATS)


def weight(prover: Prover, fee_squared: Int) -> Int:
    """Return a seat's chance: the more staked, the more it can take and the cheaper, the better."""
    reward = prover.reward_per_gas
    merit = fee_squared * prover.staked_amount * prover.current_capacity
    return either(reward == 0, lambda: 0, lambda: merit // reward // reward)


@transition
def slash_prover(pool: Pool, env: Env, addr: Address) -> Step[Pool]:
    """Punish a staker for a bad proof: first from what is still exiting, the rest from the stake."""
    only_from_protocol(pool.address_manager, env, "UNAUTHORIZED")
    at_stake = slashable(pool, addr, env.timestamp)
    if at_stake == 0:
        return Step(pool)

    amount = penalty(at_stake)
    return Step(slash(pool, env, addr, amount), events=(Slashed(addr, amount),))


def penalty(at_stake: Int) -> Int:
    """Return what a staker with `at_stake` (not 0) loses: 5 %, at least 1."""
    return maximum(1, at_stake * SLASH_POINTS // SLASH_BASE)


# --- views ----------------------------------------------------------------------------------------------


@transition
def get_weights(pool: Pool, env: Env, fee_per_gas: Int) -> Step[Pool]:
    """Return the 32 seats' weights, and their sum."""
    weights = weights_of(pool, fee_per_gas)
    return Step(pool, returns=(weights, sum_of(weights)))


# --- the ledgers ----------------------------------------------------------------------------------------


def ledgers(before: Pool, call: Call, after: Pool) -> dict[str, Int]:
    """Return the ledgers after a successful call: what was burned, minted and slashed since deployment."""
    lost = either(call.is_call_of("slashProver"), lambda: slashed_by(before, call), lambda: 0)
    return {**token_ledgers(before, call), "slashed": before.slashed + lost}


def slashed_by(before: Pool, call: Call) -> Int:
    """Return what a successful `slashProver` must take away from a staker for good."""
    at_stake = slashable(before, call.argument("addr"), call.timestamp)
    return either(at_stake != 0, lambda: penalty(at_stake), lambda: 0)
