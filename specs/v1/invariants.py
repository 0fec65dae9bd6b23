"""What is true of the first pool in every reachable state."""

from __future__ import annotations

from harness.lang import Address, Prop, Word, implies, invariant, same_record, total
from specs.common.bookkeeping import balanced, is_vacant, seat_is_mutual
from specs.common.numbers import fits
from specs.common.token import ONE_TKO
from specs.v1.state import AMOUNT_BITS, NO_EXIT, NUMBER_OF_SLOTS, Pool, Slot, balance

# --- slots ----------------------------------------------------------------------------------------------


@invariant(kills=("exit_keeps_prover_id", "displaced_owner_not_exited"))
def stranger_has_the_id_zero(pool: Pool, who: Address) -> Prop:
    """Whoever has an id other than 0 owns that slot.

    A kicked staker that kept the id would look like the slot's owner once nobody else is.
    """
    own = pool.prover_to_id[who]
    return implies(own != 0, (own < NUMBER_OF_SLOTS) & (pool.id_to_prover[own] == who))


@invariant(kills=("exit_leaves_the_owner_behind", "newcomer_without_id"))
def slot_names_its_owner(pool: Pool, slot: Slot) -> Prop:
    """Whoever a slot names has that very id, and so nobody owns two.

    A staker named by two slots could be assigned blocks for a stake counted once.
    """
    owner = pool.id_to_prover[slot]
    return seat_is_mutual(owner, pool.prover_to_id[owner], slot)


@invariant(kills="slot_thirty_two_used")
def only_slots_have_owners(pool: Pool, key: Word) -> Prop:
    """Nobody owns a slot that isn't one of 0..31."""
    return implies(key >= NUMBER_OF_SLOTS, pool.id_to_prover[key] == 0)


@invariant(kills="kick_of_nobody")
def nobody_has_nothing(pool: Pool) -> Prop:
    """The zero address has no id, and nothing exiting.

    It stands for `no owner`; an exit of its own would be lost.
    """
    return (pool.prover_to_id[0] == 0) & same_record(pool.exiting_provers[0], NO_EXIT)


@invariant(kills="exit_leaves_capacity_behind")
def empty_slot_is_empty(pool: Pool, slot: Slot) -> Prop:
    """A slot without an owner has no stake, takes no blocks and asks for nothing.

    Otherwise the lottery could draw nobody, and stakes would be lost in it.
    """
    prover, owner = pool.top_provers[slot], pool.id_to_prover[slot]
    silent = implies(owner == 0, prover.reward_per_gas == 0)
    return silent & is_vacant(owner, prover.amount, prover.current_capacity)


@invariant(kills="entry_without_reward")
def owner_asks_for_something(pool: Pool, slot: Slot) -> Prop:
    """Whoever owns a slot asks for a reward of at least 1 per gas.

    Weights divide by the reward, so one of 0 would have no weight or stop the lottery.
    """
    return implies(pool.id_to_prover[slot] != 0, pool.top_provers[slot].reward_per_gas >= 1)


# --- stakers and tokens ---------------------------------------------------------------------------------


@invariant(kills="partly_used_exit_loses_its_date")
def exiting_tokens_have_a_date(pool: Pool, who: Address) -> Prop:
    """Whatever is exiting was asked for at a time.

    Without a date an exit never matures: the tokens would be stuck.
    """
    exiting = pool.exiting_provers[who]
    return implies(exiting.requested_at == 0, exiting.amount == 0)


@invariant(kills="partial_exit_adds_the_rest")
def holdings_fit_the_type(pool: Pool, who: Address) -> Prop:
    """All that one address has in the pool, staked and exiting, fits the type of one amount.

    What is exiting is used before anything is burned, so nobody ever has more than
    the greatest stake. That is why leaving never overflows, and no assumption on
    the token's supply is needed.
    """
    return fits(balance(pool, who), AMOUNT_BITS)


@invariant(kills=("exit_mints_twice", "stake_burns_too_little", "partial_exit_adds_the_rest"))
def every_token_is_accounted_for(pool: Pool) -> Prop:
    """Staked, exiting, slashed and paid back add up to exactly what was burned.

    Tokens are burned when they are staked and minted when they are withdrawn, so
    a pool that mints one more than it owes inflates the token for everybody.
    """
    staked = total(pool.top_provers, lambda prover: prover.amount)
    exiting = total(pool.exiting_provers, lambda record: record.amount)
    return balanced(held=(staked + exiting + pool.slashed) * ONE_TKO, minted=pool.minted, burned=pool.burned)
