"""The pytest plugin: ``pytest specs/`` collects every obligation of a specification as a test.

A test is one property of one way into the contract (or of its deployment), or a scenario, so that ``-k``,
``--lf``, ``-x``, xdist and JUnit work as people expect. What is broken fails; what was not decided is an
error. Known limitations are no tests: they have to be refuted by execution, which ``poolproof prove`` does.
"""

# What takes long to import is imported where it is needed: every run of pytest loads a plugin.
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.cli.config import TargetEntry, load_config, nearest_config
from harness.errors import PoolproofError

if TYPE_CHECKING:
    from harness.check.prove.prover import Prover
    from harness.check.prove.tasks import Piece
    from harness.check.verdict import Verdict
    from harness.compiler import Artifact

SCENARIOS = "scenarios"
"""The place of what is about no one way in."""


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


@dataclass(frozen=True)
class Material:
    """What the tests of one target need, and the properties (by name) that are about one place only."""

    prover: Prover
    proxy: Artifact
    said_once: frozenset[str]


class Specification(pytest.File):
    """One target: a collector for each way into its contract, its deployment, and the scenarios."""

    def __init__(self, entry: TargetEntry, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.entry = entry

    def collect(self) -> Iterator[pytest.Collector]:
        """Compile the target and yield what there is to prove of it, by where that is."""
        from harness.check.prove.prover import Limits, Prover
        from harness.check.prove.subject import Subject
        from harness.check.prove.tasks import claims_of, pieces
        from harness.cli.options import Tree
        from harness.cli.targets import load_targets
        from harness.compiler import compile_contract
        from harness.evm.deployment import PROXY

        try:
            [target] = load_targets([self.entry.name], Tree(config=nearest_config(self.path.parent)))
            artifact = compile_contract(target.project, target.contract, target.settings)
            proxy = compile_contract(target.home, PROXY, target.settings)
            subject = Subject(target.spec, artifact)
            found = pieces(subject, (), ())
        except PoolproofError as error:
            raise self.CollectError(str(error)) from error
        prover = Prover(subject, Limits(self.config.getoption("--proof-timeout")))
        said = Counter(name for piece in found for name in claims_of(subject, piece))
        material = Material(prover, proxy, frozenset(name for name, count in said.items() if count == 1))
        places: dict[str, list[Piece]] = {}
        for piece in found:
            place = SCENARIOS if piece.kind == "scenario" else piece.function or piece.name
            places.setdefault(place, []).append(piece)
        for name, there in places.items():
            yield Place.from_parent(self, name=name, material=material, pieces=there)


class Place(pytest.Collector):
    """One way into the contract, its deployment, or all scenarios: a test for each property of it."""

    def __init__(self, material: Material, pieces: list[Piece], **keywords: Any) -> None:
        super().__init__(**keywords)
        self.material = material
        self.pieces = pieces

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the properties of this place."""
        from harness.check.prove.tasks import claims_of

        for piece in self.pieces:
            for name in claims_of(self.material.prover.subject, piece):
                yield Obligation.from_parent(self, name=name, material=self.material, piece=piece)


class NotProved(Exception):
    """What a test that does not hold raises; its text is the verdict."""


class Obligation(pytest.Item):
    """One property of one place."""

    def __init__(self, material: Material, piece: Piece, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.material = material
        self.piece = piece
        self.verdicts: list[Verdict] = []

    def setup(self) -> None:
        """Decide it; what cannot be decided is an error, which pytest makes of what setup raises."""
        from harness.check.prove.settle import settled
        from harness.check.verdict import BROKEN, HOLDING

        prover, proxy = self.material.prover, self.material.proxy
        found = prover.piece(self.piece, (self.name,), proxy)
        once = self.name in self.material.said_once
        self.verdicts = settled(found, prover.subject.spec, whole=False, everywhere=once)
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
        place = self.parent.name if self.parent is not None else ""
        return self.path, None, f"{place}: {self.name}"


def _text(verdicts: list[Verdict]) -> str:
    return "\n".join(
        f"{each.outcome.value}: {each.property} in {each.function}\n{each.detail}" for each in verdicts
    )
