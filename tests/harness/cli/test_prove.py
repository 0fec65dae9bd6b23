"""`poolproof prove`: what bounds a run, and who looks at a proof again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli import app


def end(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["poolproof", "prove", "v3", "--function", "withdraw", *arguments])
    with pytest.raises(SystemExit) as ended:
        app.main()
    return int(ended.value.code or 0)


def test_what_is_left_when_the_budget_is_used_up_is_undecided(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end(monkeypatch, "--budget", "0.001s", "--no-cache") == 3
    assert "the time for the whole run was up" in capsys.readouterr().out


def test_a_budget_that_is_no_duration_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end(monkeypatch, "--budget", "soon") == 2
    assert "'soon' is not a duration: write 90, 60s, 5m or 1h." in capsys.readouterr().err


def test_a_second_solver_looks_at_every_proof(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    saved = tmp_path / "verdicts.json"
    chosen = ("--property", "nobody_has_nothing", "--workers", "1", "--json", str(saved))

    assert end(monkeypatch, "--cross-check", *chosen) == 0

    verdicts = json.loads(saved.read_text())["verdicts"]
    queries = [query for each in verdicts for query in each["evidence"].get("queries", ())]
    needed = [query for query in queries if query["stage"] != "trivial"]
    assert needed
    assert {query.get("second_solver") for query in needed} == {"agrees"}
    assert f"cvc5 agrees with {len(needed)} of the {len(needed)} proofs" in capsys.readouterr().out


def test_a_second_solver_that_is_not_installed_is_asked_for_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("harness.cli.prove.second_solver_available", lambda: False)
    assert end(monkeypatch, "--cross-check") == 2
    assert "pip install cvc5" in capsys.readouterr().err
