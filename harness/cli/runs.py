"""Reading files of recorded runs."""

from __future__ import annotations

from pathlib import Path

from harness.cli.config import Config
from harness.cli.errors import UsageError
from harness.errors import trouble
from harness.report.runs import Runs, RunsFile

RESULTS = "results.json"


def results_of(config: Config) -> Path | None:
    """Return the file of recorded results, which lies beside the known bugs; None if no folder is named."""
    return config.mutants / RESULTS if config.mutants is not None else None


def read_runs(kind: RunsFile, file: Path | None) -> Runs:
    """Return what is recorded, nothing where no file is named or it is not there.

    Raises:
        UsageError, ReportError: if it cannot be read.
    """
    if file is None or not file.exists():
        return {}
    try:
        return kind.read(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read ({trouble(error)}): remove it, and record anew.") from error
