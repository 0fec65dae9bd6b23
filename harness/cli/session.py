"""One run of a deciding subcommand: verdicts gathered, shown, saved, and turned into an exit code."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType

import typer

from harness.check.target import Progress, Target
from harness.check.verdict import HOLDING, Outcome, Verdict, exit_code
from harness.cli.console import Screen
from harness.cli.context import describe_target
from harness.cli.environment import command_line, describe_environment
from harness.cli.errors import INTERRUPTED, UsageError
from harness.cli.files import file_to_write
from harness.cli.options import Output
from harness.cli.summary import in_a_word, summary, taken_for_granted
from harness.errors import trouble
from harness.report.document import Report, Run, to_json

Check = Callable[[Progress], Iterable[Verdict]]


class Session:
    """Use as ``with Session(...) as session: session.run(target, check, body)``, once for each check.

    The end of the block shows the summary, writes the JSON (and the whole report into the folder
    `reports`, if there is one) and exits with the verdicts' exit code.
    After Ctrl-C that is done with what was decided by then, and the code is 130; after an error, with
    what was decided by then, and the error goes on.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        output: Output,
        seed: int | None = None,
        reports: Path | None = None,
    ) -> None:
        self.targets = list(targets)
        self.verdicts: list[Verdict] = []
        self.runs: list[Run] = []
        self.screen = Screen(output)
        self._json = file_to_write(output.json)
        self._seed = seed
        self._reports = reports

    def run(self, target: str, check: str, body: Check) -> None:
        """Gather what `body` decides; what does not hold, known limitations too, is shown at once.

        A check that decides nothing is itself undecided: silence never passes.
        """
        before = len(self.verdicts)
        started = time.monotonic()
        try:
            with self.screen.progress(f"{target}: {check}") as progress:
                for verdict in body(progress):
                    self._gather(verdict)
        finally:
            self.runs.append(Run(target, check, time.monotonic() - started))
        if len(self.verdicts) == before:
            self._gather(Verdict(target, check, "", "", Outcome.UNKNOWN, 0.0, "the check decided nothing"))

    def _gather(self, verdict: Verdict) -> None:
        self.verdicts.append(verdict)
        limitation = verdict.outcome is Outcome.LIMITATION and not self.screen.quiet
        if limitation or verdict.outcome not in HOLDING:
            self.screen.verdict(verdict)

    def report(self, interrupted: bool = False) -> Report:
        """Return what was decided so far, with its context."""
        return report_on(self.targets, self.verdicts, self.runs, self._seed, interrupted)

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        interrupted = kind is not None and issubclass(kind, KeyboardInterrupt)
        if self.verdicts or kind is None or interrupted:
            self._conclude(interrupted or error is not None)
        if interrupted:
            self.screen.result("Interrupted: what is shown above is what was decided until then.")
            raise typer.Exit(INTERRUPTED)
        if kind is None:
            raise typer.Exit(exit_code(self.verdicts))

    def _conclude(self, interrupted: bool) -> None:
        self.screen.table(summary(self.runs, self.verdicts))
        granted = taken_for_granted(self.targets, self.verdicts)
        if granted.row_count:
            self.screen.table(granted)
        if self._seed is not None:
            self.screen.say(f"seed {self._seed}")
        self._save(interrupted)
        if not interrupted:
            self.screen.say(in_a_word(exit_code(self.verdicts)))

    def _save(self, interrupted: bool) -> None:
        if self._json is None and self._reports is None:
            return
        report = self.report(interrupted)
        if self._json is not None:
            write_json(report, self._json)
        if self._reports is not None:
            # Imported here: most runs write no report, and need no makers of HTML and JUnit.
            from harness.cli.report import write_reports

            write_reports(report, self._reports)
            self.screen.say(f"report: {self._reports / 'index.html'}")


def report_on(
    targets: Sequence[Target],
    verdicts: Iterable[Verdict],
    runs: Iterable[Run],
    seed: int | None = None,
    interrupted: bool = False,
) -> Report:
    """Return the report of verdicts, with their context."""
    return Report(
        verdicts=tuple(verdicts),
        environment=describe_environment(targets, seed, command_line()),
        targets={target.name: describe_target(target) for target in targets},
        runs=tuple(runs),
        interrupted=interrupted,
    )


def write_json(report: Report, file: Path) -> None:
    """Write a report to `file` as JSON. Raises UsageError if that cannot be."""
    try:
        file.write_text(to_json(report), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written ({trouble(error)}): name another file.") from error
