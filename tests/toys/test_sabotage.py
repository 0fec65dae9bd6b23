"""Sabotage: break one rule of the prover at a time, and the toys must notice.

A check that can't fail proves nothing. Each test here removes something that soundness (or the
strength of the induction) rests on, and asserts that some toy then comes out wrong.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.check.prove import build, instances, prover
from harness.check.prove.build import IN_BOUNDS
from harness.check.prove.finding import Finding
from harness.check.prove.prover import Limits
from harness.check.prove.run import Options, prove
from harness.check.verdict import Outcome
from harness.check.views import symbolic
from harness.compiler import Project, Settings, compile_many
from harness.compiler.layout import Layout
from harness.symbolic import log, storage
from harness.term import word
from harness.term.core import Term, const
from harness.term.integer import imin
from tests.toys.catalogue import TOYS
from tests.toys.claims import spec
from tests.toys.test_toys import restricted
from tests.toys.test_traps import Door, door_is_closed, owner_stays, owner_stays_between_calls

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def artifacts():
    names = [f"Toys.sol:{toy.contract}" for toy in TOYS]
    return compile_many(Project.open(HERE), names, Settings("0.8.30"))


@pytest.fixture
def proved(artifacts):
    """Return whether a property of a toy is proved."""

    def ask(contract: str, name: str) -> bool:
        toy = next(one for one in TOYS if one.contract == contract and name in one.expected)
        artifact = artifacts[f"Toys.sol:{contract}"]
        verdicts = prove(restricted(toy, name), artifact, Options(limits=Limits(seconds=20)))
        return {one.outcome for one in verdicts if one.property == name} == {Outcome.PROVED}

    return ask


def test_addition_that_stops_at_the_end_instead_of_wrapping_is_noticed(proved, monkeypatch):
    assert proved("Packed", "widens_modulo_the_width")
    monkeypatch.setattr(word, "wrap", lambda term, width: imin(term, const(2**width - 1)))
    assert not proved("Packed", "widens_modulo_the_width")


def test_a_dropped_merge_side_proves_a_leaky_ledger_or_loses_a_sound_one(proved, monkeypatch):
    def left_only(selector, left, right):
        return left

    monkeypatch.setattr(log, "merge", left_only)
    monkeypatch.setattr(storage.log, "merge", left_only)
    wrong = [
        not proved("Chooser", "draws_only_what_weighs"),
        proved("Backdoor", "owner_stays"),
        not proved("Chooser", "lowest_is_lowest"),
    ]
    assert any(wrong)


def test_a_dropped_write_proves_that_moving_to_oneself_is_harmless(proved, monkeypatch):
    monkeypatch.setattr(symbolic.SymbolicTable, "total", lambda table, amount: table._root_total(amount))
    assert not proved("Ledger", "balances_add_up")


def test_keys_counted_twice_break_a_sound_sum(proved, monkeypatch):
    monkeypatch.setattr(symbolic, "none_of", lambda key, keys: True)
    assert not proved("Ledger", "balances_add_up")


def test_a_dropped_instantiation_loses_the_induction(proved, monkeypatch):
    monkeypatch.setattr(instances.Scheme, "at", lambda scheme, applications, arbitrary: [])
    assert not proved("Seats", "holder_has_the_seat")


def test_a_dropped_domain_lets_the_fifth_cell_be_spoken_of(proved, monkeypatch):
    def unbounded(quantified) -> tuple[tuple[str, Term], ...]:
        return tuple((name, const(domain.high)) for name, domain in quantified)

    assert not proved("Sloppy", "cells_after_the_fourth_stay_empty")
    monkeypatch.setattr(build, "fresh", unbounded)
    assert proved("Sloppy", "cells_after_the_fourth_stay_empty")


def test_an_assumed_success_proves_that_a_bounded_counter_always_counts(proved, monkeypatch):
    assert not proved("Counter", "increments_always")
    monkeypatch.setattr(prover.Execution, "reverting", lambda execution: [])
    assert proved("Counter", "increments_always")


def test_ignored_moments_prove_books_that_are_open_during_a_call(proved, monkeypatch):
    def none(steps) -> Iterator[object]:
        return iter(())

    assert not proved("TellsEarly", "books_are_straight")
    monkeypatch.setattr(prover, "closed_books", none)
    assert not proved("TellsEarly", "books_are_straight")  # what is written late is seen where it is written
    monkeypatch.setattr(prover, "late_writes", none)
    assert proved("TellsEarly", "books_are_straight")


def test_a_layout_that_claims_too_short_an_array_fails_an_obligation(artifacts):
    artifact = artifacts["Toys.sol:Sloppy"]
    [cells] = artifact.layout.variables
    claimed = replace(cells, type=replace(cells.type, length=4, words=4))
    toy = next(one for one in TOYS if one.contract == "Sloppy")

    verdicts = list(prove(restricted(toy, None), replace(artifact, layout=Layout((claimed,)))))

    written = {one.property: one.outcome for one in verdicts if one.function.startswith("set(")}
    assert Outcome.PROVED not in {written[IN_BOUNDS], written["cells_after_the_fifth_stay_empty"]}


class Liar:
    """Examines nothing, and wants invariants to be known wherever that would help."""

    def __init__(self, *wanted: tuple[str, tuple[int, ...]]) -> None:
        self.wanted = wanted

    def examine(self, execution, obligation, answer) -> Finding:
        return Finding(Outcome.UNKNOWN, "not examined")

    def lacking(self, execution, obligation) -> tuple[tuple[str, tuple[int, ...]], ...]:
        return self.wanted


@pytest.mark.parametrize(
    ("claim", "wanted", "expected"),
    [
        (owner_stays_between_calls, "door_is_closed", Outcome.PROVED),
        (owner_stays_between_calls, "door_is_no_door", Outcome.UNKNOWN),
        (owner_stays, "door_is_closed", Outcome.UNKNOWN),
    ],
)
def test_an_instance_that_would_help_is_assumed_only_where_its_invariant_is(
    monkeypatch, claim, wanted, expected
):
    name = "Traps.sol:OpenDoor"
    artifact = compile_many(Project.open(HERE), [name], Settings("0.8.30"))[name]
    monkeypatch.setattr(instances.Instances, "at", lambda *_: [])
    liar = Liar((claim.name, ()), (wanted, ()))
    options = Options(functions=("mark",), limits=Limits(seconds=20), triage=lambda: liar)

    verdicts = prove(spec(Door(), door_is_closed, claim), artifact, options)

    assert {one.outcome for one in verdicts if one.property == claim.name} == {expected}
