"""What the protocol does to the third pool alone, and what its views tell."""

from __future__ import annotations

from harness.lang import Call, Int, Prop, at, either, implies, ite, maximum, minimum, rule
from specs.common.frame import has_no_effect
from specs.common.lottery import is_assigned_by_share, is_assigned_to_nobody
from specs.common.seat_protocol_rules import tells_its_record
from specs.common.seats import Slot, everything, slashable
from specs.common.views import constants_tell
from specs.v3.model import weights_and_rewards
from specs.v3.state import CONSTANTS, SLASH_BASE, SLASH_MULTIPLIER, SLASH_POINTS, Pool, Slashed


@rule("assignProver", kills="assign_with_no_weight")
def nobody_is_assigned_without_weight(before: Pool, call: Call, after: Pool, fee_per_gas: Int) -> Prop:
    """With a total weight of 0 `assignProver` returns nobody and no reward, and changes nothing."""
    return is_assigned_to_nobody(before, call, after, weights_and_rewards(before, fee_per_gas)[0])


@rule("assignProver", kills=("draw_off_by_one", "capacity_not_spent", "wrong_slots_reward"))
def each_slot_is_drawn_by_its_share(
    before: Pool, call: Call, after: Pool, slot: Slot, block_id: Int, fee_per_gas: Int
) -> Prop:
    """A slot is drawn iff the point lies in its share, which is exactly as long as its weight.

    So over all points a slot's probability is its weight over the total. Whoever is
    drawn is returned with the slot's own effective reward, and can take one block less.
    """
    weights, rewards = weights_and_rewards(before, fee_per_gas)
    spent = before.seat(slot).current_capacity - after.seat(slot).current_capacity
    owner, reward = before.holder(slot), at(rewards, slot - 1)
    return is_assigned_by_share(call, block_id, weights, slot - 1, spent=spent, owner=owner, reward=reward)


@rule("slashProver", kills=("slash_wraps", "slash_rounds_up", "slash_takes_the_smaller", "slash_unbounded"))
def slash_takes_exactly_the_penalty(
    before: Pool, call: Call, after: Pool, block_id: Int, addr: Int, proof_reward: Int
) -> Prop:
    """`slashProver` takes 0.25 % per declared block, or four proof rewards if that is more, or all."""
    at_stake = slashable(before, addr, call.timestamp)
    declared = maximum(before.stakers[addr].max_capacity, 1)
    share = at_stake * SLASH_POINTS // SLASH_BASE // declared
    amount = minimum(at_stake, maximum(share, SLASH_MULTIPLIER * proof_reward))
    taken = everything(before, addr) - everything(after, addr)
    exact = (taken == amount) & call.emits_only(Slashed(block_id, addr, amount))
    return implies(call.succeeds & (at_stake != 0), exact)


@rule("getStaker", "getCapacity", "getProvers", "getProverWeights", kills="view_reverts")
def views_only_tell(before: Pool, call: Call, after: Pool) -> Prop:
    """The views answer in every state, and change nothing."""
    return has_no_effect(before, call, after) & call.succeeds


@rule("getProverWeights", kills=("fee_clamp_wraps", "weight_of_zero_reward", "weight_without_minimum"))
def weight_is_stake_over_the_square_of_the_reward(
    before: Pool, call: Call, after: Pool, slot: Slot, fee_per_gas: Int
) -> Prop:
    """A slot that takes part weighs its stake over the square of its effective reward, at least 1; others 0.

    The effective reward is what was asked, moved to within 75 % and 125 % of the fee.
    """
    prover = before.seat(slot)
    weight, reward = at(call.returned(0), slot - 1), at(call.returned(1), slot - 1)
    low, high = fee_per_gas * 75 // 100, fee_per_gas * 125 // 100
    takes_part = (prover.current_capacity != 0) & (prover.staked_amount != 0)
    expected = ite(takes_part, minimum(maximum(prover.reward_per_gas, low), high), 0)
    staked = prover.staked_amount
    exact = either(expected == 0, lambda: 0, lambda: maximum(1, staked // expected // expected))
    as_told: Prop = (reward == expected) & (weight == exact)
    return as_told


@rule("getProvers", kills="view_shifted_by_one")
def slots_are_listed_with_their_owners(before: Pool, call: Call, after: Pool, slot: Slot) -> Prop:
    """`getProvers` lists the slots 1..32 in order, each with its owner."""
    staked, reward, capacity = at(call.returned(0), slot - 1)
    old = before.seat(slot)
    listed: Prop = (
        (staked == old.staked_amount) & (reward == old.reward_per_gas) & (capacity == old.current_capacity)
    )
    owner: Prop = at(call.returned(1), slot - 1) == before.holder(slot)
    return listed & owner


@rule(*CONSTANTS, kills="constant_changed")
def constants_are_told(before: Pool, call: Call, after: Pool) -> Prop:
    """Each public constant has the value that was announced, and tells it to everybody."""
    return constants_tell(before, call, after, CONSTANTS)


@rule("stakers", "provers", "proverIdToAddress", kills="staker_fields_reordered")
def records_are_told(before: Pool, call: Call, after: Pool, argument_0: Int) -> Prop:
    """The getters of stakers, slots and owners tell what is stored; beyond the array they refuse."""
    return tells_its_record(before, call, after, argument_0)
