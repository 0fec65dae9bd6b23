"""Mutants that are none are known by what they do; nothing that does something else passes for one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.check.mutants.comparison import REENTERED, Unchanged, compare
from harness.check.mutants.kept import Trials
from harness.check.mutants.options import Options
from harness.check.mutants.result import State
from harness.check.mutants.run import run_mutants
from harness.check.mutants.trial import Trial, execute
from harness.check.mutants.variant import Variant
from harness.check.prove.deployment import DEPLOYMENT
from harness.check.target import Target
from harness.check.verdict import Outcome
from harness.compiler import Artifact, compile_contract
from harness.compiler.cache import Cache
from tests.toys.vault import SOURCE

UNIT = SOURCE.partition(":")[0]
VISIT = "visit(uint8)"
OPTIONS = Options(timeout=5.0, steps=500, keep=False)
UNTIL_3 = ("i < 3; ++i", "i != 3; ++i")
UNDATED = (
    "accounts[who].frozen = frozen;",
    "accounts[who].frozen = frozen; if (accounts[who].amount != 0 && accounts[who].since == 0) total = 0;",
)
RARE = ("times = ++visits[place];", "times = ++visits[place]; if (times == 60_000) times = 0;")
LATE_WRITE = (
    """delete accounts[msg.sender];
        emit Withdrawn(msg.sender, amount);
        if (amount != 0) _coin.give(msg.sender, amount);""",
    """emit Withdrawn(msg.sender, amount);
        if (amount != 0) _coin.give(msg.sender, amount);
        delete accounts[msg.sender];""",
)


def variant(vault: Target, old: str, new: str) -> Variant:
    text = vault.project.text(UNIT)
    assert text.count(old) == 1
    changed = ((UNIT, text.replace(old, new)),)
    return Variant("changed", changed, (), "It is changed.", f"{UNIT}:1", None, automatic=True)


def mutated(vault: Target, one: Variant) -> Artifact:
    return compile_contract(vault.project.changed(dict(one.texts)), vault.contract, vault.settings)


def compared(vault: Target, old: str, new: str) -> Trial:
    one = variant(vault, old, new)
    return compare(Unchanged(vault), one, mutated(vault, one), OPTIONS)


def test_what_comes_to_the_same_terms_is_equal_without_a_solver(vault: Target) -> None:
    found = compared(vault, *UNTIL_3)

    assert found.equal and found.asked == ()
    assert {DEPLOYMENT, VISIT, "withdraw()", "unknown selector", "short calldata"} <= set(found.held)


def test_what_the_invariants_exclude_is_equal_and_says_what_it_takes_for_granted(vault: Target) -> None:
    """Savings have a date."""
    found = compared(vault, *UNDATED)

    assert found.equal and found.asked == ("freeze(address,bool)",)
    assert "calls_have_enough_gas" in found.assumptions


def test_what_no_short_campaign_meets_is_not_taken_for_equal(vault: Target) -> None:
    changed = replace(vault, project=vault.project.changed(dict(variant(vault, *RARE).texts)))
    campaign = execute(changed, replace(OPTIONS, steps=1_500))
    found = compared(vault, *RARE)

    assert not campaign.killed and campaign.calls >= 1_500
    assert not found.equal
    [(way, how)] = found.different
    assert way == VISIT and "first | second" in how


@pytest.mark.parametrize(
    ("old", "new", "way"),
    [
        ("keeper = keeper_;", "keeper = address(coin);", DEPLOYMENT),
        (
            "        keeper = keeper_;",
            "        keeper = keeper_;\n        emit Withdrawn(keeper_, 0);",
            DEPLOYMENT,
        ),
        ("function visit(", "fallback() external { total = 0; }\n\n    function visit(", DEPLOYMENT),
        (*LATE_WRITE, "withdraw()"),
    ],
    ids=["constructed otherwise", "announced otherwise", "answers anybody", "written late"],
)
def test_what_differs_elsewhere_than_in_a_functions_own_course_is_not_equal(
    vault: Target, old: str, new: str, way: str
) -> None:
    """Written late, all is the same for whoever doesn't call back."""
    found = compared(vault, old, new)

    assert not found.equal
    [(told, why)] = found.undecided
    assert told == way and (why == REENTERED) is (way != DEPLOYMENT)


def test_what_a_contract_learns_of_its_gas_or_code_is_not_equal_though_its_terms_are(vault: Target) -> None:
    for own in ("gasleft()", "address(this).code.length", "uint256(address(this).codehash)"):
        known = f"times = ++visits[place]; total = uint64({own});"
        started = replace(vault, project=vault.project.changed(dict(variant(vault, RARE[0], known).texts)))
        found = compared(started, known, f"total = uint64({own}); times = ++visits[place];")

        assert not found.equal and VISIT not in found.held


def test_what_is_constructed_from_the_gas_that_is_left_is_not_equal_though_its_terms_are(
    vault: Target,
) -> None:
    known = "keeper = keeper_; total = uint64(gasleft());"
    started = replace(
        vault, project=vault.project.changed(dict(variant(vault, "keeper = keeper_;", known).texts))
    )
    found = compared(started, known, "total = uint64(gasleft()); keeper = keeper_;")

    assert not found.equal and DEPLOYMENT not in found.held


def test_an_equal_mutant_needs_no_explanation(vault: Target) -> None:
    (row,) = run_mutants(vault, [variant(vault, *UNTIL_3)], OPTIONS)

    assert row.state is State.EQUAL and row.counts
    assert row.verdict("vault").outcome is Outcome.HELD
    assert [one.by for one in row.trials] == ["layout", "campaign", "comparison"]


@pytest.mark.parametrize("change", [UNDATED, RARE, LATE_WRITE], ids=["equal", "different", "undecided"])
def test_a_comparison_is_kept_as_it_was(vault: Target, change: tuple[str, str]) -> None:
    one = variant(vault, *change)
    artifact, kept = mutated(vault, one), Trials("the same", Cache(kind="comparisons"))
    found = compare(Unchanged(vault), one, artifact, OPTIONS)
    kept.store(found, one, artifact, OPTIONS)

    assert kept.load("comparison", one, artifact, OPTIONS) == found
