"""Contracts written against the prover: what is false of them, and was once proved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.check.verdict import Outcome
from harness.compiler import Project, Settings, compile_many
from harness.lang import (
    ConcreteTable,
    Int,
    Prop,
    Relation,
    Run,
    Table,
    Word,
    implies,
    invariant,
    record,
    relation,
    rule,
    total,
    unchanged,
)
from tests.toys.claims import spec, verdict

HERE = Path(__file__).parent
NUMBERS: ConcreteTable[Int] = ConcreteTable(0)
ROWS: ConcreteTable[Table[Int]] = ConcreteTable(NUMBERS)
CONTRACTS = (
    "BorrowedBounds", "WildConstructor", "Surroundings", "LooksAgain", "OpenDoor", "Doorway",
    "HiddenMappings", "EndlessArray", "FarOffset", "FoldedKeys", "Allowances",
)  # fmt: skip


@record
class Owned:
    owner: Int = 7


@record
class Flagged:
    flag: Int = 0
    owner: Int = 7


@record
class Seen:
    seen: Int = 0
    owner: Int = 7


@record
class Door:
    open: Int = 0
    owner: Int = 7


@record
class Doorstep:
    open: Int = 0


@record
class Folded:
    values: Table[Int] = NUMBERS
    rows: Table[Table[Int]] = ROWS


@record
class Allowing:
    allowed: Table[Table[Int]] = ROWS
    sum: Int = 0


@invariant()
def owner_stays(state: Any) -> Prop:
    """Nobody takes the contract over."""
    return state.owner == 7


@invariant(between_calls=True)
def owner_stays_between_calls(state: Any) -> Prop:
    """Nobody takes the contract over, not even while it calls."""
    return state.owner == 7


@invariant(between_calls=True)
def door_is_closed(state: Any) -> Prop:
    """True: it is closed when the call is over."""
    return state.open == 0


@invariant()
def flag_is_down(state: Flagged) -> Prop:
    """False: it can be raised."""
    return state.flag == 0


@invariant()
def no_value_is_one(state: Folded, key: Word) -> Prop:
    """False at 5 and elsewhere."""
    return state.values[key] != 1


@invariant()
def no_cell_is_one(state: Folded, row: Word, key: Word) -> Prop:
    """False at (5, 7)."""
    return state.rows[row][key] != 1


@invariant()
def allowances_add_up(state: Allowing) -> Prop:
    """True of `approve`, false of `leak`."""
    return total(state.allowed, lambda row: total(row, lambda value: value)) == state.sum


@rule("read")
def reads_five(before: Owned, call: Any, after: Owned) -> Prop:
    """False: what was written lies elsewhere."""
    return implies(call.succeeds, call.returned() == 5)


@rule("approve")
def approves_nothing(before: Allowing, call: Any, after: Allowing) -> Prop:
    """False: an allowance changes."""
    return implies(call.succeeds, unchanged(before.allowed, after.allowed))


@rule("approve")
def approves_for_the_caller(before: Allowing, call: Any, after: Allowing) -> Prop:
    """True: only the caller's row changes, and in it one cell."""
    mine, then = before.allowed[call.sender], after.allowed[call.sender]
    kept = unchanged(before.allowed, after.allowed, [call.sender]) & unchanged(
        mine, then, [call.argument("to")]
    )
    return implies(call.succeeds, kept)


SHOWS = ("randao", "origin", "gas", "balance", "paid", "kept")


@relation(*SHOWS)
def answers_are_alike(first: Run[Any], second: Run[Any]) -> Prop:
    """False: each answer depends on the transaction."""
    return implies(
        first.call.succeeds & second.call.succeeds, first.call.returned() == second.call.returned()
    )


@relation("put")
def puts_in_the_array(first: Run[Any], second: Run[Any]) -> Prop:
    """False: the owner lies behind the array."""
    return (first.before.owner == first.after.owner) & (second.before.owner == second.after.owner)


def only(name: str) -> Relation:
    """Return the relation about answers for one function."""
    return replace(answers_are_alike, functions=(name,))


# (contract, the specification, the false property, where it must not be proved)
TRAPS = [
    ("BorrowedBounds", spec(Flagged(), flag_is_down, owner_stays), "owner_stays", "put(uint256,uint256)"),
    ("WildConstructor", spec(Owned(), owner_stays), "owner_stays", "deployment"),
    *[("Surroundings", spec(Owned(), only(name)), "answers_are_alike", f"{name}()") for name in SHOWS],
    ("Surroundings", spec(Owned(), puts_in_the_array), "puts_in_the_array", "put(uint256)"),
    ("LooksAgain", spec(Seen(), owner_stays), "owner_stays", "tell()"),
    (
        "OpenDoor",
        spec(Door(), door_is_closed, owner_stays_between_calls),
        "owner_stays_between_calls",
        "tell()",
    ),
    ("Doorway", spec(Doorstep(), door_is_closed), "door_is_closed", "ajar()"),
    ("HiddenMappings", spec(Owned(), reads_five), "reads_five", "read(uint256)"),
    ("EndlessArray", spec(Owned(), owner_stays), "owner_stays", "put(uint256,uint256)"),
    ("FarOffset", spec(Owned(), owner_stays), "owner_stays", "put(uint256,uint256)"),
    ("FoldedKeys", spec(Folded(), no_value_is_one), "no_value_is_one", "first()"),
    ("FoldedKeys", spec(Folded(), no_cell_is_one), "no_cell_is_one", "second()"),
    ("FoldedKeys", spec(Folded(), no_value_is_one), "no_value_is_one", "third()"),
    ("Allowances", spec(Allowing(), allowances_add_up), "allowances_add_up", "leak(address)"),
    ("Allowances", spec(Allowing(), approves_nothing), "approves_nothing", "approve(address,uint256)"),
]

SAFE = [
    *[("Doorway", spec(Doorstep(), door_is_closed), "door_is_closed", one) for one in ("tell()", "twice()")],
    ("Doorway", spec(Doorstep(), door_is_closed), "door_is_closed", "slam()"),
    ("OpenDoor", spec(Door(), door_is_closed), "door_is_closed", "tell()"),
    ("EndlessArray", spec(Owned(), owner_stays), "owner_stays", "grow(uint256)"),
    ("FoldedKeys", spec(Folded(), no_value_is_one), "no_value_is_one", "second()"),
    ("Allowances", spec(Allowing(), allowances_add_up), "allowances_add_up", "approve(address,uint256)"),
    (
        "Allowances",
        spec(Allowing(), approves_for_the_caller),
        "approves_for_the_caller",
        "approve(address,uint256)",
    ),
]


@pytest.fixture(scope="module", params=["legacy", "via-ir"])
def traps(request):
    names = [f"Traps.sol:{name}" for name in CONTRACTS]
    return compile_many(Project.open(HERE), names, Settings("0.8.30", pipeline=request.param))


@pytest.mark.parametrize(("contract", "claims", "name", "function"), TRAPS)
def test_what_is_false_is_not_proved(traps, contract, claims, name, function):
    assert verdict(traps[f"Traps.sol:{contract}"], claims, name, function).outcome is not Outcome.PROVED


@pytest.mark.parametrize(("contract", "claims", "name", "function"), SAFE)
def test_what_is_true_beside_it_is_proved(traps, contract, claims, name, function):
    assert verdict(traps[f"Traps.sol:{contract}"], claims, name, function).outcome is Outcome.PROVED
