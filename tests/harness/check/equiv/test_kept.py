"""What was decided of model and contract is used again exactly where nothing changed that it depends on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.check.equiv.run import Options, equivalence
from harness.check.kept import Keeping
from harness.check.prove.finding import Finding
from harness.check.prove.obligation import Obligation
from harness.check.prove.standing import Standing
from harness.check.prove.subject import Execution
from harness.check.receipt import Receipt
from harness.check.verdict import Outcome, Verdict
from harness.compiler import Artifact, Project, Settings, compile_contract
from harness.compiler.cache import CACHE_VARIABLE
from harness.solver import Answer
from specs import v3

ROOT = Path(__file__).resolve().parents[4]
CONTRACT = "contracts/v3/ProxiedProverPool.sol:ProxiedProverPool"
UNIT = CONTRACT.partition(":")[0]
WITHDRAW = "withdraw()"
KEEPING = Keeping(deployment="deployed", replays=Path("build/replays"))

Changed = Callable[[str, str], Artifact]


@pytest.fixture(scope="module")
def changed() -> Changed:
    """Compile the contract with a text replaced by another."""
    project = Project.open(ROOT)
    unit = next(one for one, each in project.closure([UNIT]).items() if "function exit(" in each.text)

    def compiled(old: str = "", new: str = "") -> Artifact:
        text = project.text(unit)
        assert old in text
        overlaid = project.changed({unit: text.replace(old, new, 1)}) if old else project
        return compile_contract(overlaid, CONTRACT, Settings("0.8.30"))

    return compiled


@pytest.fixture(scope="module")
def once(changed: Changed, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Verdict]]:
    """One function's verdicts, and the cache in which they were kept."""
    folder = tmp_path_factory.mktemp("compared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder))
        options = Options(functions=(WITHDRAW,), keeping=KEEPING)
        return folder, list(equivalence(v3.SPEC, changed(), options))


@pytest.fixture
def compared(
    once: tuple[Path, list[Verdict]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> list[Verdict]:
    """One function's verdicts, kept in a cache of their own."""
    folder, verdicts = once
    shutil.copytree(folder, tmp_path / "cache")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return verdicts


def decided_anew(artifact: Artifact, keeping: Keeping = KEEPING) -> bool:
    options = Options(functions=(WITHDRAW,), keeping=keeping)
    return not all(one.evidence.get("kept") for one in equivalence(v3.SPEC, artifact, options))


def test_what_did_not_change_is_not_compared_again(compared: list[Verdict], changed: Changed) -> None:
    assert {one.outcome for one in compared} == {Outcome.PROVED}
    assert not any(one.evidence.get("kept") for one in compared)
    assert not decided_anew(changed())
    assert decided_anew(changed(), replace(KEEPING, read=False))


@pytest.mark.parametrize(
    ("old", "new", "touched"),
    [
        ("_leaveSlot(msg.sender, true);", "_leaveSlot(msg.sender, false);", False),
        ("if (!closed) revert NO_MATURE_EXIT();", "if (!closed) return;", True),
        ("function exit() external", "function exit() external payable", True),
    ],
    ids=["another function", "this function", "the ABI"],
)
def test_a_function_is_compared_again_where_a_change_touches_it(
    compared: list[Verdict], changed: Changed, old: str, new: str, touched: bool
) -> None:
    other = changed(old, new)
    assert decided_anew(other) is touched

    receipt = Receipt.from_json(compared[-1].evidence["receipt"])
    stale = Standing(v3.SPEC, other, None, "deployed").changed(compared[-1], receipt)
    assert stale == (["contract"] if touched else [])


@dataclass
class Diverging:
    """A triage that takes every candidate for a difference."""

    file: Path

    def examine(self, execution: Execution, obligation: Obligation, answer: Answer) -> Finding:
        self.file.write_text("the calls")
        return Finding(Outcome.DIVERGED, "differs", {"replay": str(self.file)})

    def lacking(self, execution: Execution, obligation: Obligation) -> tuple[()]:
        return ()


def test_a_difference_is_kept_with_its_replay(
    compared: list[Verdict], changed: Changed, tmp_path: Path
) -> None:
    keeping = Keeping(deployment="deployed", replays=tmp_path)
    other = changed("if (!closed) revert NO_MATURE_EXIT();", "if (!closed) return;")
    triage = Diverging(tmp_path / "replay.json")
    options = Options(functions=(WITHDRAW,), triage=lambda: triage, keeping=keeping)

    found = {one.outcome for one in equivalence(v3.SPEC, other, options)}
    assert found == {Outcome.PROVED, Outcome.DIVERGED}
    triage.file.unlink()
    assert not decided_anew(other, keeping)
    assert triage.file.read_text() == "the calls"
