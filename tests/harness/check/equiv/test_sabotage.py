"""A model and a contract that differ in one token are told apart, and the difference is executed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.abc import MetaPathFinder
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from harness.check.campaign.ground import parts
from harness.check.equiv.difference import Differences
from harness.check.equiv.run import Task, compared
from harness.check.prove.prover import Limits
from harness.check.reach.examiner import Budget, Examiner
from harness.check.replay import Played, load_replay, play
from harness.check.target import Target
from harness.check.verdict import Outcome, Verdict
from harness.cli.options import Tree
from harness.cli.targets import load_targets
from harness.compiler import compile_contract
from harness.lang import Spec
from tests.harness.check.equiv.sabotages import CONTRACTS, MODELS, QUICK, Sabotage

ROOT = Path(__file__).parents[4]
BUDGET = Budget(glance=4, confirm=20, search=6, shrink=1, depth=3)


class Patched(MetaPathFinder):
    """Finds one module of the specifications as a sabotage has it."""

    def __init__(self, sabotage: Sabotage) -> None:
        self._name = sabotage.file.removesuffix(".py").replace("/", ".")
        self._path = ROOT / sabotage.file
        self._text = sabotage.applied(self._path.read_text(encoding="utf-8"))

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name != self._name:
            return None
        loader = PatchedLoader(name, str(self._path), self._text)
        return spec_from_file_location(name, self._path, loader=loader)


class PatchedLoader(SourceFileLoader):
    """Executes another text than the file's."""

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self._text = text

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._text, self.path, "exec"), module.__dict__)


@contextmanager
def fresh_specifications() -> Iterator[None]:
    """Import the specifications anew while the block lasts."""
    ours = {name: one for name, one in sys.modules.items() if name.partition(".")[0] == "specs"}
    for name in ours:
        del sys.modules[name]
    try:
        yield
    finally:
        for name in [one for one in sys.modules if one.partition(".")[0] == "specs"]:
            del sys.modules[name]
        sys.modules.update(ours)


def patched_spec(sabotage: Sabotage) -> Spec[Any]:
    finder = Patched(sabotage)
    with fresh_specifications():
        sys.meta_path.insert(0, finder)
        try:
            spec: Spec[Any] = importlib.import_module(f"specs.{sabotage.target}").SPEC
        finally:
            sys.meta_path.remove(finder)
    return spec


def sabotaged(sabotage: Sabotage) -> Target:
    [target] = load_targets([sabotage.target], Tree(config=ROOT / "pyproject.toml"))
    if sabotage.file.endswith(".py"):
        return replace(target, spec=patched_spec(sabotage))
    text = sabotage.applied(target.project.text(sabotage.file))
    return replace(target, project=target.project.changed({sabotage.file: text}))


def executed_difference(target: Target, function: str, folder: Path) -> Verdict:
    """Return the first verdict that an execution confirms with the deployed contracts as callees."""
    artifact = compile_contract(target.project, target.contract, target.settings)
    examiner = Examiner(target.name, target.contract, parts(target), folder, BUDGET)
    task = Task(target.spec, artifact, function, Limits(20), Differences(examiner))
    told = []
    for verdict in compared(task):
        if verdict.outcome is Outcome.DIVERGED and "replay" in verdict.evidence:
            return verdict
        told.append(f"{verdict.property} {verdict.outcome.name} {verdict.detail}".strip())
    pytest.fail("nothing was executed:\n" + "\n".join(told))


def replayed(sabotage: Sabotage, folder: Path) -> Played:
    """Return what the difference that is found comes to when its replay file is played."""
    target = sabotaged(sabotage)

    found = executed_difference(target, sabotage.function, folder)

    replay = load_replay(Path(found.evidence["replay"]))
    assert replay.origin == "equiv"
    return play(replay, parts(target))


@pytest.mark.parametrize("sabotage", QUICK, ids=str)
def test_a_change_of_one_token_is_executed_as_a_difference(sabotage, tmp_path):
    played = replayed(sabotage, tmp_path)

    assert played.reproduced
    assert played.steps[-1].disagreement


@pytest.mark.sabotage
@pytest.mark.parametrize("sabotage", [one for one in (*MODELS, *CONTRACTS) if one not in QUICK], ids=str)
def test_each_change_of_one_token_is_executed_as_a_difference(sabotage, tmp_path):
    played = replayed(sabotage, tmp_path)

    assert played.reproduced
    assert played.steps[-1].disagreement


def test_there_are_twenty_changes_of_models_and_twenty_of_contracts():
    assert len(MODELS) >= 20
    assert len(CONTRACTS) >= 20
    assert {one.target for one in QUICK} == {"v1", "v2", "v3"}
