"""A newcomer's target outside this repository: a contract, a specification, one table in a pyproject.toml."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from harness.check.verdict import Outcome
from harness.cli import app
from harness.report.document import from_json

VAULT = Path(__file__).resolve().parents[2] / "toys" / "vault"
CONFIG = """
[tool.poolproof]
solc = "0.8.30"

[tool.poolproof.targets.savings]
spec = "newcomers.savings"
source = "contracts/Vault.sol:Vault"
"""
UNCOUNTED = "        total += amount;\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text(CONFIG)
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "Vault.sol").write_text((VAULT / "Vault.sol").read_text())
    package = tmp_path / "newcomers" / "savings"
    package.mkdir(parents=True)
    text = (VAULT / "__init__.py").read_text().replace("tests/toys/vault/", "contracts/")
    (package / "__init__.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    return tmp_path


def end(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["poolproof", *arguments])
    with pytest.raises(SystemExit) as left:
        app.main()
    return int(left.value.code or 0)


def outcomes(file: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for verdict in json.loads(file.read_text())["verdicts"]:
        found.setdefault(verdict["check"], set()).add(verdict["verdict"])
    return found


def test_a_new_target_needs_folders_and_one_table(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert end(monkeypatch, "verify", "--steps", "1500", "--seed", "1", "--workers", "1") == 1

    found = outcomes(project / "build" / "report" / "report.json")
    assert found.pop("audit") == {"FOUND"}, "nobody has looked at a new target's findings yet"
    assert found == {"prove": {"PROVED"}, "equiv": {"PROVED"}, "fuzz": {"HELD"}}
    assert "Vault" in (project / "build" / "report" / "index.html").read_text()


def test_a_bug_in_a_new_target_is_refuted_and_replayed(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = project / "contracts" / "Vault.sol"
    assert UNCOUNTED in source.read_text()
    source.write_text(source.read_text().replace(UNCOUNTED, ""))

    chosen = ("--property", "total_is_the_sum", "--function", "deposit", "--workers", "1")
    assert end(monkeypatch, "prove", "savings", *chosen, "--json", "found.json") == 1
    [refuted] = [
        one for one in json.loads(Path("found.json").read_text())["verdicts"] if one["verdict"] == "REFUTED"
    ]
    capsys.readouterr()

    assert end(monkeypatch, "replay", refuted["evidence"]["replay"], "--json", "replayed.json") == 1
    assert "BROKEN total_is_the_sum" in capsys.readouterr().out
    report = from_json(Path("replayed.json").read_text(), "replayed.json")
    [told] = report.verdicts
    assert (told.check, told.property, told.outcome) == ("replay", "total_is_the_sum", Outcome.REFUTED)
    assert told.evidence["story"] == refuted["evidence"]["story"]
    assert end(monkeypatch, "receipt", "check", "replayed.json") == 0
