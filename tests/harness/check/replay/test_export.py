"""Exported tests fail while the defect is there, for the stated reason, and pass once it is mended."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.check.campaign.ground import parts
from harness.check.replay import Replay, ReplayError
from harness.check.replay.export import pytest_test
from harness.check.replay.format import Expectation, ReplayCall, ReplayStart
from harness.check.replay.foundry import foundry_test
from harness.check.target import Target
from tests.harness.check.conftest import Broken
from tests.toys.vault.target import ROOT

FORGETS_THE_TOTAL = ("total -= amount;", "")
DAY = 86_400
START = 1_700_000_000
SOLC = "0.8.30"
SHIM = """#!{python}
import json, sys
sys.path.insert(0, "{root}")
from harness.compiler.solc import find_compiler
compiler = find_compiler("{version}", None)
if "--version" in sys.argv:
    print("solc, the solidity compiler commandline interface\\nVersion: {version}+commit.73712a01")
else:
    print(json.dumps(compiler.compile(json.load(sys.stdin))))
"""


def replay_on(target: Target, **start: Any) -> Replay:
    """Return somebody's paying in and out, after which the vault's total should be 0."""
    return Replay(
        target.name,
        target.contract,
        parts(target).target.input_hash,
        "a test",
        ReplayStart(**start),
        (
            ReplayCall("saver_1", START, 1_001, "deposit(uint64)", {"amount": "100"}),
            ReplayCall("saver_1", START + DAY, 1_002, "withdraw()", {}),
        ),
        Expectation("total_is_the_sum"),
    )


def outcome_of(text: str, target: Target, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run an exported pytest test against a target."""
    monkeypatch.setattr("harness.cli.targets.load_targets", lambda names, tree: [target])
    scope: dict[str, Any] = {}
    exec(compile(text, "exported", "exec"), scope)
    scope["test_total_is_the_sum"](tmp_path)


def test_the_exported_python_fails_on_the_defect_and_passes_without(
    broken: Broken, vault: Target, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    target = broken(FORGETS_THE_TOTAL)
    text = pytest_test(replay_on(target), target.spec)

    outcome_of(text, vault, monkeypatch, tmp_path)
    with pytest.raises(AssertionError, match="total_is_the_sum"):
        outcome_of(text, target, monkeypatch, tmp_path)


def test_the_exported_solidity_tells_calls_and_expectations(broken: Broken) -> None:
    target = broken(FORGETS_THE_TOTAL)

    text = foundry_test(replay_on(target, storage={"total": 5}), parts(target))

    assert "contract TotalIsTheSumTest {" in text
    assert "// 1. saver_1 calls deposit(amount=100)" in text
    assert 'abi.encodeWithSignature("deposit(uint64)", uint64(100)), true, hex""' in text
    assert '_holds(vault, "total", ' in text
    assert "// total\n" in text, "what is written at the start is named"


def test_a_call_that_should_fail_is_held_to_its_error(broken: Broken) -> None:
    target = broken(("if (amount < LEAST) revert TooLittle();", ""))
    calls = (ReplayCall("saver_1", START, 1_001, "deposit(uint64)", {"amount": "1"}),)
    file = Replay("vault", target.contract, "", "", ReplayStart(), calls, Expectation("total_is_the_sum"))

    text = foundry_test(file, parts(target))

    assert "uint64(1)), false, hex" in text


def test_what_contract_and_model_agree_on_is_no_test(vault: Target) -> None:
    with pytest.raises(ReplayError, match="The model does what the contract does"):
        foundry_test(replay_on(vault), parts(vault))


def run_forge(folder: Path, target: Target, text: str) -> str:
    """Return what forge says of an exported test, on the sources of `target`."""
    forge = shutil.which("forge")
    if forge is None:
        pytest.skip("forge is not installed: make foundry")
    shutil.copytree(target.project.root / "tests", folder / "tests", ignore=_only_solidity)
    (folder / "test").mkdir()
    (folder / "test/Replay.t.sol").write_text(text)
    shim = folder / "solc"
    shim.write_text(SHIM.format(python=sys.executable, root=ROOT, version=SOLC))
    shim.chmod(shim.stat().st_mode | stat.S_IXUSR)
    options = ["--offline", "--use", str(shim), "--match-path", "test/Replay.t.sol", "-C", "tests"]
    done = subprocess.run(
        [forge, "test", *options], cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )
    return done.stdout + done.stderr


def _only_solidity(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not (Path(folder, name).is_dir() or name == "Vault.sol")]


@pytest.mark.forge
def test_forge_agrees(broken: Broken, vault: Target, tmp_path: Path) -> None:
    target = broken(FORGETS_THE_TOTAL)
    text = foundry_test(replay_on(target), parts(target))

    defect = run_forge(tmp_path / "defect", target, text)
    mended = run_forge(tmp_path / "mended", vault, text)

    assert "[FAIL: total_is_the_sum: total is 100 and should be 0] test_total_is_the_sum()" in defect, defect
    assert "[PASS] test_total_is_the_sum()" in mended, mended
