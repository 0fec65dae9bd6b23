"""Files of recorded runs: what each was about, and its rows, one a line, so that a change can be read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from harness.report.errors import ReportError

Json = dict[str, Any]
Runs = dict[str, Json]
"""Runs by name: what each was `about`, and its rows by name."""

VERSION = 1


@dataclass(frozen=True, slots=True)
class RunsFile:
    """A kind of such files: its `format`, what the `rows` of a run are called, the `command` that records."""

    format: str
    rows: str
    command: str

    def written(self, runs: Runs) -> str:
        """Return the text of a file."""
        blocks = []
        for name, run in runs.items():
            lines = (f"{json.dumps(key)}: {json.dumps(row)}" for key, row in run[self.rows].items())
            about, rows = json.dumps(run["about"]), ",\n".join(lines)
            blocks.append(f'{json.dumps(name)}: {{\n"about": {about},\n"{self.rows}": {{\n{rows}\n}}}}')
        head = f'{{"format": "{self.format}", "version": {VERSION}, "runs": {{\n'
        return head + ",\n".join(blocks) + "\n}}\n"

    def read(self, text: str, name: str) -> Runs:
        """Return what the file called `name` holds; raises ReportError if it is of another kind."""
        try:
            found = json.loads(text)
        except ValueError as error:
            raise ReportError(f"{name} is no JSON ({error}): run {self.command} anew.") from error
        if not isinstance(found, dict) or (found.get("format"), found.get("version")) != (
            self.format,
            VERSION,
        ):
            raise ReportError(f"{name} is no {self.format} file: run {self.command} anew.")
        return dict(found["runs"])
