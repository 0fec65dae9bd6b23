"""`poolproof mutants` on a vault with known bugs."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from harness.check.campaign import CampaignResult, run_campaign
from harness.check.campaign import Options as CampaignOptions
from harness.check.mutants import trial
from harness.check.target import Target
from harness.cli import app
from tests.toys.vault import SOURCE

ROOT = Path(__file__).resolve().parents[3]
UNIT = SOURCE.partition(":")[0]
CONFIG = f"""
[tool.poolproof]
solc = "0.8.30"
mutants = "bugs"

[tool.poolproof.targets.vault]
spec = "tests.toys.vault"
source = "{SOURCE}"
"""
BUG = f"""Target: vault
Killed by: total_is_the_sum
Bug: A deposit is not counted.
Reason: The total is what the vault owes.

--- a/{UNIT}
+++ b/{UNIT}
@@ -68,3 +68,2 @@
         account.since = uint40(block.timestamp);
-        total += amount;
         emit Deposited(msg.sender, amount);
"""
PAGE = "<!-- mutants: by-hand vault -->\n<!-- end -->\n"


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / UNIT).parent.mkdir(parents=True)
    shutil.copy(ROOT / UNIT, tmp_path / UNIT)
    (tmp_path / "pyproject.toml").write_text(CONFIG)
    (tmp_path / "bugs").mkdir()
    (tmp_path / "bugs" / "uncounted.patch").write_text(BUG)
    (tmp_path / "page.md").write_text(PAGE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def end(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["poolproof", "mutants", *arguments])
    with pytest.raises(SystemExit) as left:
        app.main()
    return int(left.value.code or 0)


def test_a_known_bug_is_noticed_shown_and_written_down(
    vault: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end(monkeypatch, "vault", "--workers", "1", "--record") == 0

    shown = capsys.readouterr().out
    assert "uncounted" in shown and "killed" in shown
    monkeypatch.setattr(sys, "argv", ["poolproof", "tables", "page.md"])
    with pytest.raises(SystemExit):
        app.main()
    assert (
        "| `uncounted` | A deposit is not counted. | `total_is_the_sum` |" in (vault / "page.md").read_text()
    )


def test_what_was_decided_before_an_interrupt_is_not_tried_again(
    vault: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C in the second mutant's campaign; the next run makes that one alone."""
    monkeypatch.setenv("POOLPROOF_CACHE", str(vault / "cache"))
    other = BUG.replace("Bug: A deposit", "Bug: Again, a deposit").replace(
        "emit Deposited", "emit  Deposited"
    )
    diff = "-        emit Deposited(msg.sender, amount);\n+        emit Deposited(msg.sender, 0);\n"
    (vault / "bugs" / "untold.patch").write_text(other[: other.index("@@")] + f"@@ -70,1 +70,1 @@\n{diff}")
    made: list[int] = []

    def campaign(target: Target, options: CampaignOptions) -> CampaignResult:
        made.append(1)
        result = run_campaign(target, options)
        result.interrupted = len(made) == 2
        return result

    monkeypatch.setattr(trial, "run_campaign", campaign)
    asked = ("vault", "--by", "campaign", "--steps", "2000", "--workers", "1", "--json", "run.json")
    assert end(monkeypatch, *asked) == 130
    assert "Interrupted" in capsys.readouterr().out
    told = json.loads((vault / "run.json").read_text())
    assert told["interrupted"] and [one["property"] for one in told["verdicts"]] == ["uncounted"]

    assert end(monkeypatch, *asked) == 0
    assert len(made) == 3


def test_a_survivor_is_a_failure(
    vault: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loop = "        for (uint256 i; i < 3; ++i) all[i] = visits[i];\n"
    diff = f"@@ -92,1 +92,1 @@\n-{loop}+{loop.replace('<', '!=')}"
    (vault / "bugs" / "uncounted.patch").write_text(BUG[: BUG.index("@@")] + diff)

    assert end(monkeypatch, "vault", "--by", "campaign", "--steps", "3000", "--workers", "1") == 1
    shown = capsys.readouterr().out
    assert "Nothing notices it" in shown and "survived" in shown


def test_automatic_mutants_can_be_sampled(
    vault: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--automatic", "--mutant", "Vault.deposit:*", "--sample", "2", "--workers", "1")
    end(monkeypatch, "vault", "--by", "campaign", "--steps", "500", *arguments)
    assert capsys.readouterr().out.count("Vault.deposit:") >= 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--mutant", "nothing_like_it"), "vault has no mutant with such a name"),
        (("--record", "--sample", "1"), "--record is for whole runs"),
    ],
)
def test_wrong_usage_is_one_sentence(
    vault: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    words: str,
) -> None:
    assert end(monkeypatch, "vault", *arguments) == 2
    assert words in capsys.readouterr().err


def test_a_configuration_without_mutants_says_how_to_name_them(
    vault: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (vault / "pyproject.toml").write_text(CONFIG.replace('mutants = "bugs"\n', ""))

    assert end(monkeypatch, "vault") == 2
    assert 'add mutants = "FOLDER"' in capsys.readouterr().err


def test_a_patch_that_does_not_fit_is_named(
    vault: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (vault / "bugs" / "uncounted.patch").write_text(BUG.replace("total += amount", "sum += amount"))

    assert end(monkeypatch, "vault") == 2
    assert "uncounted: " in capsys.readouterr().err
