"""What stakers can do to the second and the third pool, and what happens to them."""

from __future__ import annotations

from typing import Any

from harness.lang import EVERY_FUNCTION, Address, Call, Int, Prop, iff, implies, ite, maximum, negate, rule
from specs.common.frame import announces_exactly
from specs.common.queue import is_mature
from specs.common.resolver import TOKEN, is_protocol, token_is_named
from specs.common.seats import (
    Exited,
    SeatPool,
    Slot,
    Staked,
    Withdrawn,
    is_offer,
    is_seated,
    matured,
    only_these_change,
    same_seat,
    same_staker,
    seat_of,
    seat_to_win,
    slashable,
)
from specs.common.token import burned, burned_in_all, minted, minted_in_all


def is_ripe(pool: SeatPool, call: Call) -> Prop:
    """Return that the caller's exit is mature."""
    return is_mature(pool.stakers[call.sender].exit_requested_at, call.timestamp)


def can_be_paid(pool: SeatPool, call: Call, amount: Int) -> Prop:
    """Return that the registry names a token, or that no amount moves."""
    return (amount == 0) | token_is_named(pool.address_manager, call.env)


def names_the_missing_token(before: SeatPool, call: Call, amount: Int) -> Prop:
    """Return that a call which has to move `amount`, while no token is named, says which name is missing."""
    told = call.reverts_with("RESOLVER_ZERO_ADDR", call.env.chain_id, TOKEN)
    return implies(negate(can_be_paid(before, call, amount)) & call.accepted, told)


def missing(before: SeatPool, call: Call, amount: Int) -> Int:
    """Return what `stake` burns: the part of `amount` that the caller has not exiting after leaving."""
    return maximum(0, amount - slashable(before, call.sender, call.timestamp))


def has_left(before: SeatPool, after: SeatPool, who: Address, now: Int) -> Prop:
    """Return that the one who held a seat has left it, with all that was staked now exiting."""
    then = after.stakers[who]
    exiting = then.exit_amount == slashable(before, who, now)
    return is_seated(before, who) & exiting & (then.exit_requested_at == now) & (then.prover_id == 0)


def can_enter(before: SeatPool, call: Call, amount: Int, reward_per_gas: Int, max_capacity: Int) -> Prop:
    """Return that the caller, having left, offers enough, and more than the lowest has."""
    _, lowest, _ = seat_to_win(before, call.sender)
    return is_offer(before, amount, reward_per_gas, max_capacity) & (lowest < amount)


def is_weak_offer(before: SeatPool, call: Call, amount: Int, reward_per_gas: Int, max_capacity: Int) -> Prop:
    """Return that the caller, having left, offers enough to enter, but no more than the lowest has."""
    _, lowest, _ = seat_to_win(before, call.sender)
    return is_offer(before, amount, reward_per_gas, max_capacity) & (amount != 0) & (amount <= lowest)


def moved_by_stake(before: SeatPool, call: Call, amount: Int) -> Int:
    """Return all that `stake` moves: the mature exits of the caller and of the displaced, what is burned."""
    now = call.timestamp
    _, _, displaced = seat_to_win(before, call.sender)
    entering = matured(before, displaced, now) + missing(before, call, amount)
    return matured(before, call.sender, now) + ite(amount == 0, 0, entering)


# --- every function -------------------------------------------------------------------------------------


@rule(EVERY_FUNCTION, kills="release_touches_the_staker")
def only_who_acts_or_is_acted_on_changes(before: SeatPool, call: Call, after: SeatPool, who: Address) -> Prop:
    """A staker's record changes by the staker's own call, by a slash, or by losing the seat to the caller.

    Strangers have no other way to anybody's tokens, dates or declared capacity.
    """
    seat = before.stakers[who].prover_id
    lost_the_seat = call.is_call_of("stake") & (seat != 0) & (after.holder(seat) == call.sender)
    slashed = call.is_call_of("slashProver") & (call.argument("addr") == who)
    return same_staker(before, after, who) | (call.sender == who) | lost_the_seat | slashed


@rule(EVERY_FUNCTION, kills="exit_empties_another_seat")
def only_owner_challenger_or_protocol_changes_a_seat(
    before: SeatPool, call: Call, after: SeatPool, slot: Slot
) -> Prop:
    """A slot changes by its owner's call, by who takes it, or by the protocol's three functions.

    Strangers have no other way to anybody's stake, reward or capacity.
    """
    before_owner, after_owner = before.holder(slot), after.holder(slot)
    party = (call.sender == before_owner) | (call.sender == after_owner)
    protocol = call.is_call_of("assignProver", "releaseProver", "slashProver")
    return same_seat(before, after, slot) | party | protocol


@rule("assignProver", "releaseProver", "slashProver", kills=("assign_for_anyone", "slash_for_anyone"))
def only_the_protocol_assigns_releases_slashes(before: SeatPool, call: Call, after: SeatPool) -> Prop:
    """`assignProver`, `releaseProver` and `slashProver` refuse every caller but the protocol.

    Anybody else could burn a rival's stake or capacity.
    """
    stranger = negate(is_protocol(before.address_manager, call.env))
    told = implies(call.accepted, call.reverts_with("UNAUTHORIZED"))
    return implies(stranger, negate(call.succeeds) & told)


@rule(EVERY_FUNCTION, kills=("withdraw_keeps_the_record", "exit_mints_twice", "mint_to_the_caller"))
def only_matured_exits_are_paid(before: SeatPool, call: Call, after: SeatPool, who: Address) -> Prop:
    """What is minted for somebody is exactly the matured exit on record, which this closes.

    The pool can mint without limit; this is the limit.
    """
    paid = minted(call, to=who)
    closed = (after.stakers[who].exit_requested_at == 0) | (
        after.stakers[who].exit_requested_at == call.timestamp
    )
    return (paid == 0) | ((paid == matured(before, who, call.timestamp) * before.UNIT) & closed)


# --- withdraw -------------------------------------------------------------------------------------------


@rule("withdraw", kills="withdraw_one_second_early")
def withdraw_opens_when_mature(before: SeatPool, call: Call, after: SeatPool) -> Prop:
    """`withdraw` succeeds iff the caller's exit is mature (and the token plays along)."""
    paid = matured(before, call.sender, call.timestamp)
    guard = is_ripe(before, call) & can_be_paid(before, call, paid)
    return iff(call.succeeds, guard & call.accepted)


@rule("withdraw", kills=("withdraw_keeps_the_record", "withdraw_pays_in_the_wrong_unit"))
def withdraw_pays_exactly_what_matured(before: SeatPool, call: Call, after: SeatPool) -> Prop:
    """`withdraw` mints the caller's matured exit once, closes it, and touches nobody else."""
    mine, then = before.stakers[call.sender], after.stakers[call.sender]
    effect = (
        (minted(call, to=call.sender) == mine.exit_amount * before.UNIT)
        & (minted_in_all(call) == mine.exit_amount * before.UNIT)
        & (then.exit_amount == 0)
        & (then.exit_requested_at == 0)
        & (then.prover_id == mine.prover_id)
        & (then.max_capacity == mine.max_capacity)
        & only_these_change(before, after, stakers=[call.sender])
        & call.emits_only(Withdrawn(call.sender, mine.exit_amount))
    )
    return implies(call.succeeds, effect)


@rule("withdraw", kills="withdraw_one_second_early")
def immature_withdrawal_is_named(before: SeatPool, call: Call, after: SeatPool) -> Prop:
    """`withdraw` before the exit is mature, or without one, reverts with NO_MATURE_EXIT."""
    return implies(negate(is_ripe(before, call)), call.reverts_with("NO_MATURE_EXIT"))


@rule("withdraw", kills=("token_may_be_nobody", "resolve_allows_nobody"))
def withdrawal_needs_a_token(before: SeatPool, call: Call, after: SeatPool) -> Prop:
    """`withdraw` of something, while the registry names no token, says which name is missing."""
    return names_the_missing_token(before, call, matured(before, call.sender, call.timestamp))


# --- stake ----------------------------------------------------------------------------------------------


@rule("stake", kills=("lowest_is_the_last", "stake_seats_in_the_wrong_slot", "entry_capacity_unbounded"))
def stake_seats_the_caller(
    before: SeatPool, call: Call, after: SeatPool, amount: Int, reward_per_gas: Int, max_capacity: Int
) -> Prop:
    """`stake` gives the caller the first of the lowest slots, with exactly what was offered."""
    slot, _, _ = seat_to_win(before, call.sender)
    then, seat = after.stakers[call.sender], after.seat(slot)
    seated = (
        (then.prover_id == slot)
        & (then.max_capacity == max_capacity)
        & (after.holder(slot) == call.sender)
        & (seat.staked_amount == amount)
        & (seat.reward_per_gas == reward_per_gas)
        & (seat.current_capacity == max_capacity)
        & call.emitted(Staked(call.sender, amount, reward_per_gas, max_capacity))
    )
    return implies(call.succeeds & (amount != 0), seated)


@rule("stake", kills=("stake_burns_too_little", "partly_used_exit_loses_its_date", "stake_forgets_the_rest"))
def stake_uses_what_is_exiting_first(before: SeatPool, call: Call, after: SeatPool, amount: Int) -> Prop:
    """`stake` pays from what the caller has exiting, burns what is missing, and lets the rest exit."""
    who, now = call.sender, call.timestamp
    then = after.stakers[who]
    rest = maximum(0, slashable(before, who, now) - amount)
    paid = (
        (burned(call, of=who) == missing(before, call, amount) * before.UNIT)
        & (then.exit_amount == rest)
        & (then.exit_requested_at == ite(rest == 0, 0, now))
    )
    return implies(
        call.succeeds & (amount != 0),
        paid & (minted(call, to=who) == matured(before, who, now) * before.UNIT),
    )


@rule("stake", kills="stake_zero_keeps_the_seat")
def stake_of_nothing_is_an_exit(before: SeatPool, call: Call, after: SeatPool, amount: Int) -> Prop:
    """`stake` of 0 pays what matured and takes the caller out of the pool, as `exit` does."""
    who, now = call.sender, call.timestamp
    then = after.stakers[who]
    left = implies(is_seated(before, who), has_left(before, after, who, now))
    seat = before.stakers[who].prover_id
    frame = only_these_change(before, after, seats=[seat], stakers=[who])
    paid = (minted(call, to=who) == matured(before, who, now) * before.UNIT) & (burned_in_all(call) == 0)
    return implies(call.succeeds & (amount == 0), left & paid & (then.prover_id == 0) & frame)


@rule("stake", kills=("displaced_stake_lost", "displaced_owner_not_exited", "displaced_exit_not_paid"))
def displaced_staker_keeps_every_token(before: SeatPool, call: Call, after: SeatPool, amount: Int) -> Prop:
    """Who loses the seat gets what matured, and has all the rest exiting from now on."""
    who, now = call.sender, call.timestamp
    _, _, displaced = seat_to_win(before, who)
    out = (
        has_left(before, after, displaced, now)
        & (after.stakers[displaced].max_capacity == before.stakers[displaced].max_capacity)
        & (minted(call, to=displaced) == matured(before, displaced, now) * before.UNIT)
        & call.emitted(Exited(displaced, slashable(before, displaced, now)))
    )
    return implies(call.succeeds & (amount != 0) & (displaced != 0), out)


@rule("stake", kills="stake_displaces_another")
def stake_displaces_the_lowest_alone(before: SeatPool, call: Call, after: SeatPool, amount: Int) -> Prop:
    """`stake` changes the caller, the lowest slot and its owner, and the slot left; nothing else."""
    who = call.sender
    old = before.stakers[who].prover_id
    slot, _, displaced = seat_to_win(before, who)
    frame = only_these_change(before, after, seats=[old, slot], stakers=[who, displaced])
    return implies(call.succeeds & (amount != 0), frame)


@rule("stake", kills="entry_with_equal_stake")
def newcomer_has_more_than_who_leaves(
    before: SeatPool, call: Call, after: SeatPool, who: Address, amount: Int
) -> Prop:
    """Whoever loses a seat to another had strictly less staked than the newcomer."""
    lost = is_seated(before, who) & (after.stakers[who].prover_id == 0) & (call.sender != who)
    return implies(lost, seat_of(before, who).staked_amount < amount)


def announces_leaving(
    before: SeatPool, call: Call, who: Address
) -> tuple[tuple[Prop, Any], tuple[Prop, Any]]:
    """Return the events of the one who leaves, each with when it is due: paid out, and left a seat."""
    staker, now = before.stakers[who], call.timestamp
    ripe = is_mature(staker.exit_requested_at, now)
    left = Exited(who, slashable(before, who, now))
    return (ripe, Withdrawn(who, staker.exit_amount)), (staker.prover_id != 0, left)


@rule("stake", kills="withdraw_announces_nothing")
def stake_announces_each_step(
    before: SeatPool, call: Call, after: SeatPool, amount: Int, reward_per_gas: Int, max_capacity: Int
) -> Prop:
    """`stake` announces who is paid and who leaves, the caller first, and then who entered; nothing else."""
    _, _, displaced = seat_to_win(before, call.sender)
    enters, someone = amount != 0, (amount != 0) & (displaced != 0)
    (ripe, withdrawn), (_, exited) = announces_leaving(before, call, displaced)
    parts = (
        *announces_leaving(before, call, call.sender),
        (someone & ripe, withdrawn),
        (someone, exited),
        (enters, Staked(call.sender, amount, reward_per_gas, max_capacity)),
    )
    return implies(call.succeeds, announces_exactly(call, *parts))
