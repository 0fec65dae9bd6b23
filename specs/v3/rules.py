"""What stakers can do to the third pool, and what happens to them: `stake`, `exit`, `withdraw`, everybody."""

from __future__ import annotations

from harness.lang import EVERY_FUNCTION, Address, Call, Int, Prop, iff, implies, ite, maximum, negate, rule
from specs.common.frame import only_changes
from specs.common.queue import is_mature
from specs.common.resolver import TOKEN
from specs.common.token import burned, burned_in_all, minted, minted_in_all
from specs.v3.invariants import Slot
from specs.v3.state import Exited, Pool, Staked, Withdrawn, is_seated, slot_of
from specs.v3.words import (
    is_hasty,
    is_offer,
    is_protocol,
    leavable,
    locked,
    matured,
    same_seat,
    same_staker,
    seat_to_win,
    token_can_move,
)


def _is_mature(pool: Pool, call: Call) -> Prop:
    return is_mature(pool.stakers[call.sender].exit_requested_at, call.timestamp)


# --- every function -------------------------------------------------------------------------------------


@rule(EVERY_FUNCTION, kills=("release_touches_the_staker", "slash_hits_the_caller"))
def only_who_acts_or_is_acted_on_changes(before: Pool, call: Call, after: Pool, who: Address) -> Prop:
    """A staker's record changes by the staker's own call, by a slash, or by losing the seat to the caller.

    Strangers have no other way to anybody's tokens, dates or declared capacity.
    """
    seat = before.stakers[who].prover_id
    lost_the_seat = call.is_call_of("stake") & (seat != 0) & (after.prover_id_to_address[seat] == call.sender)
    slashed = call.is_call_of("slashProver") & (call.argument("addr") == who)
    return same_staker(before, after, who) | (call.sender == who) | lost_the_seat | slashed


@rule(EVERY_FUNCTION, kills="exit_of_anyone")
def only_owner_challenger_or_protocol_changes_a_seat(
    before: Pool, call: Call, after: Pool, slot: Slot
) -> Prop:
    """A slot changes by its owner's call, by who takes it, or by the protocol's three functions.

    Strangers have no other way to anybody's stake, reward or capacity.
    """
    before_owner, after_owner = before.prover_id_to_address[slot], after.prover_id_to_address[slot]
    party = (call.sender == before_owner) | (call.sender == after_owner)
    protocol = call.is_call_of("assignProver", "releaseProver", "slashProver")
    return same_seat(before, after, slot) | party | protocol


@rule("assignProver", "releaseProver", "slashProver", kills=("assign_for_anyone", "slash_for_anyone"))
def only_the_protocol_assigns_releases_slashes(before: Pool, call: Call, after: Pool) -> Prop:
    """`assignProver`, `releaseProver` and `slashProver` refuse every caller but the protocol.

    Anybody else could burn a rival's stake or capacity.
    """
    return implies(negate(is_protocol(before, call)), call.reverts_with("UNAUTHORIZED"))


@rule(EVERY_FUNCTION, kills="stake_burns_from_the_displaced")
def nobody_pays_for_another(before: Pool, call: Call, after: Pool) -> Prop:
    """Tokens are burned of the caller only, and only by `stake`.

    Otherwise the pool's right to burn would be everybody's.
    """
    return (burned_in_all(call) == burned(call, of=call.sender)) & (
        (burned_in_all(call) == 0) | call.is_call_of("stake")
    )


@rule(EVERY_FUNCTION, kills=("withdraw_keeps_the_record", "exit_mints_twice", "mint_to_the_caller"))
def only_matured_exits_are_paid(before: Pool, call: Call, after: Pool, who: Address) -> Prop:
    """What is minted for somebody is exactly the matured exit on record, which this closes.

    The pool can mint without limit; this is the limit.
    """
    paid = minted(call, to=who)
    closed = (after.stakers[who].exit_requested_at == 0) | (
        after.stakers[who].exit_requested_at == call.timestamp
    )
    return (paid == 0) | ((paid == matured(before, who, call.timestamp)) & closed)


@rule(EVERY_FUNCTION, kills="release_mints")
def only_stakers_functions_move_tokens(before: Pool, call: Call, after: Pool) -> Prop:
    """Tokens are minted by `stake`, `exit` and `withdraw` only."""
    return (minted_in_all(call) == 0) | call.is_call_of("stake", "exit", "withdraw")


# --- withdraw -------------------------------------------------------------------------------------------


@rule("withdraw", kills="withdraw_one_second_early")
def withdraw_opens_when_mature(before: Pool, call: Call, after: Pool) -> Prop:
    """`withdraw` succeeds iff the caller's exit is mature (and the token plays along)."""
    paid = matured(before, call.sender, call.timestamp)
    guard = _is_mature(before, call) & token_can_move(before, call, paid)
    return iff(call.succeeds, guard & call.accepted)


@rule("withdraw", kills=("withdraw_keeps_the_record", "withdraw_pays_in_whole_tokens"))
def withdraw_pays_exactly_what_matured(before: Pool, call: Call, after: Pool) -> Prop:
    """`withdraw` mints the caller's matured exit once, closes it, and touches nobody else."""
    mine, then = before.stakers[call.sender], after.stakers[call.sender]
    effect = (
        (minted(call, to=call.sender) == mine.exit_amount)
        & (minted_in_all(call) == mine.exit_amount)
        & (then.exit_amount == 0)
        & (then.exit_requested_at == 0)
        & (then.prover_id == mine.prover_id)
        & (then.max_capacity == mine.max_capacity)
        & only_changes(before, after, stakers=[call.sender])
        & call.emits_only(Withdrawn(call.sender, mine.exit_amount))
    )
    return implies(call.succeeds, effect)


@rule("withdraw", kills="withdraw_one_second_early")
def immature_withdrawal_is_named(before: Pool, call: Call, after: Pool) -> Prop:
    """`withdraw` before the exit is mature, or without one, reverts with NO_MATURE_EXIT."""
    return implies(negate(_is_mature(before, call)), call.reverts_with("NO_MATURE_EXIT"))


@rule("withdraw", "exit", kills="token_may_be_nobody")
def payment_needs_a_token(before: Pool, call: Call, after: Pool) -> Prop:
    """Where something is to be paid and the registry names no token, the call says which name is missing."""
    paid = matured(before, call.sender, call.timestamp)
    unpayable = negate(token_can_move(before, call, paid))
    return implies(unpayable, call.reverts_with("RESOLVER_ZERO_ADDR", call.env.chain_id, TOKEN))


# --- exit -----------------------------------------------------------------------------------------------


@rule("exit", kills=("delay_missing", "delay_one_second_short"))
def exit_opens_after_the_delay(before: Pool, call: Call, after: Pool) -> Prop:
    """`exit` succeeds iff the caller has no seat, or has waited long enough to leave it."""
    who, now = call.sender, call.timestamp
    payable = token_can_move(before, call, matured(before, who, now))
    return iff(call.succeeds, negate(is_hasty(before, who, now)) & payable & call.accepted)


@rule("exit", "stake", kills=("delay_missing", "delay_one_second_short"))
def haste_is_named(before: Pool, call: Call, after: Pool) -> Prop:
    """Who leaves a seat within the delay after the last request is refused with CHANGE_TOO_FREQUENT."""
    return implies(is_hasty(before, call.sender, call.timestamp), call.reverts_with("CHANGE_TOO_FREQUENT"))


def _has_left(before: Pool, after: Pool, who: Address, now: Int) -> Prop:
    """Return that the one who held a seat has left it, with all that was staked now exiting."""
    then, seat = after.stakers[who], before.stakers[who].prover_id
    exiting = leavable(before, who, now)
    return (
        (then.exit_amount == exiting) & (then.exit_requested_at == now) & (then.prover_id == 0) & (seat != 0)
    )


@rule("exit", kills=("exit_keeps_prover_id", "exit_forgets_the_stake", "exit_pays_at_once"))
def exit_moves_the_whole_stake(before: Pool, call: Call, after: Pool) -> Prop:
    """`exit` pays what matured, empties the caller's seat, and lets all its stake exit from now on."""
    who, now = call.sender, call.timestamp
    mine, then = before.stakers[who], after.stakers[who]
    seat, freed = mine.prover_id, after.provers[mine.prover_id]
    emptied = (
        (freed.staked_amount == 0)
        & (freed.reward_per_gas == 1)
        & (freed.current_capacity == 0)
        & (after.prover_id_to_address[seat] == 0)
        & call.emitted(Exited(who, leavable(before, who, now)))
    )
    stays_out = (then.exit_amount == locked(before, who, now)) & (
        then.exit_requested_at == ite(_is_mature(before, call), 0, mine.exit_requested_at)
    )
    left = ite(is_seated(before, who), emptied & _has_left(before, after, who, now), stays_out)
    paid = minted(call, to=who) == matured(before, who, now)
    return implies(
        call.succeeds, left & paid & (then.prover_id == 0) & (then.max_capacity == mine.max_capacity)
    )


@rule("exit", kills="exit_empties_another_seat")
def exit_touches_nobody_else(before: Pool, call: Call, after: Pool) -> Prop:
    """`exit` changes the caller's record and the caller's seat, nothing else."""
    who = call.sender
    seat = before.stakers[who].prover_id
    return only_changes(before, after, provers=[seat], prover_id_to_address=[seat], stakers=[who])


# --- stake ----------------------------------------------------------------------------------------------


def _may_come(before: Pool, call: Call) -> Prop:
    """Return that `stake`'s first steps, withdrawing and leaving, go through."""
    return negate(is_hasty(before, call.sender, call.timestamp))


def _missing(before: Pool, call: Call, amount: Int) -> Int:
    """Return what `stake` burns: the part of `amount` that the caller has not exiting after leaving."""
    return maximum(0, amount - leavable(before, call.sender, call.timestamp))


@rule("stake", kills=("entry_with_equal_stake", "entry_without_minimum", "entry_without_reward"))
def stake_admits_the_better(
    before: Pool, call: Call, after: Pool, amount: Int, reward_per_gas: Int, max_capacity: Int
) -> Prop:
    """`stake` succeeds iff the caller may leave and, to enter, offers more than the lowest has."""
    who, now = call.sender, call.timestamp
    slot, lowest = seat_to_win(before, who)
    displaced = ite(slot == before.stakers[who].prover_id, 0, before.prover_id_to_address[slot])
    parting = matured(before, displaced, now)
    leaves = (reward_per_gas == 0) & (max_capacity == 0)
    enters = (
        is_offer(amount, reward_per_gas, max_capacity)
        & (lowest < amount)
        & token_can_move(before, call, parting + _missing(before, call, amount))
    )
    guard = _may_come(before, call) & ite(amount == 0, leaves, enters)
    return iff(call.succeeds, guard & token_can_move(before, call, matured(before, who, now)) & call.accepted)


@rule("stake", kills="entry_without_minimum")
def bad_offer_is_named(
    before: Pool, call: Call, after: Pool, amount: Int, reward_per_gas: Int, max_capacity: Int
) -> Prop:
    """`stake` refuses too few blocks, too little stake for each, or no reward, with INVALID_PARAMS."""
    leaves = (reward_per_gas == 0) & (max_capacity == 0)
    bad = negate(ite(amount == 0, leaves, is_offer(amount, reward_per_gas, max_capacity)))
    return implies(_may_come(before, call) & bad, call.reverts_with("INVALID_PARAMS"))


@rule("stake", kills="entry_with_equal_stake")
def weak_offer_is_named(
    before: Pool, call: Call, after: Pool, amount: Int, reward_per_gas: Int, max_capacity: Int
) -> Prop:
    """`stake` of no more than the lowest stake is refused with PROVER_NOT_GOOD_ENOUGH."""
    _slot, lowest = seat_to_win(before, call.sender)
    offered = is_offer(amount, reward_per_gas, max_capacity) & (amount != 0)
    weak = _may_come(before, call) & offered & (amount <= lowest)
    return implies(weak, call.reverts_with("PROVER_NOT_GOOD_ENOUGH"))


@rule("stake", kills=("lowest_is_the_last", "stake_seats_in_the_wrong_slot", "entry_capacity_unbounded"))
def stake_seats_the_caller(
    before: Pool, call: Call, after: Pool, amount: Int, reward_per_gas: Int, max_capacity: Int
) -> Prop:
    """`stake` gives the caller the first of the lowest slots, with exactly what was offered."""
    slot, _lowest = seat_to_win(before, call.sender)
    then, seat = after.stakers[call.sender], after.provers[slot]
    seated = (
        (then.prover_id == slot)
        & (then.max_capacity == max_capacity)
        & (after.prover_id_to_address[slot] == call.sender)
        & (seat.staked_amount == amount)
        & (seat.reward_per_gas == reward_per_gas)
        & (seat.current_capacity == max_capacity)
        & call.emitted(Staked(call.sender, amount, reward_per_gas, max_capacity))
    )
    return implies(call.succeeds & (amount != 0), seated)


@rule("stake", kills=("stake_burns_too_little", "partly_used_exit_loses_its_date", "stake_forgets_the_rest"))
def stake_uses_what_is_exiting_first(before: Pool, call: Call, after: Pool, amount: Int) -> Prop:
    """`stake` pays from what the caller has exiting, burns what is missing, and lets the rest exit."""
    who, now = call.sender, call.timestamp
    then = after.stakers[who]
    rest = maximum(0, leavable(before, who, now) - amount)
    paid = (
        (burned(call, of=who) == _missing(before, call, amount))
        & (then.exit_amount == rest)
        & (then.exit_requested_at == ite(rest == 0, 0, now))
    )
    return implies(call.succeeds & (amount != 0), paid & (minted(call, to=who) == matured(before, who, now)))


@rule("stake", kills="stake_zero_keeps_the_seat")
def stake_of_nothing_is_an_exit(before: Pool, call: Call, after: Pool, amount: Int) -> Prop:
    """`stake` of 0 pays what matured and takes the caller out of the pool, as `exit` does."""
    who, now = call.sender, call.timestamp
    then = after.stakers[who]
    left = implies(is_seated(before, who), _has_left(before, after, who, now))
    seat = before.stakers[who].prover_id
    frame = only_changes(before, after, provers=[seat], prover_id_to_address=[seat], stakers=[who])
    paid = (minted(call, to=who) == matured(before, who, now)) & (burned_in_all(call) == 0)
    return implies(call.succeeds & (amount == 0), left & paid & (then.prover_id == 0) & frame)


@rule("stake", kills=("displaced_stake_lost", "displaced_owner_not_exited", "displaced_exit_not_paid"))
def displaced_staker_keeps_every_token(before: Pool, call: Call, after: Pool, amount: Int) -> Prop:
    """Who loses the seat gets what matured, and has all the rest exiting from now on."""
    who, now = call.sender, call.timestamp
    slot, _lowest = seat_to_win(before, who)
    displaced = ite(slot == before.stakers[who].prover_id, 0, before.prover_id_to_address[slot])
    out = (
        _has_left(before, after, displaced, now)
        & (after.stakers[displaced].max_capacity == before.stakers[displaced].max_capacity)
        & (minted(call, to=displaced) == matured(before, displaced, now))
        & call.emitted(Exited(displaced, leavable(before, displaced, now)))
    )
    return implies(call.succeeds & (amount != 0) & (displaced != 0), out)


@rule("stake", kills="stake_displaces_another")
def stake_displaces_the_lowest_alone(before: Pool, call: Call, after: Pool, amount: Int) -> Prop:
    """`stake` changes the caller, the lowest slot and its owner, and the slot left; nothing else."""
    who = call.sender
    old = before.stakers[who].prover_id
    slot, _lowest = seat_to_win(before, who)
    owner = before.prover_id_to_address[slot]
    frame = only_changes(
        before, after, provers=[old, slot], prover_id_to_address=[old, slot], stakers=[who, owner]
    )
    return implies(call.succeeds & (amount != 0), frame)


@rule("stake", kills="entry_with_equal_stake")
def newcomer_has_more_than_who_leaves(
    before: Pool, call: Call, after: Pool, who: Address, amount: Int
) -> Prop:
    """Whoever loses a seat to another had strictly less staked than the newcomer."""
    lost = is_seated(before, who) & (after.stakers[who].prover_id == 0) & (call.sender != who)
    return implies(lost, slot_of(before, who).staked_amount < amount)
