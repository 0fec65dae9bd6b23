"""What the first pool stores, announces and calls constant; amounts are whole tokens, slots are 0..31."""

from __future__ import annotations

from typing import Annotated

from harness.lang import Address, ConcreteTable, Domain, Int, Prop, Table, first_lowest, ite, record, replace
from specs.common.essential import Essential
from specs.common.queue import EXIT_PERIOD
from specs.common.token import ONE_TKO

SLASH_AMOUNT_IN_BP = 500
BASIS_POINTS = 10_000
LEAST_CAPACITY = 100
GREATEST_CAPACITY = 2**16 - 1
AMOUNT_BITS = 32
NUMBER_OF_SLOTS = 32
SLOTS = range(NUMBER_OF_SLOTS)

Slot = Annotated[Int, Domain("slot", 0, NUMBER_OF_SLOTS - 1)]

CONSTANTS = {"EXIT_PERIOD": EXIT_PERIOD, "SLASH_AMOUNT_IN_BP": SLASH_AMOUNT_IN_BP, "ONE_TKO": ONE_TKO}


@record
class TopProver:
    """A slot: its stake, the reward its owner asks per gas, the blocks it can still take."""

    amount: Int = 0
    reward_per_gas: Int = 0
    current_capacity: Int = 0


@record
class ExitingProver:
    """What an address has exiting, and since when."""

    requested_at: Int = 0
    amount: Int = 0


VACANT = TopProver()
NO_EXIT = ExitingProver()


@record
class Pool(Essential):
    """The whole pool.

    An id is an index, so 0 is one; who holds no slot has the id 0, too. `burned`
    and `minted` are ledgers of base units, `slashed` of whole tokens, kept by the
    specification alone.
    """

    top_provers: Table[TopProver]
    exiting_provers: Table[ExitingProver]
    id_to_prover: Table[Address]
    prover_to_id: Table[Int]
    burned: Int
    minted: Int
    slashed: Int


BEFORE_INIT = Pool(
    owner=0,
    address_manager=0,
    initialized=0,
    initializing=0,
    status=0,
    top_provers=ConcreteTable(VACANT),
    exiting_provers=ConcreteTable(NO_EXIT),
    id_to_prover=ConcreteTable(0),
    prover_to_id=ConcreteTable(0),
    burned=0,
    minted=0,
    slashed=0,
)


def with_slot(pool: Pool, slot: Int, prover: TopProver) -> Pool:
    """Return the pool with another record in a slot, its owner unchanged."""
    return replace(pool, top_provers=pool.top_provers.put(slot, prover))


def with_exit(pool: Pool, who: Address, exiting: ExitingProver) -> Pool:
    """Return the pool with another exit of `who`."""
    return replace(pool, exiting_provers=pool.exiting_provers.put(who, exiting))


# --- words ----------------------------------------------------------------------------------------------


def is_active(pool: Pool, who: Address) -> Prop:
    """Return that `who` holds a slot."""
    return (who != 0) & (pool.id_to_prover[pool.prover_to_id[who]] == who)


def slot_of(pool: Pool, who: Address) -> TopProver:
    """Return the record of the slot that `who` holds; the zero record if none."""
    return ite(is_active(pool, who), pool.top_provers[pool.prover_to_id[who]], VACANT)


def balance(pool: Pool, who: Address) -> Int:
    """Return all that `who` has in the pool: staked or exiting."""
    return slot_of(pool, who).amount + pool.exiting_provers[who].amount


def lowest_slot(pool: Pool) -> tuple[Int, Int]:
    """Return (slot, stake) of the first slot with the smallest stake."""
    return first_lowest(SLOTS, lambda slot: pool.top_provers[slot].amount)


# --- events ---------------------------------------------------------------------------------------------


@record
class Entered:
    """A staker took a slot."""

    prover: Address
    amount: Int
    reward_per_gas: Int
    capacity: Int


@record
class ChangedParameters:
    """A staker that holds a slot changed stake, reward or capacity."""

    prover: Address
    new_balance: Int
    new_reward: Int
    new_capacity: Int


@record
class KickeOutByWithAmount:
    """A staker lost the slot to one who staked more."""

    kicked_out: Address
    new_prover: Address
    total_amount: Int


@record
class ExitRequested:
    """A staker takes out some of its stake, or all of it."""

    prover: Address
    timestamp: Int
    full_exit: Prop


@record
class Exited:
    """A staker was paid what was exiting."""

    prover: Address
    timestamp: Int


@record
class Slashed:
    """A staker lost something; `new_balance` is left, staked and exiting."""

    prover: Address
    new_balance: Int
