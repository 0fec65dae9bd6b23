from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import pytest_plugin

pytest_plugins = ["pytester"]

CONTRACT = """
// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract Counter {
    uint64 public count;

    function add() external { if (count < 10) count++; }
}
"""
SPEC = '''
from harness.lang import Model, Spec, implies, invariant, record, relation, rule, scenario


@record
class Counter:
    count: int = 0


@invariant()
def counts_to_ten(pool):
    """The count is ten at most."""
    return pool.count <= 10


@invariant()
def counts_to_nine(pool):
    """The count is nine at most (which is not true)."""
    return pool.count <= 9


@rule("add")
def adds_without_end(before, call, after):
    """Says nothing: the count never goes down."""
    return implies(call.succeeds & (after.count < before.count), after.count == 77)


@relation("add")
def adds_as_much(first, second):
    """From one count both runs come to the same."""
    return implies(first.before.count == second.before.count, first.after.count == second.after.count)


@scenario()
def adds_twice(pool, play):
    """Two calls add two at most."""
    play.call("add", sender=3, at=play.now)
    return play.call("add", sender=3, at=play.now).after.count <= pool.count + 2


SPEC = Spec(
    "counter",
    "A counter",
    Model(Counter, Counter(), ()),
    (counts_to_ten, counts_to_nine),
    (adds_without_end,),
    (adds_as_much,),
    (adds_twice,),
)
'''
SETTINGS = """
[tool.poolproof]
solc = "0.8.30"
[tool.poolproof.targets.counter]
spec = "counter_spec"
source = "Counter.sol:Counter"
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with a specification of two properties, one of them false."""
    folder = pytester.path
    (folder / "Counter.sol").write_text(CONTRACT)
    (folder / "counter_spec").mkdir()
    (folder / "counter_spec" / "__init__.py").write_text(SPEC)
    (folder / "pyproject.toml").write_text(SETTINGS)
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    # Named as a module, and not as installed, so that it is this one in any environment.
    plugins = ("-p", "no:poolproof", "-p", pytest_plugin.__name__, "-p", "no:cacheprovider")
    return project.runpytest_subprocess(*plugins, *arguments)


def test_every_obligation_is_a_test_with_a_readable_name(project: pytest.Pytester) -> None:
    listed = run(project, "--collect-only", "-q", "counter_spec").outlines

    assert "counter_spec/__init__.py::add()::counts_to_ten" in listed
    assert "counter_spec/__init__.py::count()::counts_to_nine" in listed
    assert "counter_spec/__init__.py::deployment::counts_to_ten" in listed
    assert "counter_spec/__init__.py::add()::adds_as_much" in listed
    assert "counter_spec/__init__.py::scenarios::adds_twice" in listed


def test_what_is_proved_passes_and_what_is_not_does_not(project: pytest.Pytester) -> None:
    result = run(project, "counter_spec", "-k", "add and counts")
    outcomes = result.parseoutcomes()

    assert outcomes["passed"] == 1
    assert outcomes.get("failed", 0) + outcomes.get("errors", 0) == 1
    result.stdout.fnmatch_lines(["*counts_to_nine in add()*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_an_invariant_that_deployment_does_not_establish_does_not_pass(project: pytest.Pytester) -> None:
    (Path(project.path) / "Counter.sol").write_text(CONTRACT.replace("count;", "count = 11;"))
    result = run(project, "counter_spec", "-k", "deployment")

    assert "passed" not in result.parseoutcomes()
    result.stdout.fnmatch_lines(["*counts_to_ten in deployment*"])


def test_relations_and_scenarios_pass_and_what_says_nothing_does_not(project: pytest.Pytester) -> None:
    result = run(project, "counter_spec", "-k", "adds")
    outcomes = result.parseoutcomes()

    assert (outcomes["passed"], outcomes["errors"]) == (2, 1)
    result.stdout.fnmatch_lines(["*VACUOUS: adds_without_end in add()*"])


def test_a_contract_that_does_not_compile_is_shown_as_solc_shows_it(project: pytest.Pytester) -> None:
    (Path(project.path) / "Counter.sol").write_text(CONTRACT.replace("count++", "count++ +"))
    result = run(project, "counter_spec")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*ParserError*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_packages_that_are_no_specification_are_left_alone(project: pytest.Pytester) -> None:
    (Path(project.path) / "other").mkdir()
    (Path(project.path) / "other" / "__init__.py").write_text("")

    assert run(project, "other").ret == pytest.ExitCode.NO_TESTS_COLLECTED
