"""What a model can't say, and a contract can do, does not pass for the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.check.equiv.claims import ACTS, PASSES_ON, STORES
from harness.check.equiv.run import Task, compare
from harness.check.prove.prover import Limits
from harness.check.verdict import Outcome
from harness.cli.options import Tree
from harness.cli.targets import load_targets
from harness.compiler import compile_contract

ROOT = Path(__file__).parents[4]
BASE, POOL = "contracts/common/ProverPoolBase.sol", "contracts/v3/ProverPool.sol"
MINT = "IMintableERC20(resolve(TOKEN, false)).mint(to, baseUnits);"
PAID = "if (!closed) revert NO_MATURE_EXIT();\n        _mintTo(msg.sender, paid);"

TRAPS = {
    "a refusal is ignored": (BASE, MINT, f"try {MINT[:-1]} {{ }} catch {{ }}", PASSES_ON),
    "a refusal is said in other words": (
        BASE,
        MINT,
        f"try {MINT[:-1]} {{ }} catch {{ revert(); }}",
        PASSES_ON,
    ),
    "the event comes after the order": (
        POOL,
        PAID,
        PAID + "\n        emit Withdrawn(msg.sender, paid);",
        ACTS,
    ),
    "a word that no layout names is written": (
        POOL,
        PAID,
        PAID + "\n        assembly { sstore(0x123456789, 1) }",
        STORES,
    ),
    "transient storage is written": (POOL, PAID, PAID + "\n        assembly { tstore(0, 1) }", STORES),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_only_the_claim_about_it_fails(trap):
    file, old, new, claim = TRAPS[trap]
    [target] = load_targets(["v3"], Tree(config=ROOT / "pyproject.toml"))
    text = target.project.text(file)
    assert text.count(old) == 1
    project = target.project.changed({file: text.replace(old, new)})
    if "after the order" in trap:  # in place of the one before
        moved = project.text(file).replace("        emit Withdrawn(addr, paid);\n", "", 1)
        project = project.changed({file: moved})
    artifact = compile_contract(project, target.contract, target.settings)

    verdicts = compare(Task(target.spec, artifact, "withdraw()", Limits(20)))

    assert {one.property for one in verdicts if one.outcome is not Outcome.PROVED} == {claim}
    assert all(one.outcome is Outcome.UNKNOWN for one in verdicts if one.property == claim)
