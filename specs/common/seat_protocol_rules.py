"""What the protocol does to the second and the third pool: assigning, releasing, slashing; and two views."""

from __future__ import annotations

from harness.lang import Call, Int, Prop, camel, iff, implies, ite, minimum, rule, within
from specs.common.frame import has_no_effect, only_changes
from specs.common.lottery import sum_of
from specs.common.resolver import is_protocol
from specs.common.seats import (
    SEATS,
    SeatPool,
    Slot,
    is_seated,
    locked,
    only_these_change,
    prover_words,
    seat_of,
    slashable,
    staker_words,
)
from specs.common.views import getters_tell


@rule("assignProver", kills="assign_reverts_when_empty")
def protocol_can_always_assign(before: SeatPool, call: Call, after: SeatPool) -> Prop:
    """`assignProver` succeeds iff the protocol calls, whatever the fee, and even with nobody to assign."""
    return iff(call.succeeds, is_protocol(before.address_manager, call.env) & call.accepted)


@rule("assignProver", kills=("assign_spends_two", "assign_without_capacity"))
def who_is_assigned_can_take_it(before: SeatPool, call: Call, after: SeatPool, slot: Slot) -> Prop:
    """Whoever is assigned a block has an address, a stake, and capacity; the reward is above 0."""
    old, new = before.seat(slot), after.seat(slot)
    able = (
        (old.current_capacity == new.current_capacity + 1)
        & (old.staked_amount != 0)
        & (call.returned(0) != 0)
        & (call.returned(1) != 0)
    )
    return implies(old.current_capacity != new.current_capacity, able)


@rule("assignProver", kills="assign_overwrites_the_reward")
def assigning_changes_capacity_alone(before: SeatPool, call: Call, after: SeatPool, slot: Slot) -> Prop:
    """`assignProver` changes no stake, no reward, no owner, no staker and announces nothing."""
    old, new = before.seat(slot), after.seat(slot)
    same = (old.staked_amount == new.staked_amount) & (old.reward_per_gas == new.reward_per_gas)
    return (
        same
        & only_changes(before, after, provers=[seat - before.SHIFT for seat in SEATS])
        & call.emits_only()
    )


@rule("releaseProver", kills="release_reverts_when_full")
def protocol_can_always_release(before: SeatPool, call: Call, after: SeatPool) -> Prop:
    """`releaseProver` succeeds iff the protocol calls, whoever is released."""
    return iff(call.succeeds, is_protocol(before.address_manager, call.env) & call.accepted)


@rule(
    "releaseProver",
    kills=("release_ignores_the_maximum", "release_above_maximum_by_one", "release_gives_two"),
)
def release_gives_one_block_back(before: SeatPool, call: Call, after: SeatPool, addr: Int) -> Prop:
    """`releaseProver` adds 1 to a seated prover's capacity below what was declared, and does nothing else."""
    seat = before.stakers[addr].prover_id
    old, new = seat_of(before, addr), seat_of(after, addr)
    below = is_seated(before, addr) & (old.current_capacity < before.stakers[addr].max_capacity)
    added = (
        (new.current_capacity == old.current_capacity + ite(below, 1, 0))
        & (new.staked_amount == old.staked_amount)
        & (new.reward_per_gas == old.reward_per_gas)
    )
    return implies(call.succeeds, added & only_these_change(before, after, seats=[seat]) & call.emits_only())


@rule("slashProver", kills=("slash_reverts_beyond_stake", "slash_overflows"))
def slashing_never_fails(before: SeatPool, call: Call, after: SeatPool) -> Prop:
    """`slashProver` succeeds iff the protocol calls, whoever is slashed, for however dear a proof.

    A punishment that reverts is one that isn't made.
    """
    return iff(call.succeeds, is_protocol(before.address_manager, call.env) & call.accepted)


@rule("slashProver", kills="slash_of_nothing_announced")
def nothing_slashable_nothing_happens(before: SeatPool, call: Call, after: SeatPool, addr: Int) -> Prop:
    """`slashProver` of somebody without stake or locked exit changes nothing and announces nothing."""
    nothing = slashable(before, addr, call.timestamp) == 0
    return implies(nothing, has_no_effect(before, call, after))


@rule("slashProver", kills=("slash_takes_stake_first", "slash_takes_from_both"))
def slash_takes_the_exit_first(before: SeatPool, call: Call, after: SeatPool, addr: Int) -> Prop:
    """`slashProver` touches the stake only where all that is locked in the exit was not enough."""
    waiting = locked(before, addr, call.timestamp)
    exit_loss = before.stakers[addr].exit_amount - after.stakers[addr].exit_amount
    stake_loss = seat_of(before, addr).staked_amount - seat_of(after, addr).staked_amount
    bounded = within(exit_loss, 0, waiting) & within(stake_loss, 0, seat_of(before, addr).staked_amount)
    return bounded & implies(stake_loss != 0, exit_loss == waiting)


@rule("slashProver", kills="mature_exit_slashed")
def mature_exit_is_out_of_reach(before: SeatPool, call: Call, after: SeatPool, addr: Int) -> Prop:
    """`slashProver` never touches an exit that is mature: these tokens are the staker's already."""
    matured = before.stakers[addr].exit_amount - locked(before, addr, call.timestamp)
    return implies(matured != 0, after.stakers[addr].exit_amount == before.stakers[addr].exit_amount)


@rule("slashProver", kills=("slash_hits_the_caller", "slot_freed_after_full_slash", "slash_resets_the_exit"))
def slash_changes_the_target_alone(before: SeatPool, call: Call, after: SeatPool, addr: Int) -> Prop:
    """`slashProver` changes nothing but the target's two amounts; even slashed to 0, the seat is kept."""
    mine, then = before.stakers[addr], after.stakers[addr]
    old, new = seat_of(before, addr), seat_of(after, addr)
    kept = (
        (mine.exit_requested_at == then.exit_requested_at)
        & (mine.max_capacity == then.max_capacity)
        & (mine.prover_id == then.prover_id)
        & (old.reward_per_gas == new.reward_per_gas)
        & (old.current_capacity == new.current_capacity)
    )
    return kept & only_these_change(before, after, seats=[mine.prover_id], stakers=[addr])


@rule("getCapacity", kills="capacity_counts_31")
def capacity_is_the_slots_sum(before: SeatPool, call: Call, after: SeatPool) -> Prop:
    """`getCapacity` returns how many blocks all 32 slots can take."""
    told: Prop = call.returned() == sum_of([before.seat(seat).current_capacity for seat in SEATS])
    return told


@rule("getStaker", kills="view_of_the_wrong_slot")
def staker_is_told_with_the_slot(before: SeatPool, call: Call, after: SeatPool, addr: Int) -> Prop:
    """`getStaker` returns the staker's record and, if seated, the seat's; else a record of zeros."""
    requested_at, exiting, declared, prover_id = call.returned(0)
    staker = before.stakers[addr]
    told: Prop = (
        (requested_at == staker.exit_requested_at)
        & (exiting == staker.exit_amount)
        & (declared == staker.max_capacity)
        & (prover_id == staker.prover_id)
    )
    for given, kept in zip(call.returned(1), prover_words(seat_of(before, addr)), strict=True):
        told = told & (given == kept)
    return told


def tells_its_record(before: SeatPool, call: Call, after: SeatPool, key: Int) -> Prop:
    """Return that the call, of a public variable's getter, tells what is stored at `key`."""
    prover = before.provers[minimum(key, before.RECORDS - 1)]
    return getters_tell(
        before,
        call,
        after,
        ("stakers", True, staker_words(before.stakers[key])),
        ("provers", key < before.RECORDS, prover_words(prover)),
        (camel(before.HOLDERS), True, (before.holder(key),)),
    )
