"""Toys with ids, prices and amounts of a few bits, as the first pool has them."""

from __future__ import annotations

from typing import Annotated

from harness.lang import (
    Address,
    Call,
    ConcreteTable,
    Domain,
    Int,
    Prop,
    Table,
    either,
    implies,
    invariant,
    record,
    rule,
)
from tests.toys.toy import BREAKS, HOLDS, SOMEBODY, toy

NUMBERS: ConcreteTable[Int] = ConcreteTable(0)
Place = Annotated[Int, Domain("place", 0, 3)]


@record
class Benches:
    sitter: Table[Address] = NUMBERS
    place: Table[Int] = NUMBERS


@invariant()
def place_that_is_not_zero_is_ones_own(benches: Benches, who: Address) -> Prop:
    """Somebody who has a place other than 0 sits there."""
    own = benches.place[who]
    return implies((who != 0) & (own != 0), (own < 4) & (benches.sitter[own] == who))


@invariant()
def sitter_has_the_place(benches: Benches, place: Place) -> Prop:
    """Whoever sits in a place has it for its own, in place 0 as well."""
    sitter = benches.sitter[place]
    return implies(sitter != 0, benches.place[sitter] == place)


@invariant()
def place_zero_stays_empty(benches: Benches) -> Prop:
    """Nobody sits in place 0."""
    return benches.sitter[0] == 0


@record
class Merits:
    stake: Int = 0
    capacity: Int = 0
    price: Int = 0


def merit(merits: Merits, fee: Int) -> Int:
    """Return the product of four factors over the price, twice rounded down; 0 without a price."""
    product = fee * fee * merits.stake * merits.capacity
    return either(merits.price == 0, lambda: 0, lambda: product // merits.price // merits.price)


@rule("weigh")
def weighs_exactly(before: Merits, call: Call, after: Merits, fee: Int) -> Prop:
    """The product of two times 32, 32 and 16 bits is weighed as it is."""
    told: Prop = call.returned() == merit(before, fee)
    return call.succeeds & told


@rule("weigh")
def merits_weigh_something(before: Merits, call: Call, after: Merits, fee: Int) -> Prop:
    """Where every factor is there, so is the weight; false, as a high price rounds it down to nothing."""
    there = (fee != 0) & (before.stake != 0) & (before.capacity != 0) & (before.price != 0)
    return implies(call.succeeds & there, call.returned() != 0)


NARROW = (
    toy(
        "Benches",
        Benches(),
        (SOMEBODY,),
        own=(HOLDS, place_that_is_not_zero_is_ones_own),
        sitter=(HOLDS, sitter_has_the_place),
        zero=(BREAKS, place_zero_stays_empty),
    ),
    toy("Merits", Merits(), exact=(HOLDS, weighs_exactly), some=(BREAKS, merits_weigh_something)),
)
