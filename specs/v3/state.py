"""What the third pool stores, announces and calls constant; amounts are the token's base units."""

from __future__ import annotations

from typing import ClassVar

from harness.lang import Address, ConcreteTable, Int, Table, record
from specs.common.queue import EXIT_PERIOD
from specs.common.seats import MAX_NUM_PROVERS, MIN_STAKE_PER_CAPACITY, NOBODY, NOTHING, Prover, SeatPool

MIN_CAPACITY = 32
SLASH_POINTS = 25
SLASH_BASE = 10_000
SLASH_MULTIPLIER = 4
MIN_CHANGE_DELAY = 60 * 60
LOWEST_REWARD_PERCENT = 75
HIGHEST_REWARD_PERCENT = 125
ARRAY_LENGTH = 1024

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
class Pool(SeatPool):
    """The whole pool; a seat that was left keeps a reward of 1: it is cheaper to write again."""

    prover_id_to_address: Table[Address]

    UNIT: ClassVar[int] = 1
    AMOUNT_BITS: ClassVar[int] = 64
    LEAST_CAPACITY: ClassVar[int] = MIN_CAPACITY
    CHANGE_DELAY: ClassVar[int] = MIN_CHANGE_DELAY
    SHIFT: ClassVar[int] = 0
    RECORDS: ClassVar[int] = ARRAY_LENGTH
    HOLDERS: ClassVar[str] = "prover_id_to_address"
    VACATED: ClassVar[Prover] = Prover(reward_per_gas=1)


BEFORE_INIT = Pool(
    owner=0,
    address_manager=0,
    initialized=0,
    initializing=0,
    status=0,
    provers=ConcreteTable(NOTHING),
    prover_id_to_address=ConcreteTable(0),
    stakers=ConcreteTable(NOBODY),
    burned=0,
    minted=0,
    slashed=0,
)


@record
class Slashed:
    """A staker lost `amount` over a block."""

    block_id: Int
    addr: Address
    amount: Int
