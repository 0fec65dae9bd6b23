"""What is true of the third pool in every reachable state."""

from __future__ import annotations

from typing import Annotated

from harness.lang import Address, Domain, Int, Prop, Word, implies, invariant, negate, total, within
from specs.common.bookkeeping import balanced, is_vacant, seat_is_mutual
from specs.common.numbers import fits
from specs.v3.state import AMOUNT_BITS, ARRAY_LENGTH, MAX_NUM_PROVERS, MIN_CAPACITY, Pool, Staker, everything

Slot = Annotated[Int, Domain("slot", 1, MAX_NUM_PROVERS)]
UnusedIndex = Annotated[Int, Domain("unused index", MAX_NUM_PROVERS + 1, ARRAY_LENGTH - 1)]


# --- seats ----------------------------------------------------------------------------------------------


@invariant(kills="exit_keeps_prover_id")
def seated_staker_holds_the_seat(pool: Pool, who: Address) -> Prop:
    """A staker who thinks they hold a seat is the one the seat names.

    If a prover slashed to nothing could leave and keep pointing at the seat,
    the next holder's stake would be theirs to exit with.
    """
    seat = pool.stakers[who].prover_id
    return implies(seat != 0, within(seat, 1, MAX_NUM_PROVERS) & (pool.prover_id_to_address[seat] == who))


@invariant(kills="displaced_owner_not_exited")
def seat_names_its_holder(pool: Pool, slot: Slot) -> Prop:
    """Whoever a seat names holds that very seat, and so nobody holds two.

    A staker named by two seats could be assigned blocks for a stake counted once.
    """
    owner = pool.prover_id_to_address[slot]
    return seat_is_mutual(owner, pool.stakers[owner].prover_id, slot)


@invariant(kills="exit_clears_owner_after_id")
def only_slots_have_owners(pool: Pool, key: Word) -> Prop:
    """Nobody owns a slot that isn't one of 1..32.

    Clearing the owner of slot 0, as happens where the id was reset first,
    would leave the real seat named after somebody who left.
    """
    return implies(negate(within(key, 1, MAX_NUM_PROVERS)), pool.prover_id_to_address[key] == 0)


@invariant(kills="zero_address_released")
def nobody_has_nothing(pool: Pool) -> Prop:
    """The zero address has no seat, no stake, and nothing exiting.

    It stands for `no owner`; a record of its own would make empty slots somebody's.
    """
    nobody, blank = pool.stakers[0], Staker()
    return (
        (nobody.exit_requested_at == blank.exit_requested_at)
        & (nobody.exit_amount == blank.exit_amount)
        & (nobody.max_capacity == blank.max_capacity)
        & (nobody.prover_id == blank.prover_id)
    )


# --- slots ----------------------------------------------------------------------------------------------


@invariant(kills="exit_leaves_capacity_behind")
def empty_slot_is_empty(pool: Pool, slot: Slot) -> Prop:
    """A slot without an owner has no stake and takes no blocks.

    Otherwise the lottery could draw nobody, and stakes would be lost in it.
    """
    prover = pool.provers[slot]
    return is_vacant(pool.prover_id_to_address[slot], prover.staked_amount, prover.current_capacity)


@invariant(kills="release_ignores_the_maximum")
def capacity_is_what_was_declared_at_most(pool: Pool, slot: Slot) -> Prop:
    """A slot never takes more blocks at once than its owner declared.

    The stake per block that entry asks for would mean nothing.
    """
    owner = pool.prover_id_to_address[slot]
    return implies(owner != 0, pool.provers[slot].current_capacity <= pool.stakers[owner].max_capacity)


@invariant(kills="entry_without_reward")
def seated_prover_asks_for_something(pool: Pool, slot: Slot) -> Prop:
    """Whoever holds a slot asks for a reward of at least 1 per gas.

    Weights divide by the reward, so one of 0 would have no weight or stop the lottery.
    """
    return implies(pool.prover_id_to_address[slot] != 0, pool.provers[slot].reward_per_gas >= 1)


@invariant(kills="exit_resets_the_reward")
def empty_slot_asks_for_one_at_most(pool: Pool, slot: Slot) -> Prop:
    """A slot without an owner asks for nothing, or for the 1 it keeps after an exit.

    What the last owner asked for is of no consequence for the next.
    """
    vacant = pool.prover_id_to_address[slot] == 0
    return implies(vacant, pool.provers[slot].reward_per_gas <= 1)


@invariant(kills="slot_zero_used")
def index_zero_is_unused(pool: Pool) -> Prop:
    """`provers[0]` stays zero for ever.

    An id of 0 means `not in the pool`; a stake there would belong to everybody outside.
    """
    first = pool.provers[0]
    return (first.staked_amount == 0) & (first.reward_per_gas == 0) & (first.current_capacity == 0)


@invariant(kills="thirty_third_slot_used")
def indices_beyond_the_slots_are_unused(pool: Pool, index: UnusedIndex) -> Prop:
    """`provers[33..1023]` stay zero for ever.

    The lottery and every sum run over 1..32; a stake beyond would count for nothing.
    """
    spare = pool.provers[index]
    return (spare.staked_amount == 0) & (spare.reward_per_gas == 0) & (spare.current_capacity == 0)


# --- stakers --------------------------------------------------------------------------------------------


@invariant(kills="partly_used_exit_loses_its_date")
def exiting_tokens_have_a_date(pool: Pool, who: Address) -> Prop:
    """Whatever is exiting was asked for at a time.

    Without a date an exit never matures: the tokens would be stuck, and safe from slashing.
    """
    staker = pool.stakers[who]
    return implies(staker.exit_requested_at == 0, staker.exit_amount == 0)


@invariant(kills="capacity_not_recorded")
def who_can_be_slashed_declared_a_capacity(pool: Pool, who: Address) -> Prop:
    """Whoever holds a seat or has an exit open declared a capacity of at least 32.

    Slashing divides by it: a punishment must never fail for a staker who declared nothing.
    """
    staker = pool.stakers[who]
    involved = (staker.prover_id != 0) | (staker.exit_requested_at != 0)
    return implies(involved, staker.max_capacity >= MIN_CAPACITY)


@invariant(kills=("stake_adds_to_the_exit", "exit_wraps"))
def holdings_fit_the_type(pool: Pool, who: Address) -> Prop:
    """All that one address has in the pool, staked and exiting, fits the type of one amount.

    A stake uses up what is exiting before anything is burned, so nobody ever has
    more than the greatest amount that can be staked. That is why leaving never
    overflows, and no assumption on the token's supply is needed.
    """
    return fits(everything(pool, who), AMOUNT_BITS)


# --- tokens ---------------------------------------------------------------------------------------------


@invariant(kills=("exit_mints_twice", "slash_wraps", "stake_burns_too_little"))
def every_token_is_accounted_for(pool: Pool) -> Prop:
    """Staked, exiting, slashed and paid back add up to exactly what was burned.

    Tokens are burned when they are staked and minted when they are withdrawn, so
    a pool that mints one more than it owes inflates the token for everybody.
    """
    return balanced(
        staked=total(pool.provers, lambda prover: prover.staked_amount),
        exiting=total(pool.stakers, lambda staker: staker.exit_amount),
        slashed=pool.slashed,
        minted=pool.minted,
        burned=pool.burned,
    )
