"""`poolproof mutants`: would the properties have noticed known bugs, and bugs made automatically?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from harness.check.mutants.equivalent import Equivalent, load_equivalents
from harness.check.mutants.options import QUICK, STEPS, By, Options
from harness.check.mutants.result import CHECK, Row, State, stale
from harness.check.mutants.run import run_mutants, sampled
from harness.check.mutants.variant import Variant, made_automatically, made_by_hand, read_tree
from harness.check.receipt import poolproof_hash, specification_hash
from harness.check.target import Progress, Target
from harness.check.verdict import Verdict
from harness.cli.config import load_config
from harness.cli.errors import UsageError
from harness.cli.options import Names, NoCache, Output, Timeout, Tree, Workers, grouped
from harness.cli.runs import RESULTS, read_runs
from harness.cli.session import Session
from harness.cli.targets import load_targets
from harness.report.mutants import FILE, recorded

EQUIVALENT = "equivalent.toml"
_SHOWN = 3
"""So many properties of a row are named in the terminal; the JSON has all."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which mutants are tried, and how."""

    automatic: Annotated[
        bool,
        typer.Option("--automatic", help="Mutants made from the syntax trees, in place of the known bugs."),
    ] = False
    mutant: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN", help="Only mutants with such names (* and ? as in a shell). Repeatable."
        ),
    ] = None
    sample: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Only N of the mutants, drawn by --seed.")
    ] = None
    seed: Annotated[int, typer.Option(metavar="S", help="What is drawn, and what the campaign does.")] = 1
    by: Annotated[By, typer.Option(help="What is to notice them.")] = "both"
    steps: Annotated[int, typer.Option(min=1, metavar="N", help="The campaign's calls, for each mutant.")] = (
        STEPS
    )
    matrix: Annotated[
        bool, typer.Option("--matrix", help="Try every property on every mutant, not only until one breaks.")
    ] = False
    timeout: Timeout = 10.0
    workers: Workers = 0
    no_cache: NoCache = False
    record: Annotated[
        bool,
        typer.Option(
            "--record",
            help="Keep what came of all mutants in results.json beside the bugs, for `poolproof tables`.",
        ),
    ] = False

    def options(self) -> Options:
        """Return these as the runner's options."""
        return Options(
            by=self.by,
            steps=self.steps,
            seed=self.seed,
            timeout=self.timeout,
            workers=self.workers or os.cpu_count() or 1,
            every_property=self.matrix,
            sample=self.sample,
            keep=not self.no_cache,
        )

    @property
    def is_whole(self) -> bool:
        """Whether every mutant is tried in every way."""
        return self.sample is None and not self.mutant and self.by == "both" and self.steps >= STEPS


@grouped
def mutants(
    names: Names = None, tree: Tree = Tree(), choice: Choice = Choice(), output: Output = Output()
) -> None:
    """Put bugs into the targets' contracts, one at a time, and see whether anything notices.

    A known bug must break the properties that it names, and says so; an automatic one
    (another operator, another constant, a statement or a guard less) must break
    something, unless equivalent.toml beside the known bugs explains why it is none.
    Each is executed at random beside the model, and its properties are proved.

    \b
    Examples:
      poolproof mutants v3
      poolproof mutants v3 --mutant 'slash_*' --by proof
      poolproof mutants v3 --automatic --sample 40 --seed 7
      poolproof mutants --record && poolproof tables docs/mutants.md

    Exit codes: 0 all are noticed or explained, 1 one survives, or holds what it should
    break, 2 wrong usage or the sources do not compile, 3 one was not decided.
    """
    targets = load_targets(names or (), tree)
    folder = load_config(tree.config).mutants
    if folder is None:
        raise UsageError(
            'No mutants are named: add mutants = "FOLDER" to [tool.poolproof] in pyproject.toml.'
        )
    if choice.record and not choice.is_whole:
        raise UsageError("--record is for whole runs: leave out --mutant, --sample, --by and fewer --steps.")
    session = Session(targets, output)
    with session:
        for target in targets:
            rows: list[Row] = []
            session.run(target.name, CHECK, partial(_check, target, choice, folder, rows.append))
            session.screen.table(_matrix(target.name, rows))
            if choice.record:
                _record(folder / RESULTS, target, choice.options(), session.verdicts)


def _check(
    target: Target, choice: Choice, folder: Path, keep: Callable[[Row], None], progress: Progress
) -> Iterator[Verdict]:
    """Yield the verdicts on the mutants of `target`, and on explanations that are out of date."""
    options = choice.options()
    equivalents = _equivalents(folder)
    variants = sampled(_chosen(target, choice, folder), options)
    rows: list[Row] = []
    for row in run_mutants(target, variants, options, equivalents, progress):
        if row.counts:
            rows.append(row)
            keep(row)
            yield row.verdict(target.name)
    whole = choice.automatic and choice.sample is None and not choice.mutant
    yield from stale(equivalents, target, rows, whole)


def _equivalents(folder: Path) -> tuple[Equivalent, ...]:
    file = folder / EQUIVALENT
    return load_equivalents(file) if file.is_file() else ()


def _chosen(target: Target, choice: Choice, folder: Path) -> list[Variant]:
    """Return the mutants that the command line asks for.

    Raises:
        UsageError: if there is none.
    """
    tree = read_tree(target)
    made = made_automatically(tree) if choice.automatic else made_by_hand(target, tree, folder)
    patterns = choice.mutant or ["*"]
    chosen = [one for one in made if any(fnmatchcase(one.name, pattern) for pattern in patterns)]
    if not chosen:
        raise UsageError(
            f"{target.name} has no mutant with such a name: poolproof mutants {target.name} lists all."
        )
    return chosen


def _matrix(target: str, rows: list[Row]) -> Table:
    """Return the table of mutants: what noticed each, by which means, in how many seconds."""
    table = Table("mutant", "state", "by campaign", "by proof", title=f"{target}: mutants")
    table.add_column("seconds", justify="right")
    for row in sorted(rows, key=lambda row: (row.state is State.KILLED, row.variant.name)):
        table.add_row(
            row.variant.name,
            row.state.value,
            _campaign(row),
            _names(row, "proof") or _names(row, "layout"),
            f"{row.seconds:.1f}",
        )
    return table


def _campaign(row: Row) -> str:
    trial = row.trial("campaign")
    return f"after {trial.calls:,} calls" if trial is not None and trial.killed else ""


def _names(row: Row, by: str) -> str:
    trial = row.trial(by)
    names = [name for name, _ in trial.noticed] if trial is not None else []
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _record(file: Path, target: Target, options: Options, verdicts: Iterable[Verdict]) -> None:
    """Put what came of the mutants of `target` into the file of results, with its circumstances."""
    about: dict[str, object] = {
        "specification": specification_hash(target.spec),
        "poolproof": poolproof_hash(),
        "steps": options.steps,
        "quick": QUICK,
        "seed": options.seed,
        "timeout": options.timeout,
    }
    mine = [one for one in verdicts if one.target == target.name]
    runs = recorded(read_runs(FILE, file), mine, {target.name: about})
    file.write_text(FILE.written(runs), encoding="utf-8")
