from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from harness.check.prove.run import TOOLS
from harness.check.receipt import Receipt, receipt_of
from harness.check.verdict import Outcome, Verdict
from harness.cli import receipt
from harness.cli.environment import describe_environment
from harness.cli.options import Tree
from harness.cli.targets import load_targets
from harness.compiler import compile_contract
from harness.report.document import Report, to_json

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def current() -> Receipt:
    """What a proof about v3 depends on now."""
    [target] = load_targets(["v3"], Tree(config=ROOT / "pyproject.toml"))
    artifact = compile_contract(target.project, target.contract, target.settings)
    return receipt_of(target.spec, artifact, *TOOLS)


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Check a report with one verdict whose evidence is given, and return the exit code."""
    monkeypatch.chdir(ROOT)

    def checked(evidence: dict[str, Any], kind: str = "prove") -> int:
        verdict = Verdict("v3", kind, "guard_is_open", "exit()", Outcome.PROVED, 0.1, evidence=evidence)
        file = tmp_path / "report.json"
        file.write_text(to_json(Report((verdict,), describe_environment([], None, []))))
        with pytest.raises(typer.Exit) as ended:
            receipt.check(file=file, **{name: getattr(Tree(), name) for name in Tree.__slots__})
        return ended.value.exit_code

    return checked


def test_a_verdict_about_what_is_there_is_current(check: Callable[..., int], current: Receipt) -> None:
    assert check({"receipt": current.as_json()}) == 0


@pytest.mark.parametrize("part", ["contract", "specification", "poolproof", "tools"])
def test_a_verdict_about_something_else_is_stale_and_says_of_what(
    check: Callable[..., int], current: Receipt, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check({"receipt": {**current.as_json(), part: "other"}}) == 3
    assert f"{part} changed" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["prove", "divination"])
def test_a_verdict_that_does_not_say_what_it_depends_on_is_stale(
    check: Callable[..., int], kind: str
) -> None:
    assert check({}, kind) == 3


def test_a_receipt_survives_the_report(current: Receipt) -> None:
    assert Receipt.from_json(json.loads(json.dumps(current.as_json()))) == current
