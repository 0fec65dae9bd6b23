"""`poolproof tables`: the tables of Markdown files, from the specifications and from recorded results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.config import load_config
from harness.cli.console import Screen
from harness.cli.errors import UsageError
from harness.cli.options import Output, Tree
from harness.cli.runs import read_runs, results_of
from harness.cli.targets import load_targets
from harness.errors import trouble
from harness.report.document import describe
from harness.report.equal import FILE as EQUAL
from harness.report.equal import renew_equal
from harness.report.mutants import FILE as MUTANTS
from harness.report.mutants import renew_mutants
from harness.report.tables import renew_tables


def tables(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Markdown files.")],
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The pyproject.toml that names the targets.")
    ] = None,
) -> None:
    """Write the marked tables of Markdown files anew from the specifications, and from recorded results.

    A file marks where a table belongs; what stands between the marks is replaced:

    \b
      <!-- table: properties v3 -->
      <!-- end -->

    The kinds are `properties TARGET`, `assumptions TARGET` and `summary all`; with `mutants:` in place of
    `table:`, what `poolproof mutants --record` kept: `scores`, `by-hand TARGET`, `automatic TARGET`; with
    `equal:`, what `poolproof equiv --record` kept: `TARGET`, or `all`.

    Exit codes: 0 the tables are up to date now, 2 a mark or a file is wrong.
    """
    described = {
        each.name: describe(each.spec, each.contract) for each in load_targets((), Tree(config=config))
    }
    settings = load_config(config)
    runs, equalities = read_runs(MUTANTS, results_of(settings)), read_runs(EQUAL, settings.equivalence)
    screen = Screen(Output())
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{file} cannot be read ({trouble(error)}): name a Markdown file.") from error
        renewed = renew_mutants(renew_tables(text, described, str(file)), runs)
        renewed = renew_equal(renewed, equalities)
        if renewed != text:
            file.write_text(renewed, encoding="utf-8")
            screen.say(f"{file}: renewed")
