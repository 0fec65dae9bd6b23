"""Two implementations are compared by what they do, and nothing that they do differently passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.check.equiv.errors import EquivError
from harness.check.equiv.same import SAME, UNSPECIFIED, Other, same
from harness.check.equiv.twin import duel
from harness.check.prove.granted import PADDING
from harness.check.prove.prover import Limits
from harness.check.prove.undisturbed import ENOUGH_GAS
from harness.check.target import Target
from harness.check.triage.scene import with_deployment
from harness.check.verdict import Outcome, Verdict
from harness.compiler import Project, Settings, compile_contract
from harness.symbolic.world import NO_REENTRY

HERE = Path(__file__).parent / "pairs"
SETTINGS = Settings("0.8.30")
OUTSIDE = ("Outside", "Transient", "Padding", "Gas", "Beyond", "Code")
"""What a contract does there, or with that, is not known to be what another does, even if it is the same."""
TRAPS = (
    "Asks",
    "Orders",
    "Sequence",
    "Moment",
    "Refusal",
    "Words",
    "Width",
    "Long",
    "Deep",
    "Length",
    "Offer",
    "Patience",
    "Nobody",
)


def compared(left: str, right: str, executed: bool = False) -> dict[str, Verdict]:
    project = Project.open(HERE)
    one, other = (compile_contract(project, name, SETTINGS) for name in (left, right))
    spec = with_deployment(UNSPECIFIED)
    target = Target("pair", spec, left, project, SETTINGS, Project.open(HERE.parents[4]))
    triage = duel(target, other) if executed else None
    verdicts = list(same(spec, one, [Other(right, other, triage)], Limits(20)))
    assert {one.property for one in verdicts} == {SAME}
    return {one.function: one for one in verdicts}


def test_a_packed_and_reordered_pool_is_the_same():
    found = compared("Deposits.sol:Plain", "Deposits.sol:Packed")

    assert {name: one.detail for name, one in found.items() if one.outcome is not Outcome.PROVED} == {}
    assert {"deposit(uint64)", "withdraw(uint64)", "setFee(uint256,uint16)", "unknown selector"} <= set(found)


def test_a_real_difference_is_executed_on_both():
    found = compared("Deposits.sol:Packed", "Deposits.sol:Hasty", executed=True)

    differing = found.pop("withdraw(uint64)")
    assert differing.outcome is Outcome.DIVERGED
    [told, *_] = differing.evidence["differences"]
    assert told.startswith("fails: Panic(0x11: arithmetic overflow or underflow) | succeeds, returns (")
    assert {one.outcome for one in found.values()} == {Outcome.PROVED}


def test_a_difference_that_shows_in_storage_only_is_executed_across_layouts():
    found = compared("Deposits.sol:Plain", "Deposits.sol:Hasty", executed=True)

    assert found["withdraw(uint64)"].outcome is Outcome.DIVERGED
    assert found["deposit(uint64)"].outcome is Outcome.PROVED


def test_a_field_that_only_one_has_is_named():
    found = compared("Deposits.sol:Plain", "Deposits.sol:Lacking")

    lacking = found["deposit(uint64)"]
    assert lacking.outcome is Outcome.UNSUPPORTED
    assert "the field `total` is not compared: only the first contract has it" in lacking.detail
    assert found["setFee(uint256,uint16)"].outcome is Outcome.PROVED


@pytest.mark.parametrize("trap", [*TRAPS, *OUTSIDE])
def test_what_differs_is_not_proved_the_same(trap):
    found = compared(f"Traps.sol:{trap}One", f"Traps.sol:{trap}Other")

    acting = next(one for name, one in found.items() if name.startswith("act"))
    assert acting.outcome is Outcome.UNKNOWN
    assert "counterexample candidate" in acting.detail


@pytest.mark.parametrize("name", [f"{trap}{side}" for trap in TRAPS for side in ("One", "Other")])
def test_each_of_them_is_the_same_as_itself(name):
    found = compared(f"Traps.sol:{name}", f"Traps.sol:{name}")

    assert {one.outcome for one in found.values()} == {Outcome.PROVED}


@pytest.mark.parametrize("side", ["One", "Other"])
def test_a_contract_that_calls_itself_is_not_compared(side):
    found = compared("Traps.sol:ItselfOne", f"Traps.sol:Itself{side}")

    for name in ("act()", "order()"):
        assert found[name].outcome is Outcome.UNSUPPORTED
        assert "the contract calls itself" in found[name].detail
    assert found["set(uint256)"].outcome is Outcome.PROVED


@pytest.mark.parametrize("trap", ["Orders", "Transient", "Padding"])
def test_what_no_execution_shows_is_no_disagreement_with_the_evm(trap):
    found = compared(f"Traps.sol:{trap}One", f"Traps.sol:{trap}Other", executed=True)["act()"]

    assert found.outcome is Outcome.UNKNOWN
    assert found.detail.endswith("the property holds as far as an execution shows it")


def test_a_view_is_not_compared_with_what_writes_even_if_it_writes_what_was_there():
    found = compared("Traps.sol:LooksOne", "Traps.sol:LooksOther")["act()"]

    assert found.outcome is Outcome.UNSUPPORTED
    assert "only one is a view" in found.detail


def test_it_is_granted_that_who_is_only_asked_does_not_ask_back_and_that_there_is_gas():
    asking = compared("Traps.sol:AsksOne", "Traps.sol:AsksOne")["act()"]
    alone = compared("Deposits.sol:Plain", "Deposits.sol:Packed")["getFee(uint256)"]

    assert {NO_REENTRY, ENOUGH_GAS, PADDING} <= {*asking.assumptions}
    assert {*alone.assumptions} == {ENOUGH_GAS, PADDING}


def test_what_only_their_constructors_do_differently_is_no_difference():
    found = compared("Traps.sol:BornOne", "Traps.sol:BornOther", executed=True)

    assert found["number()"].outcome is Outcome.PROVED
    assert found["act()"].outcome is Outcome.UNKNOWN


def test_calldata_that_the_abi_does_not_describe_is_compared_too():
    found = compared("Strict.sol:Strict", "Loose.sol:Loose", executed=True)

    assert found["act(uint8)"].outcome is Outcome.DIVERGED
    assert found["act(uint8)"].evidence["differences"][0].endswith("| succeeds")


def test_other_interfaces_are_no_matter_for_a_proof():
    with pytest.raises(EquivError, match=r"only the first has deposit\(uint64\)"):
        compared("Deposits.sol:Plain", "Strict.sol:Strict")
