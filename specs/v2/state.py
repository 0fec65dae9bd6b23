"""What the second pool stores, announces and calls constant; amounts are whole tokens."""

from __future__ import annotations

from typing import ClassVar

from harness.lang import Address, ConcreteTable, Int, Table, record
from specs.common.queue import EXIT_PERIOD
from specs.common.seats import MAX_NUM_PROVERS, MIN_STAKE_PER_CAPACITY, NOBODY, NOTHING, Prover, SeatPool
from specs.common.token import ONE_TKO

MAX_CAPACITY_LOWER_BOUND = 128
SLASH_POINTS = 500
SLASH_BASE = 10_000

CONSTANTS = {
    "EXIT_PERIOD": EXIT_PERIOD,
    "ONE_TKO": ONE_TKO,
    "SLASH_POINTS": SLASH_POINTS,
    "MIN_STAKE_PER_CAPACITY": MIN_STAKE_PER_CAPACITY,
    "MAX_CAPACITY_LOWER_BOUND": MAX_CAPACITY_LOWER_BOUND,
}


@record
class Pool(SeatPool):
    """The whole pool; the record of seat `id` is ``provers[id - 1]``, and all zero once the seat was left."""

    id_to_prover: Table[Address]

    UNIT: ClassVar[int] = ONE_TKO
    AMOUNT_BITS: ClassVar[int] = 32
    LEAST_CAPACITY: ClassVar[int] = MAX_CAPACITY_LOWER_BOUND
    CHANGE_DELAY: ClassVar[int] = 0
    SHIFT: ClassVar[int] = 1
    RECORDS: ClassVar[int] = MAX_NUM_PROVERS
    HOLDERS: ClassVar[str] = "id_to_prover"
    VACATED: ClassVar[Prover] = NOTHING


BEFORE_INIT = Pool(
    owner=0,
    address_manager=0,
    initialized=0,
    initializing=0,
    status=0,
    provers=ConcreteTable(NOTHING),
    id_to_prover=ConcreteTable(0),
    stakers=ConcreteTable(NOBODY),
    burned=0,
    minted=0,
    slashed=0,
)


@record
class Slashed:
    """A staker lost `amount`."""

    addr: Address
    amount: Int
