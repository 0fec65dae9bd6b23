"""What the documentation says is what the project does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.check.verdict import ExitCode, Outcome
from harness.cli.options import Tree
from harness.cli.subcommands import SUMMARIES
from harness.cli.targets import load_targets
from harness.report.document import describe
from harness.report.tables import renew_tables

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "specs").glob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_generated_tables_are_up_to_date(page: Path) -> None:
    tree = Tree(config=ROOT / "pyproject.toml")
    described = {each.name: describe(each.spec, each.contract) for each in load_targets((), tree)}
    text = page.read_text(encoding="utf-8")

    assert renew_tables(text, described, page.name) == text, f"run: make docs ({page.name})"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_the_readme_explains_every_verdict_and_exit_code() -> None:
    assert [outcome.value for outcome in Outcome if f"| {outcome.value} |" not in README] == []
    assert [code.value for code in ExitCode if f"| {code.value} |" not in README] == []


def test_the_readme_names_every_subcommand_and_no_other() -> None:
    assert set(re.findall(r"^\| `poolproof (\w+)", README, re.MULTILINE)) == {*SUMMARIES}
