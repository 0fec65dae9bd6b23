"""What the protocol does to the third pool, assigning, releasing and slashing; and what the views tell."""

from __future__ import annotations

from harness.lang import Call, Int, Prop, at, iff, implies, ite, maximum, minimum, rule, within
from specs.common.frame import has_no_effect, only_changes
from specs.common.lottery import entropy, is_drawn, sum_of
from specs.v3.invariants import Slot
from specs.v3.model import (
    prover_words,
    slashable_amount,
    slashable_exit,
    weights_and_rewards,
)
from specs.v3.state import (
    SLASH_BASE,
    SLASH_MULTIPLIER,
    SLASH_POINTS,
    SLOTS,
    Pool,
    Slashed,
    everything,
    is_seated,
    slot_of,
)
from specs.v3.words import is_protocol

# --- assignProver ---------------------------------------------------------------------------------------


@rule("assignProver", kills="assign_reverts_when_empty")
def protocol_can_always_assign(before: Pool, call: Call, after: Pool) -> Prop:
    """`assignProver` succeeds iff the protocol calls, whatever the fee, and even with nobody to assign."""
    return iff(call.succeeds, is_protocol(before, call) & call.accepted)


def _total(pool: Pool, fee_per_gas: Int) -> Int:
    return sum_of(weights_and_rewards(pool, fee_per_gas)[0])


@rule("assignProver", kills="assign_with_no_weight")
def nobody_is_assigned_without_weight(before: Pool, call: Call, after: Pool, fee_per_gas: Int) -> Prop:
    """With a total weight of 0 `assignProver` returns nobody and no reward, and changes nothing."""
    nobody = (call.returned(0) == 0) & (call.returned(1) == 0) & only_changes(before, after)
    return implies(call.succeeds & (_total(before, fee_per_gas) == 0), nobody)


@rule("assignProver", kills=("draw_off_by_one", "draw_includes_the_next", "wrong_slots_reward"))
def each_slot_is_drawn_by_its_share(
    before: Pool, call: Call, after: Pool, slot: Slot, block_id: Int, fee_per_gas: Int
) -> Prop:
    """A slot is drawn iff the point lies in its share, which is exactly as long as its weight.

    So over all points a slot's probability is its weight over the total. Whoever is
    drawn is returned with the slot's own effective reward, and can take one block less.
    """
    weights, rewards = weights_and_rewards(before, fee_per_gas)
    total = sum_of(weights)
    point = entropy(call.env, block_id) % maximum(total, 1)
    old, new = before.provers[slot], after.provers[slot]
    drawn = (
        (new.current_capacity == old.current_capacity - 1)
        & (call.returned(0) == before.prover_id_to_address[slot])
        & (call.returned(1) == at(rewards, slot - 1))
    )
    spared = new.current_capacity == old.current_capacity
    chosen = is_drawn(weights, slot - 1, point)
    return implies(call.succeeds & (total != 0), ite(chosen, drawn, spared))


@rule("assignProver", kills=("capacity_not_spent", "assign_spends_two", "assign_without_capacity"))
def who_is_assigned_can_take_it(before: Pool, call: Call, after: Pool, slot: Slot) -> Prop:
    """Whoever is assigned a block has an address, a stake, and capacity; the reward is above 0."""
    old, new = before.provers[slot], after.provers[slot]
    able = (
        (old.current_capacity == new.current_capacity + 1)
        & (old.staked_amount != 0)
        & (call.returned(0) != 0)
        & (call.returned(1) != 0)
    )
    return implies(old.current_capacity != new.current_capacity, able)


@rule("assignProver", kills="assign_restakes")
def assigning_changes_capacity_alone(before: Pool, call: Call, after: Pool, slot: Slot) -> Prop:
    """`assignProver` changes no stake, no reward, no owner, no staker and announces nothing."""
    old, new = before.provers[slot], after.provers[slot]
    same = (old.staked_amount == new.staked_amount) & (old.reward_per_gas == new.reward_per_gas)
    return same & only_changes(before, after, provers=tuple(SLOTS)) & call.emits_only()


# --- releaseProver --------------------------------------------------------------------------------------


@rule("releaseProver", kills="release_reverts_when_full")
def protocol_can_always_release(before: Pool, call: Call, after: Pool) -> Prop:
    """`releaseProver` succeeds iff the protocol calls, whoever is released."""
    return iff(call.succeeds, is_protocol(before, call) & call.accepted)


@rule(
    "releaseProver",
    kills=("release_ignores_the_maximum", "release_above_maximum_by_one", "release_gives_two"),
)
def release_gives_one_block_back(before: Pool, call: Call, after: Pool, addr: Int) -> Prop:
    """`releaseProver` adds 1 to a seated prover's capacity below what was declared, and does nothing else."""
    seat = before.stakers[addr].prover_id
    old, new = before.provers[seat], after.provers[seat]
    below = is_seated(before, addr) & (old.current_capacity < before.stakers[addr].max_capacity)
    added = (
        (new.current_capacity == old.current_capacity + ite(below, 1, 0))
        & (new.staked_amount == old.staked_amount)
        & (new.reward_per_gas == old.reward_per_gas)
    )
    return implies(call.succeeds, added & only_changes(before, after, provers=[seat]) & call.emits_only())


# --- slashProver ----------------------------------------------------------------------------------------


@rule("slashProver", kills=("slash_reverts_beyond_stake", "slash_overflows"))
def slashing_never_fails(before: Pool, call: Call, after: Pool) -> Prop:
    """`slashProver` succeeds iff the protocol calls, whoever is slashed, for however dear a proof.

    A punishment that reverts is one that isn't made.
    """
    return iff(call.succeeds, is_protocol(before, call) & call.accepted)


@rule("slashProver", kills=("slash_wraps", "slash_rounds_up", "slash_takes_the_smaller", "slash_unbounded"))
def slash_takes_exactly_the_penalty(
    before: Pool, call: Call, after: Pool, block_id: Int, addr: Int, proof_reward: Int
) -> Prop:
    """`slashProver` takes 0.25 % per declared block, or four proof rewards if that is more, or all."""
    slashable = slashable_amount(before, addr, call.timestamp)
    declared = maximum(before.stakers[addr].max_capacity, 1)
    share = slashable * SLASH_POINTS // SLASH_BASE // declared
    amount = minimum(slashable, maximum(share, SLASH_MULTIPLIER * proof_reward))
    taken = everything(before, addr) - everything(after, addr)
    exact = (taken == amount) & call.emits_only(Slashed(block_id, addr, amount))
    return implies(call.succeeds & (slashable != 0), exact)


@rule("slashProver", kills="slash_of_nothing_announced")
def nothing_slashable_nothing_happens(before: Pool, call: Call, after: Pool, addr: Int) -> Prop:
    """`slashProver` of somebody without stake or locked exit changes nothing and announces nothing."""
    nothing = slashable_amount(before, addr, call.timestamp) == 0
    return implies(nothing, has_no_effect(before, call, after))


@rule("slashProver", kills=("slash_takes_stake_first", "slash_takes_from_both"))
def slash_takes_the_exit_first(before: Pool, call: Call, after: Pool, addr: Int) -> Prop:
    """`slashProver` touches the stake only where all that is locked in the exit was not enough."""
    locked = slashable_exit(before, addr, call.timestamp)
    exit_loss = before.stakers[addr].exit_amount - after.stakers[addr].exit_amount
    stake_loss = slot_of(before, addr).staked_amount - slot_of(after, addr).staked_amount
    bounded = within(exit_loss, 0, locked) & within(stake_loss, 0, slot_of(before, addr).staked_amount)
    return bounded & implies(stake_loss != 0, exit_loss == locked)


@rule("slashProver", kills="mature_exit_slashed")
def mature_exit_is_out_of_reach(before: Pool, call: Call, after: Pool, addr: Int) -> Prop:
    """`slashProver` never touches an exit that is mature: these tokens are the staker's already."""
    matured = before.stakers[addr].exit_amount - slashable_exit(before, addr, call.timestamp)
    return implies(matured != 0, after.stakers[addr].exit_amount == before.stakers[addr].exit_amount)


@rule("slashProver", kills=("slash_hits_the_caller", "slot_freed_after_full_slash", "slash_resets_the_exit"))
def slash_changes_the_target_alone(before: Pool, call: Call, after: Pool, addr: Int) -> Prop:
    """`slashProver` changes nothing but the target's two amounts; even slashed to 0, the seat is kept."""
    mine, then = before.stakers[addr], after.stakers[addr]
    old, new = before.provers[mine.prover_id], after.provers[mine.prover_id]
    kept = (
        (mine.exit_requested_at == then.exit_requested_at)
        & (mine.max_capacity == then.max_capacity)
        & (mine.prover_id == then.prover_id)
        & (old.reward_per_gas == new.reward_per_gas)
        & (old.current_capacity == new.current_capacity)
    )
    return kept & only_changes(before, after, provers=[mine.prover_id], stakers=[addr])


# --- views ----------------------------------------------------------------------------------------------


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
    prover = before.provers[slot]
    weight, reward = at(call.returned(0), slot - 1), at(call.returned(1), slot - 1)
    low, high = fee_per_gas * 75 // 100, fee_per_gas * 125 // 100
    takes_part = (prover.current_capacity != 0) & (prover.staked_amount != 0)
    expected = ite(takes_part, minimum(maximum(prover.reward_per_gas, low), high), 0)
    divisor = maximum(expected, 1)
    exact = ite(expected == 0, 0, maximum(1, prover.staked_amount // divisor // divisor))
    as_told: Prop = (reward == expected) & (weight == exact)
    return as_told


@rule("getCapacity", kills="capacity_counts_31")
def capacity_is_the_slots_sum(before: Pool, call: Call, after: Pool) -> Prop:
    """`getCapacity` returns how many blocks all 32 slots can take."""
    told: Prop = call.returned() == sum_of([before.provers[slot].current_capacity for slot in SLOTS])
    return told


@rule("getProvers", kills="view_shifted_by_one")
def slots_are_listed_with_their_owners(before: Pool, call: Call, after: Pool, slot: Slot) -> Prop:
    """`getProvers` lists the slots 1..32 in order, each with its owner."""
    staked, reward, capacity = at(call.returned(0), slot - 1)
    old = before.provers[slot]
    listed: Prop = (
        (staked == old.staked_amount) & (reward == old.reward_per_gas) & (capacity == old.current_capacity)
    )
    owner: Prop = at(call.returned(1), slot - 1) == before.prover_id_to_address[slot]
    return listed & owner


@rule("getStaker", kills="view_of_slot_zero")
def staker_is_told_with_the_slot(before: Pool, call: Call, after: Pool, addr: Int) -> Prop:
    """`getStaker` returns the staker's record and, if seated, the seat's; else a record of zeros."""
    requested_at, exiting, declared, prover_id = call.returned(0)
    staker = before.stakers[addr]
    told: Prop = (
        (requested_at == staker.exit_requested_at)
        & (exiting == staker.exit_amount)
        & (declared == staker.max_capacity)
        & (prover_id == staker.prover_id)
    )
    for given, kept in zip(call.returned(1), prover_words(slot_of(before, addr)), strict=True):
        told = told & (given == kept)
    return told
