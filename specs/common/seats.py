"""Seats: what the second and the third pool store of provers and stakers, and the words to speak of it.

A seat is known by its id, 1..32; 0 means `no seat`. Where in the array its
record lies, and what the table of holders is called, each generation says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, TypeVar

from harness.lang import (
    Address,
    Domain,
    Int,
    Prop,
    Table,
    first_lowest,
    ite,
    maximum,
    record,
    replace,
    same_record,
)
from specs.common.essential import Essential
from specs.common.frame import only_changes
from specs.common.queue import is_mature, is_waiting

MAX_NUM_PROVERS = 32
MIN_STAKE_PER_CAPACITY = 10_000
SEATS = range(1, MAX_NUM_PROVERS + 1)

Slot = Annotated[Int, Domain("slot", 1, MAX_NUM_PROVERS)]


@record
class Prover:
    """A seat: its stake, the reward its holder asks per gas, the blocks it can still take."""

    staked_amount: Int = 0
    reward_per_gas: Int = 0
    current_capacity: Int = 0


@record
class Staker:
    """An address: what of its is exiting and since when, the capacity it declared, its seat (0: none)."""

    exit_requested_at: Int = 0
    exit_amount: Int = 0
    max_capacity: Int = 0
    prover_id: Int = 0


@record
class Withdrawn:
    """A matured exit was paid out."""

    addr: Address
    amount: Int


@record
class Exited:
    """A staker left a seat; `amount` is all that is exiting now."""

    addr: Address
    amount: Int


@record
class Staked:
    """A staker entered the pool."""

    addr: Address
    amount: Int
    reward_per_gas: Int
    current_capacity: Int


NOBODY = Staker()
NOTHING = Prover()


@record
class SeatPool(Essential):
    """A pool of 32 seats.

    `burned` and `minted` are ledgers of base units, `slashed` of amounts, kept
    by the specification alone. `UNIT` is how many base units an amount of 1 is,
    `AMOUNT_BITS` what an amount is stored in, `CHANGE_DELAY` the seconds that
    must be over after a request before its maker leaves a seat; the record of seat `id` is
    ``provers[id - SHIFT]``, of `RECORDS` in all, its holder is in the table `HOLDERS`.
    """

    provers: Table[Prover]
    stakers: Table[Staker]
    burned: Int
    minted: Int
    slashed: Int

    UNIT: ClassVar[int]
    AMOUNT_BITS: ClassVar[int]
    LEAST_CAPACITY: ClassVar[int]
    CHANGE_DELAY: ClassVar[int]
    SHIFT: ClassVar[int]
    RECORDS: ClassVar[int]
    HOLDERS: ClassVar[str]
    VACATED: ClassVar[Prover]

    def seat(self, seat: Int) -> Prover:
        """Return the record of a seat."""
        return self.provers[seat - self.SHIFT]

    def holder(self, seat: Int) -> Address:
        """Return who holds a seat, 0 if nobody."""
        holders: Table[Address] = getattr(self, self.HOLDERS)
        return holders[seat]


P = TypeVar("P", bound=SeatPool)


def with_staker(pool: P, who: Address, staker: Staker) -> P:
    """Return the pool with another record of `who`."""
    return replace(pool, stakers=pool.stakers.put(who, staker))


def with_seat(pool: P, seat: Int, prover: Prover) -> P:
    """Return the pool with another record of a seat, its holder unchanged."""
    return replace(pool, provers=pool.provers.put(seat - pool.SHIFT, prover))


def with_holder(pool: P, seat: Int, prover: Prover, holder: Address) -> P:
    """Return the pool with another record of a seat, and another holder of it."""
    holders: Table[Address] = getattr(pool, pool.HOLDERS)
    changes: dict[str, Any] = {pool.HOLDERS: holders.put(seat, holder)}
    return replace(pool, provers=pool.provers.put(seat - pool.SHIFT, prover), **changes)


# --- words ----------------------------------------------------------------------------------------------


def is_seated(pool: SeatPool, who: Address) -> Prop:
    """Return that `who` holds a seat."""
    return pool.stakers[who].prover_id != 0


def seat_of(pool: SeatPool, who: Address) -> Prover:
    """Return the record of the seat that `who` holds; the zero record if none."""
    own = pool.stakers[who].prover_id
    return ite(own == 0, NOTHING, pool.seat(maximum(own, pool.SHIFT)))


def everything(pool: SeatPool, who: Address) -> Int:
    """Return all that `who` has in the pool: staked or exiting, mature or not."""
    return seat_of(pool, who).staked_amount + pool.stakers[who].exit_amount


def matured(pool: SeatPool, who: Address, now: Int) -> Int:
    """Return what `who` can be paid: the exiting amount once it is mature."""
    staker = pool.stakers[who]
    return ite(is_mature(staker.exit_requested_at, now), staker.exit_amount, 0)


def locked(pool: SeatPool, who: Address, now: Int) -> Int:
    """Return what `who` has exiting that can't be paid yet, and so can still be slashed."""
    staker = pool.stakers[who]
    return ite(is_waiting(staker.exit_requested_at, now), staker.exit_amount, 0)


def slashable(pool: SeatPool, who: Address, now: Int) -> Int:
    """Return all that `who` can lose, which is also what exits if `who` leaves: stake and locked exit."""
    return locked(pool, who, now) + seat_of(pool, who).staked_amount


def lowest_seat(pool: SeatPool) -> Int:
    """Return the first seat with the smallest stake."""
    provers, shift = pool.provers, pool.SHIFT
    seat, _ = first_lowest(SEATS, lambda seat: provers[seat - shift].staked_amount)
    return seat


def seat_to_win(pool: SeatPool, who: Address) -> tuple[Int, Int, Address]:
    """Return (seat, stake, who else holds it) of the first of the smallest stakes once `who` has left."""
    own = pool.stakers[who].prover_id
    seat, lowest = first_lowest(SEATS, lambda seat: ite(own == seat, 0, pool.seat(seat).staked_amount))
    return seat, lowest, ite(seat == own, 0, pool.holder(seat))


def is_offer(pool: SeatPool, amount: Int, reward_per_gas: Int, max_capacity: Int) -> Prop:
    """Return that somebody may enter with this: blocks enough, stake enough for each, a reward above 0."""
    enough = amount >= max_capacity * MIN_STAKE_PER_CAPACITY
    return (max_capacity >= pool.LEAST_CAPACITY) & enough & (reward_per_gas != 0)


def only_these_change(
    before: SeatPool, after: SeatPool, *, seats: Sequence[Int] = (), stakers: Sequence[Address] = ()
) -> Prop:
    """Return that nothing stored differs but the records of these seats, their holders, and these stakers."""
    tables = {"provers": [seat - before.SHIFT for seat in seats], before.HOLDERS: seats, "stakers": stakers}
    return only_changes(before, after, **tables)


def same_staker(before: SeatPool, after: SeatPool, who: Address) -> Prop:
    """Return that the record of `who` did not change."""
    return same_record(before.stakers[who], after.stakers[who])


def same_seat(before: SeatPool, after: SeatPool, seat: Int) -> Prop:
    """Return that neither a seat's record nor its holder changed."""
    return same_record(before.seat(seat), after.seat(seat)) & (before.holder(seat) == after.holder(seat))


def prover_words(prover: Prover) -> tuple[Int, Int, Int]:
    """Return a seat's record as the ABI does."""
    return prover.staked_amount, prover.reward_per_gas, prover.current_capacity


def staker_words(staker: Staker) -> tuple[Int, Int, Int, Int]:
    """Return a staker's record as the ABI does."""
    return staker.exit_requested_at, staker.exit_amount, staker.max_capacity, staker.prover_id
