"""The file in which comparisons of models and contracts are recorded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from harness.check.verdict import Verdict
from harness.cli.config import Config
from harness.cli.errors import UsageError
from harness.report.equal import Runs, read, recorded, written


def file_of(config: Config) -> Path:
    """Return the file. Raises UsageError if the configuration names none."""
    if config.equivalence is None:
        raise UsageError('No file is named for comparisons: add equivalence = "FILE" to [tool.poolproof].')
    return config.equivalence


def read_equalities(config: Config) -> Runs:
    """Return what is recorded, nothing where no file is named or it is not there.

    Raises:
        UsageError, ReportError: if it cannot be read.
    """
    file = config.equivalence
    try:
        return read(file.read_text(encoding="utf-8"), str(file)) if file is not None and file.exists() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read ({error}): remove it, and record anew.") from error


def record(config: Config, verdicts: Iterable[Verdict]) -> None:
    """Put what came of comparing targets into the file."""
    file_of(config).write_text(written(recorded(read_equalities(config), verdicts)), encoding="utf-8")
