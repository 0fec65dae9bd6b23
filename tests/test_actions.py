"""The action and the workflow, as a runner reads them: own steps are run, those of others looked at."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.compiler.toolchain import find_node

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
VAULT = ROOT / "tests" / "toys" / "vault"
REPORTS = {"index.html", "report.md", "report.json", "report.sarif", "junit.xml"}
CONFIG = """
[tool.poolproof]
solc = "0.8.30"

[tool.poolproof.targets.savings]
spec = "savings"
source = "Vault.sol:Vault"
"""

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
PINNED = re.compile(r"[\w.-]+/[\w./-]+@(v\d+(\.\d+)*|[0-9a-f]{40})")
NAME = re.compile(r"\b(inputs|steps|matrix|github)((?:\.[\w-]+)+)")


def parsed(text: str) -> Any:
    """Return what a YAML text says, by the parser that came with solhint."""
    program = "console.log(JSON.stringify(require('js-yaml').load(require('fs').readFileSync(0, 'utf8'))))"
    done = subprocess.run(
        [find_node(), "-e", program], input=text, capture_output=True, text=True, check=True, cwd=ROOT
    )
    return json.loads(done.stdout)


ACTION = parsed((ROOT / "action.yml").read_text(encoding="utf-8"))
JOBS = {
    f"{path.stem}: {name}": job
    for path in WORKFLOWS
    for name, job in parsed(path.read_text(encoding="utf-8"))["jobs"].items()
}


@dataclass
class Runner:
    """Runs the steps of the composite action as GitHub's runner does, with the set-up's `make` stood in for.

    `ran` are the steps that ran, by their place; of another's action that is all that happens.
    """

    folder: Path
    inputs: Mapping[str, str]
    setup: str = "exit 0"
    ran: list[int] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    failed: bool = False
    shown: str = ""

    def __post_init__(self) -> None:
        self.workspace, self.action = self.folder / "a workspace", self.folder / "the action"
        for folder in (self.workspace, self.action, self.folder / "bin"):
            folder.mkdir(exist_ok=True)
        make = self.folder / "bin" / "make"
        make.write_text(f'#!/bin/sh\n[ "$*" = "-C {self.action} setup" ] || exit 9\n{self.setup}\n')
        make.chmod(0o755)
        known = {name: str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
        self.inputs = known | dict(self.inputs)

    def run(self) -> None:
        for place, step in enumerate(ACTION["runs"]["steps"]):
            if self._holds(step.get("if", "success()")):
                self.ran.append(place)
                if "run" in step:
                    self._execute(step)

    def _execute(self, step: Mapping[str, Any]) -> None:
        file = self.folder / "output"
        file.write_text("")
        given = {name: self._substituted(text) for name, text in step.get("env", {}).items()}
        environment = {
            **os.environ,
            **given,
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_OUTPUT": str(file),
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
        }
        # As the runner's `shell: bash`.
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", self._substituted(step["run"])]
        assert step["shell"] == "bash"
        done = subprocess.run(command, cwd=self.workspace, env=environment, capture_output=True, text=True)
        self.failed = self.failed or done.returncode != 0
        self.shown += done.stdout + done.stderr
        for line in file.read_text().splitlines():
            name, _, value = line.partition("=")
            self.outputs[f"steps.{step['id']}.outputs.{name}"] = value

    def value(self, name: str) -> str:
        """Return what an expression's name stands for."""
        kind, _, rest = name.partition(".")
        return self.inputs[rest] if kind == "inputs" else self.outputs[name]

    def _substituted(self, text: str) -> str:
        return EXPRESSION.sub(lambda match: self.value(match[1]), text)

    def _holds(self, condition: str) -> bool:
        python = NAME.sub(lambda match: repr(self.value(match[0])), condition)
        python = python.replace("&&", " and ").replace("||", " or ")
        functions: dict[str, Callable[..., object]] = {
            "always": lambda: True,
            "success": lambda: not self.failed,
            "hashFiles": lambda pattern: "hash" if [*self.workspace.glob(pattern)] else "",
        }
        return bool(eval(python, {"__builtins__": {}}, functions))


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., list[str]]:
    """Run the action with a poolproof that only tells its arguments; return them."""

    def arguments(**inputs: str) -> list[str]:
        runner = Runner(tmp_path, {name.replace("_", "-"): text for name, text in inputs.items()})
        program = runner.action / ".venv" / "bin" / "poolproof"
        program.parent.mkdir(parents=True)
        program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
        program.chmod(0o755)
        runner.run()
        assert not runner.failed
        return runner.shown.splitlines()

    return arguments


def test_without_inputs_the_action_checks_every_target(told: Callable[..., list[str]]) -> None:
    assert told() == ["verify"]


def test_the_inputs_of_the_action_become_arguments(told: Callable[..., list[str]]) -> None:
    shown = told(
        target="v2 v3",
        source="my src/Pool.sol:Pool",
        root="the tree",
        config="a b.toml",
        args="--time 60s -q",
    )
    tree = ["--root", "the tree", "--source", "my src/Pool.sol:Pool"]
    assert shown == ["verify", "v2", "v3", *tree, "--config", "a b.toml", "--time", "60s", "-q"]


def test_a_set_up_that_fails_ends_the_action(tmp_path: Path) -> None:
    runner = Runner(tmp_path, {}, setup="exit 1")
    runner.run()

    assert runner.failed
    assert runner.ran == [0, 1], "neither the check nor what sends its report"


def test_the_action_checks_a_tree_of_somebody_else(tmp_path: Path) -> None:
    inputs = {
        "target": "savings", "source": "src/Vault.sol:Vault", "root": "tree", "config": "pyproject.toml",
        "args": "--steps 300 --seed 1 --workers 1",
    }  # fmt: skip
    runner = Runner(tmp_path, inputs, setup=f'ln -s "{sys.prefix}" "$2/.venv"')
    (runner.workspace / "pyproject.toml").write_text(CONFIG)
    for folder, name in ((".", "Vault.sol"), ("tree/src", "Vault.sol"), ("savings", "__init__.py")):
        (runner.workspace / folder).mkdir(parents=True, exist_ok=True)
        text = (VAULT / name).read_text(encoding="utf-8").replace("tests/toys/vault/", "")
        (runner.workspace / folder / name).write_text(text, encoding="utf-8")
    runner.run()

    report = Path(runner.value("steps.verify.outputs.report"))
    assert report.name == "report", runner.shown
    assert {file.name for file in report.iterdir()} == REPORTS
    found = json.loads((report / "report.json").read_text())
    kinds = {each["check"]: each["verdict"] for each in found["verdicts"]}
    assert kinds == {"prove": "PROVED", "equiv": "PROVED", "fuzz": "HELD", "audit": "FOUND"}
    assert runner.failed, "nobody has looked at the audit's findings"
    assert runner.ran == list(range(len(ACTION["runs"]["steps"]))), "the report is sent all the same"


def test_the_action_hands_on_where_the_report_is() -> None:
    assert [EXPRESSION.findall(each["value"]) for each in ACTION["outputs"].values()] == [
        ["steps.verify.outputs.report"]
    ]


def steps() -> Iterator[Any]:
    listed = {"action": ACTION["runs"], **JOBS}
    for name, job in listed.items():
        for place, step in enumerate(job["steps"]):
            yield pytest.param(step, job, id=f"{name}, step {place}")


@pytest.mark.parametrize(("step", "job"), [*steps()])
def test_a_step_runs_something_or_uses_what_is_pinned(step: dict[str, Any], job: dict[str, Any]) -> None:
    assert ("run" in step) is not ("uses" in step)
    if "uses" in step:
        assert PINNED.fullmatch(step["uses"])
        assert all(str(value) for value in step.get("with", {}).values())
    else:
        checked = ["bash", "-n", "-c", EXPRESSION.sub("x", step["run"])]
        assert subprocess.run(checked, check=False).returncode == 0


@pytest.mark.parametrize(("step", "job"), [*steps()])
def test_an_expression_names_what_there_is(step: dict[str, Any], job: dict[str, Any]) -> None:
    texts = [*EXPRESSION.findall(json.dumps(step)), step.get("if", "")]
    known = {"inputs": ACTION["inputs"], "matrix": job.get("strategy", {}).get("matrix", {})}
    for kind, rest in NAME.findall(" ".join(texts)):
        assert rest.removeprefix(".") in known[kind]


def runs() -> dict[str, str]:
    """Return the first command of each of the workflow's jobs that installs no packages."""
    commands = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in JOBS.items()}
    return {name: next(one for one in listed if "apt-get" not in one) for name, listed in commands.items()}


@pytest.mark.parametrize(
    ("job", "command"),
    [
        ("verify: verify", ".venv/bin/poolproof verify --time 60s"),
        ("verify: browser", ".venv/bin/python -m pytest -q -n 2 tests/browser -n 0"),
    ],
)
def test_what_the_workflow_asks_of_make_is_what_make_would_do(job: str, command: str) -> None:
    line = runs()[job]
    assert line.startswith("make ")
    shown = subprocess.run(
        ["bash", "-c", line.replace("make ", "make --no-print-directory -n ", 1)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.splitlines()[-1] == command


def test_the_workflow_runs_what_must_pass_before_a_merge(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / runs()["verify: tests"], tmp_path / ".ci" / "run")
    (tmp_path / "make").write_text('#!/bin/sh\nprintf "%s in %s\\n" "$*" "$PWD"\n')
    (tmp_path / "make").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    shown = subprocess.run(
        [tmp_path / ".ci" / "run"], env=environment, cwd="/", capture_output=True, text=True, check=True
    )
    assert shown.stdout.splitlines() == [f"lint in {tmp_path}", f"test in {tmp_path}"]


def test_the_workflow_shows_the_report(tmp_path: Path) -> None:
    [line] = [
        step["run"] for job in JOBS.values() for step in job["steps"] if "STEP_SUMMARY" in step.get("run", "")
    ]
    (tmp_path / "build" / "report").mkdir(parents=True)
    (tmp_path / "build" / "report" / "report.md").write_text("# What came of it\n")
    environment = {**os.environ, "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    subprocess.run(["bash", "-eo", "pipefail", "-c", line], cwd=tmp_path, env=environment, check=True)

    assert (tmp_path / "summary").read_text() == "# What came of it\n"


def test_the_example_of_the_documentation_gives_inputs_that_there_are() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    [block] = re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    [used] = [step for step in parsed(block) if "poolproof" in step["uses"]]

    assert {*used["with"]} <= {*ACTION["inputs"]}
