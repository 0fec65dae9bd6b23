from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from harness.check.campaign.ground import parts
from harness.check.prove.behaviour import behaviour
from harness.check.prove.run import TOOLS
from harness.check.prove.subject import Subject
from harness.check.prove.tasks import Piece
from harness.check.receipt import Receipt, deployment_hash, receipt_of
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
    deployed = deployment_hash(parts(target).artifacts)
    return receipt_of(target.spec, artifact, *TOOLS, deployment=deployed)


@pytest.fixture(scope="module")
def executed() -> str:
    """What `exit` of v3 does now."""
    [target] = load_targets(["v3"], Tree(config=ROOT / "pyproject.toml"))
    artifact = compile_contract(target.project, target.contract, target.settings)
    return behaviour(Subject.fresh(target.spec, artifact), Piece("entry", "exit()"), None)


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Check a report with verdicts, of which the first's evidence is given, and return the exit code."""
    monkeypatch.chdir(ROOT)

    def checked(evidence: dict[str, Any], kind: str = "prove", *others: Verdict, every: bool = False) -> int:
        verdict = Verdict("v3", kind, "guard_is_open", "exit()", Outcome.PROVED, 0.1, evidence=evidence)
        file = tmp_path / "report.json"
        file.write_text(to_json(Report((verdict, *others), describe_environment([], None, []))))
        with pytest.raises(typer.Exit) as ended:
            receipt.check(file=file, every=every, **{name: getattr(Tree(), name) for name in Tree.__slots__})
        return ended.value.exit_code

    return checked


@pytest.mark.parametrize("kind", ["prove", "equiv"])
def test_a_verdict_about_what_is_there_is_current(
    check: Callable[..., int], current: Receipt, kind: str
) -> None:
    assert check({"receipt": current.as_json()}, kind) == 0


@pytest.mark.parametrize("kind", ["prove", "equiv"])
@pytest.mark.parametrize("part", ["contract", "specification", "poolproof", "tools", "deployment"])
def test_a_verdict_about_something_else_is_stale_and_says_of_what(
    check: Callable[..., int], current: Receipt, kind: str, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check({"receipt": {**current.as_json(), part: "other"}}, kind) == 3
    assert f"{part} changed" in capsys.readouterr().out


def test_a_proof_about_a_function_stands_where_only_others_changed(
    check: Callable[..., int], current: Receipt, executed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    then = {**current.as_json(), "contract": "other", "deployment": "other"}
    assert check({"receipt": {**then, "behaviour": executed}}) == 0
    assert check({"receipt": {**then, "behaviour": "other"}}) == 3
    assert "contract changed" in capsys.readouterr().out


def test_a_proof_is_stale_with_what_it_rests_on(
    check: Callable[..., int], current: Receipt, capsys: pytest.CaptureFixture[str]
) -> None:
    def resting(name: str, on: str) -> Verdict:
        evidence = {"receipt": current.as_json(), "hypotheses": [f"invariant {on}"]}
        return Verdict("v3", "prove", name, "exit()", Outcome.PROVED, 0.1, evidence=evidence)

    stale = {"receipt": {**current.as_json(), "behaviour": "other", "contract": "other"}}
    others = resting("exit_pays", "registry_is_set"), resting("registry_is_set", "guard_is_open")

    assert check(stale, "prove", *others, every=True) == 3
    shown = capsys.readouterr().out
    assert "rests on what is stale: registry_is_set" in shown
    assert "rests on what is stale: guard_is_open" in shown


@pytest.mark.parametrize("kind", ["prove", "divination"])
def test_a_verdict_that_does_not_say_what_it_depends_on_is_stale(
    check: Callable[..., int], kind: str
) -> None:
    assert check({}, kind) == 3


def test_a_receipt_survives_the_report(current: Receipt) -> None:
    assert Receipt.from_json(json.loads(json.dumps(current.as_json()))) == current
