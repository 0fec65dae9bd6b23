"""What the terminal shows: results on standard output, progress and errors on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from harness.check.target import Progress as Report
from harness.check.target import silent
from harness.check.verdict import BROKEN, HOLDING, Outcome, Verdict
from harness.cli.options import Output

_PLAIN_WIDTH = 120
"""Columns where there is no terminal to ask: a log should not be broken into short lines."""


class Screen:
    """The two consoles of a run; plain text where they are not a terminal."""

    def __init__(self, output: Output) -> None:
        self.quiet = output.quiet
        self.out = _console(sys.stdout, output)
        self.err = _console(sys.stderr, output)

    def say(self, line: str) -> None:
        """Print a line of information, unless the user asked for quiet."""
        if not self.quiet:
            self.out.print(Text(line))

    def result(self, line: str) -> None:
        """Print a line that is wanted even by who asked for quiet."""
        self.out.print(Text(line), soft_wrap=True)

    def results(self, lines: Iterable[str]) -> None:
        """Print lines that are wanted even by who asked for quiet."""
        for line in lines:
            self.result(line)

    def table(self, table: Table) -> None:
        """Print a table, unless the user asked for quiet."""
        if not self.quiet:
            self.out.print(table)

    def verdict(self, verdict: Verdict) -> None:
        """Print one verdict: what it is about, and why where there is something to say."""
        line = Text.assemble(
            (f"{verdict.outcome.value:<13} ", style_of(verdict.outcome)), " ".join(_subject(verdict))
        )
        self.out.print(line, soft_wrap=True)
        for text in verdict.detail.splitlines():
            self.out.print(Text("    " + text), soft_wrap=True)
        replay = verdict.evidence.get("replay")
        if replay:
            self.out.print(Text(f"    see it happen: poolproof replay {replay}"), soft_wrap=True)

    @contextmanager
    def progress(self, title: str) -> Iterator[Report]:
        """Show a bar while the body runs; it leaves nothing behind, and is not shown off a terminal."""
        if self.quiet or not self.err.is_terminal:
            yield silent
            return
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
        )
        with Progress(*columns, console=self.err, transient=True) as bar:
            task = bar.add_task(title, total=None, note="")
            yield _reporter(bar, task)


def style_of(outcome: Outcome) -> str:
    """Return the rich style in which an outcome is shown."""
    if outcome in HOLDING:
        return "green"
    return "bold red" if outcome in BROKEN else "yellow"


def complain(sentence: str) -> None:
    """Print one sentence on standard error."""
    Console(stderr=True, highlight=False).print(
        Text.assemble(("poolproof: ", "bold red"), sentence), soft_wrap=True
    )


def _console(stream: object, output: Output) -> Console:
    terminal = bool(getattr(stream, "isatty", lambda: False)())
    return Console(
        file=stream,  # type: ignore[arg-type]  # a text stream: sys.stdout or sys.stderr
        no_color=output.no_color or None,
        highlight=False,
        width=None if terminal else _PLAIN_WIDTH,
    )


def _subject(verdict: Verdict) -> Iterator[str]:
    yield f"{verdict.target}:"
    yield verdict.property or verdict.check
    if verdict.function:
        yield f"in {verdict.function}"
    yield f"({verdict.check}, {verdict.seconds:.2f} s)"


def _reporter(bar: Progress, task: TaskID) -> Report:
    def report(done: int, total: int, note: str = "") -> None:
        bar.update(task, completed=done, total=total or None, note=note)

    return report
