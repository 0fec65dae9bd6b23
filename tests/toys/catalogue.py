"""What is true and what is false of each toy; the prover must agree with every line."""

from __future__ import annotations

from typing import Annotated, Any

from harness.lang import (
    Address,
    ConcreteTable,
    Domain,
    Int,
    Prop,
    Table,
    iff,
    implies,
    invariant,
    ite,
    record,
    rule,
    total,
    within,
)
from tests.toys.narrow import NARROW
from tests.toys.toy import BREAKS, HOLDS, SOMEBODY, UNSUPPORTED, Toy, toy

SeatNumber = Annotated[Int, Domain("seat", 1, 3)]
ShelfIndex = Annotated[Int, Domain("index", 0, 7)]
UnusedFromFour = Annotated[Int, Domain("index", 4, 7)]
UnusedFromFive = Annotated[Int, Domain("index", 5, 7)]
ChoiceIndex = Annotated[Int, Domain("index", 0, 3)]

NUMBERS: ConcreteTable[Int] = ConcreteTable(0)


@record
class Counting:
    count: Int = 0
    ticks: Int = 0


@invariant()
def count_stops_at_ten(state: Counting) -> Prop:
    """The guarded counter never exceeds ten."""
    return state.count <= 10


@invariant()
def ticks_stop_at_ten(state: Counting) -> Prop:
    """The unguarded one would."""
    return state.ticks <= 10


@rule("increment")
def increments_by_one(before: Counting, call: Any, after: Counting) -> Prop:
    """Succeeds below ten, adds one, touches nothing else."""
    return iff(call.succeeds, before.count < 10) & implies(
        call.succeeds, (after.count == before.count + 1) & (after.ticks == before.ticks)
    )


@rule("increment")
def increments_always(before: Counting, call: Any, after: Counting) -> Prop:
    """Claims too much."""
    return call.succeeds


@rule("tick")
def ticks_always(before: Counting, call: Any, after: Counting) -> Prop:
    """Claims too much: the last tick reverts, and so does value sent."""
    return call.succeeds


@record
class Books:
    balances: Table[Int] = NUMBERS
    supply: Int = 0


@invariant()
def balances_add_up(state: Books) -> Prop:
    """The balances' sum is the supply."""
    return total(state.balances, lambda balance: balance) == state.supply


@invariant()
def nobody_has_more_than_there_is(state: Books, who: Address) -> Prop:
    """True, but the sum alone doesn't say so: the other balances must not be negative."""
    return state.balances[who] <= state.supply


@record
class Halves:
    low: Int = 0
    high: Int = 0
    last: Int = 0
    wide: Int = 0


@invariant()
def neighbours_are_untouched(state: Halves) -> Prop:
    """Writing one packed field leaves the others."""
    return (state.high == 7) & (state.last == 0)


@rule("add")
def adds_exactly(before: Halves, call: Any, after: Halves, amount: Int) -> Prop:
    """False: unchecked addition wraps."""
    return implies(call.succeeds, after.low == before.low + amount)


@rule("add")
def adds_modulo_the_width(before: Halves, call: Any, after: Halves, amount: Int) -> Prop:
    """True: it wraps at 32 bits."""
    return implies(call.succeeds, after.low == (before.low + amount) % 2**32)


@rule("widen")
def widens_exactly(before: Halves, call: Any, after: Halves, amount: Int) -> Prop:
    """False: a whole word wraps, too."""
    return implies(call.succeeds, after.wide == before.wide + amount)


@rule("widen")
def widens_modulo_the_width(before: Halves, call: Any, after: Halves, amount: Int) -> Prop:
    """True: it wraps at 256 bits."""
    return implies(call.succeeds, after.wide == (before.wide + amount) % 2**256)


@rule("subtract")
def subtracts_or_panics(before: Halves, call: Any, after: Halves, amount: Int) -> Prop:
    """Checked subtraction is exact or panics."""
    return implies(call.succeeds, after.low == before.low - amount) & implies(
        call.reverts_with("Panic", 0x11), amount > before.low
    )


@record
class Seating:
    holder: Table[Int] = NUMBERS
    seat: Table[Int] = NUMBERS


@invariant()
def seated_holds_the_seat(state: Seating, who: Address) -> Prop:
    """Whoever has a seat is somebody and holds it."""
    seat = state.seat[who]
    return implies(seat != 0, within(seat, 1, 3) & (state.holder[seat] == who) & (who != 0))


@invariant()
def holder_has_the_seat(state: Seating, number: SeatNumber) -> Prop:
    """Whoever holds a seat has it."""
    holder = state.holder[number]
    return implies(holder != 0, state.seat[holder] == number)


@record
class Shelves:
    items: Table[Int] = NUMBERS
    sum: Int = 0


@invariant()
def sum_is_kept(state: Shelves) -> Prop:
    """The sum is that of the eight items."""
    items = [state.items[index] for index in range(8)]
    return sum(items[1:], items[0]) == state.sum


@invariant()
def items_are_small(state: Shelves, index: ShelfIndex) -> Prop:
    """False: an item may be any uint16."""
    return state.items[index] < 2**15


@record
class Cells:
    cells: Table[Int] = NUMBERS


@invariant()
def cells_after_the_fourth_stay_empty(state: Cells, index: UnusedFromFour) -> Prop:
    """False for the fifth: the comparison lets index 4 through."""
    return state.cells[index] == 0


@invariant()
def cells_after_the_fifth_stay_empty(state: Cells, index: UnusedFromFive) -> Prop:
    """True for the rest."""
    return state.cells[index] == 0


@record
class Choice:
    weights: Table[Int] = NUMBERS
    hits: Int = 0
    lowest: Int = 0


@invariant()
def lowest_is_lowest(state: Choice, index: ChoiceIndex) -> Prop:
    """No weight is smaller than the recorded one's."""
    return state.weights[state.lowest] <= state.weights[index]


@invariant()
def lowest_is_in_range(state: Choice) -> Prop:
    """The recorded index is one of four."""
    return state.lowest <= 3


@rule("draw")
def draws_only_what_weighs(before: Choice, call: Any, after: Choice, random: Int) -> Prop:
    """A drawn index has weight, and the search never falls off the end."""
    drawn = call.returned()
    return implies(
        call.succeeds, ite(drawn == 4, after.hits == before.hits, before.weights[drawn] > 0) & (drawn != 5)
    )


@rule("draw")
def draws_the_first(before: Choice, call: Any, after: Choice, random: Int) -> Prop:
    """False: others are drawn too."""
    return implies(call.succeeds & (before.weights[0] > 0), call.returned() == 0)


@record
class Owned:
    owner: Int = 1
    received: Int = 0


@invariant()
def owner_stays(state: Owned) -> Prop:
    """False: the fallback gives the contract away."""
    return state.owner == 1


@record
class Notified:
    callee: Int = 0
    credited: Int = 0
    booked: Int = 0


@invariant()
def books_are_straight(state: Notified) -> Prop:
    """What is credited is booked, also at the moment somebody is told."""
    return state.credited == state.booked


@record
class Levels:
    level: Int = 0
    mask: Int = 0


@invariant()
def level_stays_near_zero(state: Levels) -> Prop:
    """The signed level stays within a thousand of zero."""
    return within(state.level, -1000, 1000)


@invariant()
def level_stays_positive(state: Levels) -> Prop:
    """False: it is signed."""
    return state.level >= 0


@record
class Locks:
    since: Table[Int] = NUMBERS
    opened: Table[Int] = NUMBERS


@rule("open")
def opens_after_a_day(before: Locks, call: Any, after: Locks) -> Prop:
    """Opens only when strictly more than a day has passed."""
    return implies(call.succeeds, call.timestamp > before.since[call.sender] + 86_400)


@rule("open")
def opens_at_the_day(before: Locks, call: Any, after: Locks) -> Prop:
    """False: the boundary second is locked."""
    mine = before.since[call.sender]
    return implies((mine != 0) & (call.timestamp == mine + 86_400), call.succeeds)


@record
class Valued:
    value: Int = 0


@invariant()
def value_stays_zero(state: Valued) -> Prop:
    """Nothing can be said: foreign code runs here."""
    return state.value == 0


TOYS = (
    toy(
        "Counter",
        Counting(),
        bounded=(HOLDS, count_stops_at_ten),
        unbounded=(BREAKS, ticks_stop_at_ten),
        exact=(HOLDS, increments_by_one),
        always=(BREAKS, increments_always),
    ),
    toy("Counter", Counting(), ticking=(BREAKS, ticks_always)),
    toy("Ledger", Books(), sum=(HOLDS, balances_add_up)),
    toy("LeakyLedger", Books(), sum=(BREAKS, balances_add_up)),
    toy(
        "Packed",
        Halves(high=7),
        neighbours=(HOLDS, neighbours_are_untouched),
        exact=(BREAKS, adds_exactly),
        wide=(BREAKS, widens_exactly),
        around=(HOLDS, widens_modulo_the_width),
        wrapped=(HOLDS, adds_modulo_the_width),
        checked=(HOLDS, subtracts_or_panics),
    ),
    toy(
        "Seats",
        Seating(),
        (SOMEBODY,),
        seated=(HOLDS, seated_holds_the_seat),
        holder=(HOLDS, holder_has_the_seat),
    ),
    toy("Seats", Seating(), seated=(BREAKS, seated_holds_the_seat)),
    toy("GhostSeats", Seating(), (SOMEBODY,), holder=(BREAKS, holder_has_the_seat)),
    toy("Shelf", Shelves(), sum=(HOLDS, sum_is_kept), small=(BREAKS, items_are_small)),
    toy(
        "Sloppy",
        Cells(),
        four=(BREAKS, cells_after_the_fourth_stay_empty),
        five=(HOLDS, cells_after_the_fifth_stay_empty),
    ),
    toy(
        "Chooser",
        Choice(),
        lowest=(HOLDS, lowest_is_lowest),
        range=(HOLDS, lowest_is_in_range),
        weight=(HOLDS, draws_only_what_weighs),
        first=(BREAKS, draws_the_first),
    ),
    toy("Backdoor", Owned(), owner=(BREAKS, owner_stays)),
    toy("TellsEarly", Notified(), straight=(BREAKS, books_are_straight)),
    toy("TellsLate", Notified(), straight=(HOLDS, books_are_straight)),
    toy("Signed", Levels(), near=(HOLDS, level_stays_near_zero), positive=(BREAKS, level_stays_positive)),
    toy("Lock", Locks(), after=(HOLDS, opens_after_a_day), at=(BREAKS, opens_at_the_day)),
    toy("Delegator", Valued(), value=(UNSUPPORTED, value_stays_zero)),
    *NARROW,
)

__all__ = ["BREAKS", "HOLDS", "TOYS", "UNSUPPORTED", "Toy"]
