"""The file in which comparisons of models and contracts are recorded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from harness.check.verdict import Verdict
from harness.cli.config import Config
from harness.cli.errors import UsageError
from harness.cli.runs import read_runs
from harness.report.equal import FILE, recorded


def file_of(config: Config) -> Path:
    """Return the file. Raises UsageError if the configuration names none."""
    if config.equivalence is None:
        raise UsageError('No file is named for comparisons: add equivalence = "FILE" to [tool.poolproof].')
    return config.equivalence


def record(config: Config, verdicts: Iterable[Verdict]) -> None:
    """Put what came of comparing targets into the file."""
    file = file_of(config)
    file.write_text(FILE.written(recorded(read_runs(FILE, file), verdicts)), encoding="utf-8")
