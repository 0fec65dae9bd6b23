"""What the protocol does to the first pool, assigning, releasing and slashing; and what its views tell."""

from __future__ import annotations

from harness.lang import Call, Int, Prop, iff, implies, ite, minimum, negate, rule
from specs.common.frame import has_no_effect, only_changes
from specs.common.lottery import is_assigned_by_share, is_assigned_to_nobody, sum_of
from specs.common.resolver import is_protocol
from specs.common.views import constants_tell, getters_tell
from specs.v1.model import weights_of
from specs.v1.state import (
    AMOUNT_BITS,
    BASIS_POINTS,
    CONSTANTS,
    GREATEST_CAPACITY,
    NUMBER_OF_SLOTS,
    SLASH_AMOUNT_IN_BP,
    SLOTS,
    Pool,
    Slashed,
    Slot,
    balance,
    is_active,
    lowest_slot,
    slot_of,
)


def _trusted(pool: Pool, call: Call) -> Prop:
    return is_protocol(pool.address_manager, call.env)


# --- assignProver ---------------------------------------------------------------------------------------


@rule("assignProver", kills="assign_reverts_when_empty")
def protocol_can_always_assign(before: Pool, call: Call, after: Pool) -> Prop:
    """`assignProver` succeeds iff the protocol calls, whatever the fee, and even with nobody to assign."""
    return iff(call.succeeds, _trusted(before, call) & call.accepted)


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
    old, new = before.top_provers[slot], after.top_provers[slot]
    return is_assigned_by_share(
        call,
        block_id,
        weights_of(before, fee_per_gas),
        slot,
        spent=old.current_capacity - new.current_capacity,
        owner=before.id_to_prover[slot],
        reward=old.reward_per_gas,
    )


@rule("assignProver", kills=("assign_spends_two", "assign_without_capacity"))
def who_is_assigned_can_take_it(before: Pool, call: Call, after: Pool, slot: Slot) -> Prop:
    """Whoever is assigned a block has an address, a stake, and capacity; the reward is above 0."""
    old, new = before.top_provers[slot], after.top_provers[slot]
    able = (
        (old.current_capacity == new.current_capacity + 1)
        & (old.amount != 0)
        & (call.returned(0) != 0)
        & (call.returned(1) != 0)
    )
    return implies(old.current_capacity != new.current_capacity, able)


@rule("assignProver", kills="assign_overwrites_the_reward")
def assigning_changes_capacity_alone(before: Pool, call: Call, after: Pool, slot: Slot) -> Prop:
    """`assignProver` changes no stake, no reward, no owner, no exit and announces nothing."""
    old, new = before.top_provers[slot], after.top_provers[slot]
    same = (old.amount == new.amount) & (old.reward_per_gas == new.reward_per_gas)
    return same & only_changes(before, after, top_provers=tuple(SLOTS)) & call.emits_only()


# --- releaseProver --------------------------------------------------------------------------------------


@rule("releaseProver", kills="release_reverts_when_full")
def protocol_can_always_release(before: Pool, call: Call, after: Pool) -> Prop:
    """`releaseProver` succeeds iff the protocol calls, whoever is released."""
    return iff(call.succeeds, _trusted(before, call) & call.accepted)


@rule("releaseProver", kills=("release_wraps", "release_gives_two"))
def release_gives_one_block_back(before: Pool, call: Call, after: Pool, prover: Int) -> Prop:
    """`releaseProver` adds 1 to an owner's capacity, stays at the type's end, and does nothing else."""
    slot = before.prover_to_id[prover]
    old, new = before.top_provers[slot], after.top_provers[slot]
    added = (
        (new.current_capacity == minimum(old.current_capacity + 1, GREATEST_CAPACITY))
        & (new.amount == old.amount)
        & (new.reward_per_gas == old.reward_per_gas)
        & only_changes(before, after, top_provers=[slot])
    )
    right = ite(is_active(before, prover), added, only_changes(before, after))
    return implies(call.succeeds, right & call.emits_only())


# --- slashProver ----------------------------------------------------------------------------------------


def _known(pool: Pool, prover: Int) -> Prop:
    return is_active(pool, prover) | (pool.exiting_provers[prover].requested_at != 0)


@rule("slashProver", kills=("slash_of_the_unknown_is_silent", "slash_overflows"))
def slashing_fails_for_the_unknown_only(before: Pool, call: Call, after: Pool, prover: Int) -> Prop:
    """`slashProver` succeeds iff the protocol calls and the prover has a slot or an exit."""
    return iff(call.succeeds, _trusted(before, call) & _known(before, prover) & call.accepted)


@rule("slashProver", kills="slash_of_the_unknown_is_silent")
def unknown_prover_is_named(before: Pool, call: Call, after: Pool, prover: Int) -> Prop:
    """`slashProver` of somebody without slot and exit reverts with POOL_PROVER_NOT_FOUND."""
    unknown = _trusted(before, call) & call.accepted & negate(_known(before, prover))
    return implies(unknown, call.reverts_with("POOL_PROVER_NOT_FOUND"))


@rule("slashProver", kills=("slash_wraps", "slash_rounds_up", "slash_of_the_stake_only"))
def slash_takes_exactly_the_penalty(before: Pool, call: Call, after: Pool, prover: Int) -> Prop:
    """`slashProver` takes 5 % of all that is staked and exiting, rounded down, and says what is left."""
    had, has = balance(before, prover), balance(after, prover)
    exact = had - has == had * SLASH_AMOUNT_IN_BP // BASIS_POINTS
    return implies(call.succeeds, exact & call.emits_only(Slashed(prover, has)))


@rule(
    "slashProver", kills=("slash_takes_stake_first", "slash_takes_from_both", "emptied_exit_keeps_its_date")
)
def slash_takes_the_exit_first(before: Pool, call: Call, after: Pool, prover: Int) -> Prop:
    """`slashProver` touches the stake only where the exit was not enough; a used-up exit has no date."""
    mine, then = before.exiting_provers[prover], after.exiting_provers[prover]
    kept = slot_of(before, prover).amount == slot_of(after, prover).amount
    used_up = (then.amount == 0) & (mine.amount != 0)
    dated = then.requested_at == ite(used_up, 0, mine.requested_at)
    return (kept | (then.amount == 0)) & dated


@rule("slashProver", kills=("slash_hits_the_caller", "slash_of_a_stranger"))
def slash_changes_the_target_alone(before: Pool, call: Call, after: Pool, prover: Int) -> Prop:
    """`slashProver` changes nothing but the target's stake and exit; even slashed to 0, the slot is kept."""
    slot = before.prover_to_id[prover]
    old, new = before.top_provers[slot], after.top_provers[slot]
    kept = (old.reward_per_gas == new.reward_per_gas) & (old.current_capacity == new.current_capacity)
    others = is_active(before, prover) | (old.amount == new.amount)
    return kept & others & only_changes(before, after, top_provers=[slot], exiting_provers=[prover])


# --- views ----------------------------------------------------------------------------------------------


@rule("getAvailableCapacity", kills="capacity_counts_31")
def capacity_is_the_slots_sum(before: Pool, call: Call, after: Pool) -> Prop:
    """`getAvailableCapacity` returns how many blocks all 32 slots can take, and changes nothing."""
    told: Prop = call.returned() == sum_of([before.top_provers[slot].current_capacity for slot in SLOTS])
    return told & call.succeeds & has_no_effect(before, call, after)


@rule("lowestStakedAmountToEnter", kills="lowest_to_enter_is_equal")
def lowest_to_enter_is_told(before: Pool, call: Call, after: Pool) -> Prop:
    """`lowestStakedAmountToEnter` returns the smallest stake + 1, and panics where the type has no more."""
    _, lowest = lowest_slot(before)
    possible = lowest < 2**AMOUNT_BITS - 1
    told: Prop = call.returned() == lowest + 1
    answered = iff(call.succeeds, possible) & implies(possible, told)
    refused = implies(negate(possible), call.reverts_with("Panic", 0x11))
    return answered & refused & has_no_effect(before, call, after)


@rule(*CONSTANTS, kills="constant_changed")
def constants_are_told(before: Pool, call: Call, after: Pool) -> Prop:
    """Each public constant has the value that was announced, and tells it to everybody."""
    return constants_tell(before, call, after, CONSTANTS)


@rule("topProvers", "exitingProvers", "idToProver", "proverToId", kills="slot_fields_reordered")
def records_are_told(before: Pool, call: Call, after: Pool, argument_0: Int) -> Prop:
    """The getters of slots, exits, owners and ids tell what is stored; what is no slot is refused."""
    prover = before.top_provers[minimum(argument_0, NUMBER_OF_SLOTS - 1)]
    exiting = before.exiting_provers[argument_0]
    return getters_tell(
        before,
        call,
        after,
        (
            "topProvers",
            argument_0 < NUMBER_OF_SLOTS,
            (prover.amount, prover.reward_per_gas, prover.current_capacity),
        ),
        ("exitingProvers", True, (exiting.requested_at, exiting.amount)),
        ("idToProver", True, (before.id_to_prover[argument_0],)),
        ("proverToId", True, (before.prover_to_id[argument_0],)),
    )
