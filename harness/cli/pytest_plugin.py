"""The pytest plugin: ``pytest specs/`` collects every obligation of a specification as a test.

A test is one property of one way into the contract, so that ``-k``, ``--lf``, ``-x``, xdist and JUnit
work as people expect. What is broken fails; what was not decided is an error.
"""

# What takes long to import is imported where it is needed: every run of pytest loads a plugin.
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.cli.config import TargetEntry, load_config, nearest_config
from harness.errors import PoolproofError

if TYPE_CHECKING:
    from harness.check.prove.prover import Prover
    from harness.check.verdict import Verdict


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that concern proofs."""
    group = parser.getgroup("poolproof")
    group.addoption(
        "--proof-timeout",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="processor time for a query",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the obligations of the specification whose package is in `file_path`, if it is one."""
    if file_path.name != "__init__.py":
        return None
    entry = _entry_of(file_path)
    if entry is None:
        return None
    collector: pytest.Collector = Specification.from_parent(parent, path=file_path, entry=entry)
    return collector


def _entry_of(file: Path) -> TargetEntry | None:
    """Return the target of the nearest configuration whose specification is the package `file`."""
    settings = nearest_config(file.parent)
    if settings is None:
        return None
    config = load_config(settings)
    packages = {
        config.root.joinpath(*each.spec.split("."), "__init__.py"): each for each in config.targets.values()
    }
    return packages.get(file)


class Specification(pytest.File):
    """One target: a collector for each way into its contract."""

    def __init__(self, entry: TargetEntry, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.entry = entry

    def collect(self) -> Iterator[pytest.Collector]:
        """Compile the target and yield its ways in."""
        from harness.check.prove.prover import Limits, Prover
        from harness.check.prove.subject import Subject
        from harness.cli.options import Tree
        from harness.cli.targets import load_targets
        from harness.compiler import compile_contract

        try:
            [target] = load_targets([self.entry.name], Tree(config=nearest_config(self.path.parent)))
            artifact = compile_contract(target.project, target.contract, target.settings)
        except PoolproofError as error:
            raise self.CollectError(str(error)) from error
        limits = Limits(self.config.getoption("--proof-timeout"))
        prover = Prover(Subject(target.spec, artifact), limits)
        for name in prover.subject.entries:
            yield WayIn.from_parent(self, name=name, prover=prover)


class WayIn(pytest.Collector):
    """One way into the contract: a test for each property that speaks of it."""

    def __init__(self, prover: Prover, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.prover = prover

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the properties of this way in."""
        for claim in self.prover.properties(self.name):
            yield Obligation.from_parent(self, name=claim.name, prover=self.prover, way=self.name)


class NotProved(Exception):
    """What a test that does not hold raises; its text is the verdict."""


class Obligation(pytest.Item):
    """One property of one way in."""

    def __init__(self, prover: Prover, way: str, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.prover = prover
        self.way = way
        self.verdicts: list[Verdict] = []

    def setup(self) -> None:
        """Decide it; what cannot be decided is an error, which pytest makes of what setup raises."""
        from harness.check.verdict import BROKEN, HOLDING

        self.verdicts = list(self.prover.entry(self.way, (self.name,)))
        undecided = [each for each in self.verdicts if each.outcome not in HOLDING | BROKEN]
        if undecided or not self.verdicts:
            raise NotProved(_text(undecided) or "nothing was decided")

    def runtest(self) -> None:
        """Fail if it is broken."""
        from harness.check.verdict import BROKEN

        broken = [each for each in self.verdicts if each.outcome in BROKEN]
        if broken:
            raise NotProved(_text(broken))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the verdict, or the sentence of a mistake, without a traceback."""
        if isinstance(excinfo.value, NotProved | PoolproofError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Say where the test comes from."""
        return self.path, None, f"{self.way}: {self.name}"


def _text(verdicts: list[Verdict]) -> str:
    return "\n".join(
        f"{each.outcome.value}: {each.property} in {each.function}\n{each.detail}" for each in verdicts
    )
