"""What is true of the second and the third pool in every reachable state."""

from __future__ import annotations

from harness.lang import Address, Prop, Word, implies, invariant, negate, same_record, total, within
from specs.common.bookkeeping import balanced, is_vacant, seat_is_mutual
from specs.common.numbers import fits
from specs.common.seats import MAX_NUM_PROVERS, NOBODY, SeatPool, Slot, everything

# --- seats ----------------------------------------------------------------------------------------------


@invariant(kills=("exit_keeps_prover_id", "displaced_owner_not_exited"))
def seated_staker_holds_the_seat(pool: SeatPool, who: Address) -> Prop:
    """A staker who thinks they hold a seat is the one the seat names.

    If a prover slashed to nothing could leave and keep pointing at the seat,
    the next holder's stake would be theirs to exit with.
    """
    seat = pool.stakers[who].prover_id
    return implies(seat != 0, within(seat, 1, MAX_NUM_PROVERS) & (pool.holder(seat) == who))


@invariant(kills="exit_clears_owner_after_id")
def seat_names_its_holder(pool: SeatPool, slot: Slot) -> Prop:
    """Whoever a seat names holds that very seat, and so nobody holds two.

    A staker named by two seats could be assigned blocks for a stake counted once.
    """
    owner = pool.holder(slot)
    return seat_is_mutual(owner, pool.stakers[owner].prover_id, slot)


@invariant(kills="owner_recorded_before_id")
def only_slots_have_owners(pool: SeatPool, key: Word) -> Prop:
    """Nobody owns a slot that isn't one of 1..32.

    An owner recorded under the id that the staker had until now, 0, would
    leave the real seat with a stake and nobody to answer for it.
    """
    return implies(negate(within(key, 1, MAX_NUM_PROVERS)), pool.holder(key) == 0)


@invariant(kills="zero_address_released")
def nobody_has_nothing(pool: SeatPool) -> Prop:
    """The zero address has no seat, no stake, and nothing exiting.

    It stands for `no owner`; a record of its own would make empty slots somebody's.
    """
    return same_record(pool.stakers[0], NOBODY)


# --- slots ----------------------------------------------------------------------------------------------


@invariant(kills="exit_leaves_capacity_behind")
def empty_slot_is_empty(pool: SeatPool, slot: Slot) -> Prop:
    """A slot without an owner has no stake and takes no blocks.

    Otherwise the lottery could draw nobody, and stakes would be lost in it.
    """
    prover = pool.seat(slot)
    return is_vacant(pool.holder(slot), prover.staked_amount, prover.current_capacity)


@invariant(kills="release_ignores_the_maximum")
def capacity_is_what_was_declared_at_most(pool: SeatPool, slot: Slot) -> Prop:
    """A slot never takes more blocks at once than its owner declared.

    The stake per block that entry asks for would mean nothing.
    """
    owner = pool.holder(slot)
    return implies(owner != 0, pool.seat(slot).current_capacity <= pool.stakers[owner].max_capacity)


@invariant(kills="entry_without_reward")
def seated_prover_asks_for_something(pool: SeatPool, slot: Slot) -> Prop:
    """Whoever holds a slot asks for a reward of at least 1 per gas.

    Weights divide by the reward, so one of 0 would have no weight or stop the lottery.
    """
    return implies(pool.holder(slot) != 0, pool.seat(slot).reward_per_gas >= 1)


# --- stakers --------------------------------------------------------------------------------------------


@invariant(kills="partly_used_exit_loses_its_date")
def exiting_tokens_have_a_date(pool: SeatPool, who: Address) -> Prop:
    """Whatever is exiting was asked for at a time.

    Without a date an exit never matures: the tokens would be stuck, and safe from slashing.
    """
    staker = pool.stakers[who]
    return implies(staker.exit_requested_at == 0, staker.exit_amount == 0)


@invariant(kills="capacity_not_recorded")
def who_can_be_slashed_declared_a_capacity(pool: SeatPool, who: Address) -> Prop:
    """Whoever holds a seat or has an exit open declared enough capacity to enter.

    The third pool's slashing divides by it; a punishment must never fail for a staker who declared nothing.
    """
    staker = pool.stakers[who]
    involved = (staker.prover_id != 0) | (staker.exit_requested_at != 0)
    return implies(involved, staker.max_capacity >= pool.LEAST_CAPACITY)


@invariant(kills="stake_adds_to_the_exit")
def holdings_fit_the_type(pool: SeatPool, who: Address) -> Prop:
    """All that one address has in the pool, staked and exiting, fits the type of one amount.

    A stake uses up what is exiting before anything is burned, so nobody ever has
    more than the greatest amount that can be staked. That is why leaving never
    overflows, and no assumption on the token's supply is needed.
    """
    return fits(everything(pool, who), pool.AMOUNT_BITS)


# --- tokens ---------------------------------------------------------------------------------------------


@invariant(kills=("exit_mints_twice", "slash_wraps", "stake_burns_too_little"))
def every_token_is_accounted_for(pool: SeatPool) -> Prop:
    """Staked, exiting, slashed and paid back add up to exactly what was burned.

    Tokens are burned when they are staked and minted when they are withdrawn, so
    a pool that mints one more than it owes inflates the token for everybody.
    """
    staked = total(pool.provers, lambda prover: prover.staked_amount)
    exiting = total(pool.stakers, lambda staker: staker.exit_amount)
    return balanced(
        held=(staked + exiting + pool.slashed) * pool.UNIT, minted=pool.minted, burned=pool.burned
    )
