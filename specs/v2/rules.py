"""What the second pool alone does: who may enter, weights, slashes, and what its views tell."""

from __future__ import annotations

from harness.lang import Call, Int, Prop, at, either, iff, implies, maximum, negate, rule
from specs.common.frame import has_no_effect
from specs.common.lottery import is_assigned_by_share, is_assigned_to_nobody, sum_of
from specs.common.seat_protocol_rules import tells_its_record
from specs.common.seat_rules import (
    can_be_paid,
    can_enter,
    is_weak_offer,
    moved_by_stake,
    names_the_missing_token,
)
from specs.common.seats import Slot, everything, is_offer, slashable
from specs.common.views import constants_tell
from specs.v2.model import weights_of
from specs.v2.state import CONSTANTS, SLASH_BASE, SLASH_POINTS, Pool, Slashed

# --- stakers --------------------------------------------------------------------------------------------


@rule("stake", kills=("entry_with_equal_stake", "entry_without_minimum", "entry_without_reward"))
def stake_admits_the_better(
    before: Pool, call: Call, after: Pool, amount: Int, reward_per_gas: Int, max_capacity: Int
) -> Prop:
    """`stake` succeeds iff it is to leave, or offers more than the lowest has.

    Nobody has to wait between two changes, and who leaves is not asked what for.
    """
    allowed = (amount == 0) | can_enter(before, call, amount, reward_per_gas, max_capacity)
    payable = can_be_paid(before, call, moved_by_stake(before, call, amount))
    return iff(call.succeeds, allowed & payable & call.accepted)


@rule("stake", kills="token_may_be_nobody")
def stake_needs_a_token(
    before: Pool, call: Call, after: Pool, amount: Int, reward_per_gas: Int, max_capacity: Int
) -> Prop:
    """`stake` that would move tokens, while the registry names no token, says which name is missing."""
    allowed = (amount == 0) | can_enter(before, call, amount, reward_per_gas, max_capacity)
    return implies(allowed, names_the_missing_token(before, call, moved_by_stake(before, call, amount)))


@rule("stake", kills="entry_without_minimum")
def bad_offer_is_named(
    before: Pool, call: Call, after: Pool, amount: Int, reward_per_gas: Int, max_capacity: Int
) -> Prop:
    """`stake` refuses too few blocks, too little stake for each, or no reward, with INVALID_PARAMS."""
    bad = (amount != 0) & negate(is_offer(before, amount, reward_per_gas, max_capacity))
    return implies(bad, call.reverts_with("INVALID_PARAMS"))


@rule("stake", kills="entry_with_equal_stake")
def weak_offer_is_named(
    before: Pool, call: Call, after: Pool, amount: Int, reward_per_gas: Int, max_capacity: Int
) -> Prop:
    """`stake` of no more than the lowest stake is refused with PROVER_NOT_GOOD_ENOUGH."""
    weak = is_weak_offer(before, call, amount, reward_per_gas, max_capacity)
    return implies(weak, call.reverts_with("PROVER_NOT_GOOD_ENOUGH"))


# --- the protocol ---------------------------------------------------------------------------------------


@rule("assignProver", kills="assign_with_no_weight")
def nobody_is_assigned_without_weight(before: Pool, call: Call, after: Pool, fee_per_gas: Int) -> Prop:
    """With a total weight of 0 `assignProver` returns nobody and no reward, and changes nothing."""
    return is_assigned_to_nobody(before, call, after, weights_of(before, fee_per_gas))


@rule("assignProver", kills=("draw_off_by_one", "capacity_not_spent", "wrong_slots_reward"))
def each_slot_is_drawn_by_its_share(
    before: Pool, call: Call, after: Pool, slot: Slot, block_id: Int, fee_per_gas: Int
) -> Prop:
    """A slot is drawn iff the point lies in its share, which is exactly as long as its weight.

    So over all points a slot's probability is its weight over the total. Whoever is
    drawn is returned with the reward asked, and can take one block less.
    """
    old, new = before.seat(slot), after.seat(slot)
    return is_assigned_by_share(
        call,
        block_id,
        weights_of(before, fee_per_gas),
        slot - 1,
        spent=old.current_capacity - new.current_capacity,
        owner=before.holder(slot),
        reward=old.reward_per_gas,
    )


@rule("slashProver", kills=("slash_wraps", "slash_rounds_up", "slash_without_minimum"))
def slash_takes_exactly_the_penalty(before: Pool, call: Call, after: Pool, addr: Int) -> Prop:
    """`slashProver` takes 5 % of what can be slashed, rounded down, but at least 1."""
    at_stake = slashable(before, addr, call.timestamp)
    amount = maximum(1, at_stake * SLASH_POINTS // SLASH_BASE)
    taken = everything(before, addr) - everything(after, addr)
    exact = (taken == amount) & call.emits_only(Slashed(addr, amount))
    return implies(call.succeeds & (at_stake != 0), exact)


# --- views ----------------------------------------------------------------------------------------------


@rule("getStaker", "getCapacity", "getWeights", kills="view_reverts")
def views_only_tell(before: Pool, call: Call, after: Pool) -> Prop:
    """The views answer in every state, and change nothing."""
    return has_no_effect(before, call, after) & call.succeeds


@rule("getWeights", kills=("weight_in_a_narrow_type", "weight_without_capacity", "weight_by_fee_once"))
def weight_is_stake_by_capacity_over_the_square_of_the_reward(
    before: Pool, call: Call, after: Pool, slot: Slot, fee_per_gas: Int
) -> Prop:
    """A slot weighs stake times capacity times the fee over the reward, squared; 0 without a reward."""
    prover = before.seat(slot)
    reward = prover.reward_per_gas
    merit = fee_per_gas * fee_per_gas * prover.staked_amount * prover.current_capacity
    exact = either(reward == 0, lambda: 0, lambda: merit // reward // reward)
    told: Prop = at(call.returned(0), slot - 1) == exact
    return told


@rule("getWeights", kills="total_of_31")
def total_is_the_weights_sum(before: Pool, call: Call, after: Pool) -> Prop:
    """`getWeights` returns the sum of all 32 weights with them."""
    told: Prop = call.returned(1) == sum_of(call.returned(0))
    return told


@rule(*CONSTANTS, kills="constant_changed")
def constants_are_told(before: Pool, call: Call, after: Pool) -> Prop:
    """Each public constant has the value that was announced, and tells it to everybody."""
    return constants_tell(before, call, after, CONSTANTS)


@rule("stakers", "provers", "idToProver", kills="staker_fields_reordered")
def records_are_told(before: Pool, call: Call, after: Pool, argument_0: Int) -> Prop:
    """The getters of stakers, slots and owners tell what is stored; beyond the array they refuse."""
    return tells_its_record(before, call, after, argument_0)
