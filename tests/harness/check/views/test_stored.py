"""Whatever a claim reads of storage, in a sum too, has it evaluated again when that changes."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from harness.check.campaign.claims import Claims
from harness.check.views.binding import Cell, Entries, Shape
from harness.check.views.stored import Memory, viewer
from harness.compiler.layout import Scalar
from harness.evm.places import entry_slot
from harness.lang import ConcreteTable, Int, Invariant, Prop, Table, invariant, record, total, unchanged

NUMBER = Cell(0, 0, Scalar("uint", 256))
NONE: ConcreteTable[Int] = ConcreteTable(0)
KEYS = range(4)
RATE, LIMIT = 0, 12


@record
class Ledger:
    rate: Int = 0
    held: Table[Int] = NONE
    lent: Table[Int] = NONE
    granted: Table[Table[Int]] = ConcreteTable(NONE)


SHAPES: dict[str, Shape] = {
    "rate": NUMBER,
    "held": Entries(1, NUMBER),
    "lent": Entries(2, NUMBER),
    "granted": Entries(3, Entries(0, NUMBER)),
}


@invariant()
def priced_low(state: Any) -> Prop:
    """What is held is worth little."""
    return total(state.held, lambda amount: amount * state.rate) <= LIMIT


@invariant()
def grants_are_few(state: Any) -> Prop:
    """What everybody granted to 1 is little."""
    return total(state.granted, lambda row: row[1]) <= LIMIT


@invariant()
def all_grants_are_few(state: Any) -> Prop:
    """What everybody granted is little."""
    return total(state.granted, lambda row: total(row, lambda amount: amount)) <= LIMIT


@pytest.mark.parametrize(
    ("claim", "slot"),
    [
        (priced_low, RATE),
        (priced_low, entry_slot(2, 1)),
        (grants_are_few, entry_slot(1, entry_slot(2, 3))),
        (all_grants_are_few, entry_slot(3, entry_slot(2, 3))),
    ],
)
def test_a_sum_is_looked_at_again_where_anything_changed_that_it_depends_on(
    claim: Invariant, slot: int
) -> None:
    memory, state = _seen({RATE: 2, entry_slot(0, 1): 5})
    claims = Claims([claim], memory, ())
    assert claims.refresh(state) == []

    claims.touch(memory.change({slot: 13}))

    assert [one.invariant for one in claims.refresh(state)] == [claim]


def test_sums_of_one_code_with_other_values_are_other_sums() -> None:
    _, state = _seen({entry_slot(1, 1): 5, entry_slot(2, 1): 7})

    def at_least(least: int) -> Int:
        def counted(amount: Int, least: int = least) -> Int:
            return amount if amount >= least else 0

        return total(state.held, counted)

    def only(least: int) -> Int:
        def counted(amount: Int, *, least: int = least) -> Int:
            return amount if amount >= least else 0

        return total(state.held, counted)

    assert [at_least(1), at_least(6), at_least(8)] == [12, 7, 0]
    assert [only(1), only(6), only(8)] == [12, 7, 0]
    assert [total(state.held, _Price(rate).of) for rate in (1, 2)] == [12, 24]
    assert [total(state.held, partial(pow, exp=power)) for power in (1, 2)] == [12, 74]


class _Price:
    def __init__(self, rate: int) -> None:
        self.rate = rate

    def of(self, amount: Int) -> Int:
        return amount * self.rate


def test_two_tables_differ_though_neither_changed() -> None:
    words = {entry_slot(1, 1): 5, entry_slot(1, 2): 6}
    base, before = _seen(words)
    assert not unchanged(before.held, before.lent)

    _, after = _seen(words, base)

    assert not unchanged(after.held, after.lent)
    assert unchanged(after.held, before.held)


def _seen(words: dict[int, int], base: Memory | None = None) -> tuple[Memory, Any]:
    memory = Memory(lambda slot: words.get(slot, 0), lambda _: KEYS, base)
    return memory, viewer(Ledger, SHAPES)(memory, {})
