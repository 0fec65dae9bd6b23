"""That callees don't call back is assumed of two contracts where it makes a difference, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.check.equiv.same import UNSPECIFIED, Other, Task, compare
from harness.check.prove.prover import Limits
from harness.check.verdict import Outcome
from harness.compiler import Project, Settings, compile_contract
from harness.symbolic.world import NO_REENTRY

HERE = Path(__file__).parent / "pairs"
SETTINGS = Settings("0.8.30")


@pytest.mark.parametrize("reentry", [False, True])
@pytest.mark.parametrize(
    ("pair", "differs"),
    [
        ("Harmless", False), ("Writes", True), ("Reads", True), ("Shows", True), ("Asks", True),
        ("Second", True),
    ],
)  # fmt: skip
def test_who_calls_back_is_supposed_not_to_where_that_counts(pair: str, differs: bool, reentry: bool) -> None:
    project = Project.open(HERE)
    one, other = (
        compile_contract(project, f"Callbacks.sol:{pair}{side}", SETTINGS) for side in ("One", "Other")
    )
    task = Task(UNSPECIFIED, one, (Other("other", other),), "act(uint64)", Limits(20), reentry)
    [verdict] = compare(task)

    assert verdict.outcome is Outcome.PROVED, verdict.detail
    assert (NO_REENTRY in verdict.assumptions) is (differs or not reentry)
