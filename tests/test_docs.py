"""What the documentation says is what the project does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.check.verdict import ExitCode, Outcome, Verdict
from harness.cli.config import load_config
from harness.cli.console import Screen
from harness.cli.options import Output, Tree
from harness.cli.runs import read_runs
from harness.cli.subcommands import SUMMARIES
from harness.cli.targets import load_targets
from harness.report.document import describe
from harness.report.equal import FILE, renew_equal
from harness.report.tables import renew_tables

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "specs").glob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_generated_tables_are_up_to_date(page: Path) -> None:
    tree = Tree(config=ROOT / "pyproject.toml")
    described = {each.name: describe(each.spec, each.contract) for each in load_targets((), tree)}
    text = page.read_text(encoding="utf-8")

    compared = read_runs(FILE, load_config(tree.config).equivalence)
    renewed = renew_equal(renew_tables(text, described, page.name), compared)
    assert renewed == text, f"run: make docs ({page.name})"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_the_readme_explains_every_verdict_and_exit_code() -> None:
    assert [outcome.value for outcome in Outcome if f"| {outcome.value} |" not in README] == []
    assert [code.value for code in ExitCode if f"| {code.value} |" not in README] == []


def test_the_readme_names_every_subcommand_and_no_other() -> None:
    assert set(re.findall(r"^\| `poolproof (\w+)", README, re.MULTILINE)) == {*SUMMARIES}


STORY = (ROOT / "tests/golden/v3-exit_keeps_prover_id.txt").read_text(encoding="utf-8").splitlines()
"""What is printed of the bug that the README shows: `tests/contracts/test_refutations.py` prints it anew."""


def shown(beginning: str) -> list[str]:
    """Return the lines of the README's one block that begins so."""
    blocks = re.findall(r"^```\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    [block] = [one for one in blocks if one.startswith(beginning)]
    return str(block).splitlines()


def test_the_verdict_that_the_readme_shows_is_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    sample = shown("REFUTED")
    replay = sample[-1].split()[-1]
    seconds = float(sample[0].split()[-2])
    verdict = Verdict(
        "v3", "prove", "seated_staker_holds_the_seat", "exit()", Outcome.REFUTED, seconds, STORY[0], (),
        {"replay": replay},
    )  # fmt: skip

    Screen(Output()).verdict(verdict)
    assert capsys.readouterr().out.splitlines() == sample


def test_the_replay_that_the_readme_shows_is_what_is_told() -> None:
    told = iter(STORY)
    missing = [
        line for line in shown("2. protocol") if line and not any(one.startswith(line) for one in told)
    ]

    assert missing == [], "the README may leave lines out, and cut their ends"
