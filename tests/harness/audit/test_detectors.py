"""Our own detectors: each finds what its fixture marks with FOUND, and nothing in the other fixture."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from crytic_compile.platform.archive import export_to_archive
from slither.__main__ import get_detectors_and_printers

from harness.audit.detectors import DETECTORS, plugin
from harness.audit.engine import detect, detector_classes
from harness.compiler.artifact import Settings
from harness.compiler.crytic import crytic_compile
from harness.compiler.project import Project
from harness.compiler.tree import compile_tree

FIXTURES = Path(__file__).with_name("fixtures")
CHECKOUT = Path(__file__).parents[3]
NAMES = sorted(detector.ARGUMENT for detector in DETECTORS)


@pytest.fixture(scope="module")
def findings():
    """The findings of our detectors by (detector, file)."""
    settings = Settings("0.8.30")
    found: dict[tuple[str, str], list[int]] = {}
    for name in NAMES:
        for each in detect(compile_tree(Project.open(FIXTURES / name), ["."], settings)).findings:
            found.setdefault((each.detector, f"{name}/{each.file}"), []).append(each.first_line)
    return found


def marked(path: Path) -> list[int]:
    lines = path.read_text().splitlines()
    return [number for number, line in enumerate(lines, start=1) if "// FOUND" in line]


@pytest.mark.parametrize("name", NAMES)
def test_what_the_fixture_marks_is_found_and_nothing_else(findings, name):
    expected = marked(FIXTURES / name / "positive.sol")

    assert expected
    assert sorted(findings.get((name, f"{name}/positive.sol"), [])) == expected


@pytest.mark.parametrize("name", NAMES)
def test_correct_code_is_left_alone(findings, name):
    assert findings.get((name, f"{name}/negative.sol"), []) == []


def test_every_fixture_belongs_to_a_detector():
    assert sorted(path.name for path in FIXTURES.iterdir()) == NAMES


def test_the_detectors_are_documented():
    text = (CHECKOUT / "docs" / "detectors.md").read_text()

    for detector in DETECTORS:
        assert f"docs/detectors.md#{detector.ARGUMENT}" == detector.WIKI
        section = text.split(f"## {detector.ARGUMENT}\n")[1].split("\n## ")[0]
        for sentence in (
            detector.WIKI_DESCRIPTION,
            detector.WIKI_EXPLOIT_SCENARIO,
            detector.WIKI_RECOMMENDATION,
        ):
            assert sentence in " ".join(section.split())


def test_the_plugin_offers_each_detector_once():
    detectors, printers = plugin()

    assert (tuple(detectors), printers) == (DETECTORS, [])
    assert len(detector_classes()) == len({each.ARGUMENT for each in detector_classes()})
    assert set(DETECTORS) <= set(detector_classes())


def test_plain_slither_finds_the_detectors_through_the_declared_entry_point(monkeypatch):
    declared = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["entry-points"]
    group = "slither_analyzer.plugin"
    points = [metadata.EntryPoint(name, value, group) for name, value in declared[group].items()]
    monkeypatch.setattr(metadata, "entry_points", lambda group: points)

    detectors, _ = get_detectors_and_printers()

    assert set(DETECTORS) <= set(detectors)


def test_slither_itself_lists_them_and_runs_them_without_poolproof(tmp_path):
    program = Path(sys.executable).with_name("slither")
    wide = {**os.environ, "COLUMNS": "200"}  # or else it breaks names
    listed = subprocess.run(
        [program, "--list-detectors"], capture_output=True, text=True, check=True, env=wide
    )
    assert [name for name in NAMES if name not in listed.stdout] == []

    compiled = compile_tree(Project.open(FIXTURES / "pool-lost-update"), ["."], Settings("0.8.30"))
    [archive] = export_to_archive(crytic_compile(compiled), export_dir=str(tmp_path))
    command = [program, archive, "--detect", "pool-lost-update", "--json", "-"]
    # It fails where something is found.
    found = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path).stdout

    results = json.loads(found)["results"]["detectors"]
    assert {each["check"] for each in results} == {"pool-lost-update"}
    assert all("positive.sol" in each["description"] for each in results)
