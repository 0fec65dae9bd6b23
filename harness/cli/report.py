"""`poolproof report`: every form of the report, made again from its JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.console import Screen
from harness.cli.errors import UsageError
from harness.cli.options import Output
from harness.errors import trouble
from harness.report.document import Report, from_json, to_json
from harness.report.html import render_html, render_markdown
from harness.report.junit import render_junit
from harness.report.sarif import render_sarif

REPORTS = Path("build/report")
_FORMS: dict[str, Callable[[Report], str]] = {
    "index.html": render_html,
    "report.md": render_markdown,
    "report.json": to_json,
    "report.sarif": render_sarif,
    "junit.xml": render_junit,
}


def report(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A report.json, or what --json wrote.")
    ] = REPORTS / "report.json",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the files go.")] = REPORTS,
) -> None:
    """Make the HTML, Markdown, SARIF and JUnit forms of a report from its JSON alone.

    Nothing is checked again: the files say what the JSON says. `poolproof verify` makes
    them all; this is for the JSON of any other subcommand, or of another machine.

    \b
    Examples:
      poolproof prove v3 --json proof.json; poolproof report proof.json --out proof
      poolproof report

    Exit codes: 0 the files are written, 2 FILE is not a report or DIR cannot be written.
    """
    write_reports(read_report(file), out)
    Screen(Output()).say(f"report: {out / 'index.html'}")


def read_report(file: Path) -> Report:
    """Return the report that `file` holds.

    Raises:
        UsageError: if it cannot be read.
        ReportError: if it is not a report.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{file} cannot be read ({trouble(error)}): name a JSON file that poolproof wrote."
        ) from error
    return from_json(text, str(file))


def write_reports(document: Report, folder: Path) -> None:
    """Write every form of `document` into `folder`, made if it is not there.

    Raises:
        UsageError: if the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, render in _FORMS.items():
            (folder / name).write_text(render(document), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"The report cannot be written to {folder} ({trouble(error)}): name another folder."
        ) from error
