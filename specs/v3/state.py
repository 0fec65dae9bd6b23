"""What the third pool stores, announces and calls constant."""

from __future__ import annotations

from harness.lang import Address, ConcreteTable, Int, Prop, Table, ite, record, replace
from specs.common.essential import Essential
from specs.common.queue import EXIT_PERIOD

MIN_CAPACITY = 32
SLASH_POINTS = 25
SLASH_BASE = 10_000
SLASH_MULTIPLIER = 4
MIN_STAKE_PER_CAPACITY = 10_000
MAX_NUM_PROVERS = 32
MIN_CHANGE_DELAY = 60 * 60
LOWEST_REWARD_PERCENT = 75
HIGHEST_REWARD_PERCENT = 125
ARRAY_LENGTH = 1024
AMOUNT_BITS = 64
SLOTS = range(1, MAX_NUM_PROVERS + 1)

CONSTANTS = {
    "MIN_CAPACITY": MIN_CAPACITY,
    "EXIT_PERIOD": EXIT_PERIOD,
    "SLASH_POINTS": SLASH_POINTS,
    "SLASH_MULTIPLIER": SLASH_MULTIPLIER,
    "MIN_STAKE_PER_CAPACITY": MIN_STAKE_PER_CAPACITY,
    "MAX_NUM_PROVERS": MAX_NUM_PROVERS,
    "MIN_CHANGE_DELAY": MIN_CHANGE_DELAY,
}


@record
class Prover:
    """A slot: its stake in base units, the reward its owner asks per gas, the blocks it can still take."""

    staked_amount: Int = 0
    reward_per_gas: Int = 0
    current_capacity: Int = 0


@record
class Staker:
    """An address: what of its is exiting and since when, the capacity it declared, its slot (0: none)."""

    exit_requested_at: Int = 0
    exit_amount: Int = 0
    max_capacity: Int = 0
    prover_id: Int = 0


@record
class Pool(Essential):
    """The whole pool: `provers` by slot, `stakers` by address, and who owns each slot.

    `burned`, `minted` and `slashed` are ledgers of base units, kept by the
    specification alone.
    """

    provers: Table[Prover]
    prover_id_to_address: Table[Address]
    stakers: Table[Staker]
    burned: Int
    minted: Int
    slashed: Int

    def with_staker(self, who: Address, staker: Staker) -> Pool:
        """Return the pool with another record for `who`."""
        return replace(self, stakers=self.stakers.put(who, staker))

    def with_slot(self, slot: Int, prover: Prover) -> Pool:
        """Return the pool with another record in `slot`, its owner unchanged."""
        return replace(self, provers=self.provers.put(slot, prover))

    def with_owner(self, slot: Int, prover: Prover, owner: Address) -> Pool:
        """Return the pool with another record in `slot`, and another owner of it."""
        return replace(
            self,
            provers=self.provers.put(slot, prover),
            prover_id_to_address=self.prover_id_to_address.put(slot, owner),
        )


NOTHING = Prover()
EMPTY_SLOT = Prover(reward_per_gas=1)
"""A slot that was left: a reward of 1 stays, as a word that isn't zero is cheaper to write again."""

BEFORE_INIT = Pool(
    owner=0,
    address_manager=0,
    initialized=0,
    initializing=0,
    status=0,
    provers=ConcreteTable(NOTHING),
    prover_id_to_address=ConcreteTable(0),
    stakers=ConcreteTable(Staker()),
    burned=0,
    minted=0,
    slashed=0,
)


def is_seated(pool: Pool, who: Address) -> Prop:
    """Return that `who` holds a slot."""
    return pool.stakers[who].prover_id != 0


def slot_of(pool: Pool, who: Address) -> Prover:
    """Return the record of the slot that `who` holds; the zero record if none."""
    prover_id = pool.stakers[who].prover_id
    return ite(prover_id == 0, NOTHING, pool.provers[prover_id])


def everything(pool: Pool, who: Address) -> Int:
    """Return all that `who` has in the pool: staked or exiting, mature or not."""
    return slot_of(pool, who).staked_amount + pool.stakers[who].exit_amount


@record
class Withdrawn:
    """A matured exit was paid out."""

    addr: Address
    amount: Int


@record
class Exited:
    """A staker left a slot; `amount` is all that is exiting now."""

    addr: Address
    amount: Int


@record
class Slashed:
    """A staker lost `amount` over a block."""

    block_id: Int
    addr: Address
    amount: Int


@record
class Staked:
    """A staker entered the pool."""

    addr: Address
    amount: Int
    reward_per_gas: Int
    current_capacity: Int
