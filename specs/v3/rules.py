"""What stakers can do to the third pool alone: leave by `exit`, and only after a delay."""

from __future__ import annotations

from harness.lang import Call, Int, Prop, iff, implies, ite, negate, rule
from specs.common.frame import announces_exactly
from specs.common.queue import is_mature
from specs.common.seat_rules import (
    announces_leaving,
    can_be_paid,
    can_enter,
    has_left,
    is_ripe,
    is_weak_offer,
    moved_by_stake,
    names_the_missing_token,
)
from specs.common.seats import (
    Exited,
    is_offer,
    is_seated,
    locked,
    matured,
    only_these_change,
    slashable,
)
from specs.common.token import minted
from specs.v3.state import MIN_CHANGE_DELAY, Pool


def is_hasty(pool: Pool, call: Call) -> Prop:
    """Return that the caller holds a seat and may not leave it yet, having asked for an exit just before."""
    staker, now = pool.stakers[call.sender], call.timestamp
    pending = ite(is_mature(staker.exit_requested_at, now), 0, staker.exit_requested_at)
    return is_seated(pool, call.sender) & (now <= pending + MIN_CHANGE_DELAY)


def is_allowed(before: Pool, call: Call, amount: Int, reward_per_gas: Int, max_capacity: Int) -> Prop:
    """Return that the caller may change its stake so: to leave, or to enter with a better offer."""
    leaves = (reward_per_gas == 0) & (max_capacity == 0)
    enters = can_enter(before, call, amount, reward_per_gas, max_capacity)
    return negate(is_hasty(before, call)) & ite(amount == 0, leaves, enters)


@rule("exit", kills=("token_may_be_nobody", "resolve_allows_nobody"))
def exit_needs_a_token(before: Pool, call: Call, after: Pool) -> Prop:
    """`exit` that would pay something, while the registry names no token, says which name is missing."""
    paid = matured(before, call.sender, call.timestamp)
    return implies(negate(is_hasty(before, call)), names_the_missing_token(before, call, paid))


@rule("exit", kills=("delay_missing", "delay_one_second_short"))
def exit_opens_after_the_delay(before: Pool, call: Call, after: Pool) -> Prop:
    """`exit` succeeds iff the caller has no seat, or has waited long enough to leave it."""
    who, now = call.sender, call.timestamp
    payable = can_be_paid(before, call, matured(before, who, now))
    return iff(call.succeeds, negate(is_hasty(before, call)) & payable & call.accepted)


@rule("exit", "stake", kills=("delay_missing", "delay_one_second_short"))
def haste_is_named(before: Pool, call: Call, after: Pool) -> Prop:
    """Who leaves a seat within the delay after the last request is refused with CHANGE_TOO_FREQUENT."""
    return implies(is_hasty(before, call), call.reverts_with("CHANGE_TOO_FREQUENT"))


@rule("exit", kills=("exit_keeps_prover_id", "exit_forgets_the_stake", "exit_keeps_the_old_date"))
def exit_moves_the_whole_stake(before: Pool, call: Call, after: Pool) -> Prop:
    """`exit` pays what matured, empties the caller's seat, and lets all its stake exit from now on."""
    who, now = call.sender, call.timestamp
    mine, then = before.stakers[who], after.stakers[who]
    seat, freed = mine.prover_id, after.seat(mine.prover_id)
    emptied = (
        (freed.staked_amount == 0)
        & (freed.reward_per_gas == 1)
        & (freed.current_capacity == 0)
        & (after.holder(seat) == 0)
        & call.emitted(Exited(who, slashable(before, who, now)))
    )
    stays_out = (then.exit_amount == locked(before, who, now)) & (
        then.exit_requested_at == ite(is_ripe(before, call), 0, mine.exit_requested_at)
    )
    left = ite(is_seated(before, who), emptied & has_left(before, after, who, now), stays_out)
    paid = minted(call, to=who) == matured(before, who, now) * before.UNIT
    return implies(
        call.succeeds, left & paid & (then.prover_id == 0) & (then.max_capacity == mine.max_capacity)
    )


@rule("exit", kills="exit_empties_another_seat")
def exit_touches_nobody_else(before: Pool, call: Call, after: Pool) -> Prop:
    """`exit` changes the caller's record and the caller's seat, nothing else."""
    who = call.sender
    seat = before.stakers[who].prover_id
    return only_these_change(before, after, seats=[seat], stakers=[who])


@rule("exit", kills="withdraw_announces_nothing")
def exit_announces_each_step(before: Pool, call: Call, after: Pool) -> Prop:
    """`exit` announces what is paid and that a seat was left, where that happens; nothing else."""
    parts = announces_leaving(before, call, call.sender)
    return implies(call.succeeds, announces_exactly(call, *parts))


@rule("stake", kills=("entry_with_equal_stake", "entry_without_reward", "delay_missing"))
def stake_admits_the_better(
    before: Pool, call: Call, after: Pool, amount: Int, reward_per_gas: Int, max_capacity: Int
) -> Prop:
    """`stake` succeeds iff the caller may leave and, to enter, offers more than the lowest has."""
    allowed = is_allowed(before, call, amount, reward_per_gas, max_capacity)
    payable = can_be_paid(before, call, moved_by_stake(before, call, amount))
    return iff(call.succeeds, allowed & payable & call.accepted)


@rule("stake", kills="token_may_be_nobody")
def stake_needs_a_token(
    before: Pool, call: Call, after: Pool, amount: Int, reward_per_gas: Int, max_capacity: Int
) -> Prop:
    """`stake` that would move tokens, while the registry names no token, says which name is missing."""
    allowed = is_allowed(before, call, amount, reward_per_gas, max_capacity)
    return implies(allowed, names_the_missing_token(before, call, moved_by_stake(before, call, amount)))


@rule("stake", kills="entry_without_minimum")
def bad_offer_is_named(
    before: Pool, call: Call, after: Pool, amount: Int, reward_per_gas: Int, max_capacity: Int
) -> Prop:
    """`stake` refuses too few blocks, too little stake for each, or no reward, with INVALID_PARAMS."""
    leaves = (reward_per_gas == 0) & (max_capacity == 0)
    bad = negate(ite(amount == 0, leaves, is_offer(before, amount, reward_per_gas, max_capacity)))
    return implies(negate(is_hasty(before, call)) & bad, call.reverts_with("INVALID_PARAMS"))


@rule("stake", kills="entry_with_equal_stake")
def weak_offer_is_named(
    before: Pool, call: Call, after: Pool, amount: Int, reward_per_gas: Int, max_capacity: Int
) -> Prop:
    """`stake` of no more than the lowest stake is refused with PROVER_NOT_GOOD_ENOUGH."""
    weak = is_weak_offer(before, call, amount, reward_per_gas, max_capacity)
    return implies(negate(is_hasty(before, call)) & weak, call.reverts_with("PROVER_NOT_GOOD_ENOUGH"))
