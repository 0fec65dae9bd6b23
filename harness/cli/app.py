"""The command `poolproof`: its subcommands, put together, and the one place where errors end."""

from __future__ import annotations

import os
import sys
from importlib import metadata
from typing import Annotated, NoReturn

import typer

from harness.check.verdict import ExitCode
from harness.cli.audit import audit
from harness.cli.console import complain
from harness.cli.equiv import equiv
from harness.cli.fuzz import fuzz
from harness.cli.layout import layout
from harness.cli.mutants import mutants
from harness.cli.prove import prove
from harness.cli.receipt import app as receipts
from harness.cli.replay import replay
from harness.cli.report import report
from harness.cli.tables import tables
from harness.cli.verify import verify
from harness.errors import PoolproofError

_DEBUG = "POOLPROOF_DEBUG"

app = typer.Typer(
    name="poolproof",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for _command in (verify, prove, equiv, fuzz, replay, mutants, audit, layout, report, tables):
    app.command()(_command)
app.add_typer(receipts)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"poolproof {metadata.version('poolproof')}")
        raise typer.Exit


def _set_debug(wanted: bool) -> None:
    if wanted:
        os.environ[_DEBUG] = "1"


@app.callback()
def poolproof(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[
        bool,
        typer.Option(
            "--debug", callback=_set_debug, is_eager=True, help="Show tracebacks (or set POOLPROOF_DEBUG)."
        ),
    ] = False,
) -> None:
    """Say which properties of a Solidity staking pool hold for every reachable state and every call,
    which do not, and which transactions break those.

    A target is a specification and the contract it is about; [tool.poolproof] in
    pyproject.toml names them. Without a target's name, a subcommand takes all.

    \b
    Exit codes:
      0    everything that was checked holds
      1    something is refuted, diverges, or is a new audit finding
      2    wrong usage, or a tool failed
      3    something was not decided
      130  interrupted; what was decided until then was shown and saved
    """


def main() -> NoReturn:
    """Run the command line; a user never sees a traceback unless asked for."""
    try:
        app(prog_name="poolproof")
    except PoolproofError as error:
        if os.environ.get(_DEBUG):
            raise
        complain(str(error))
    except Exception as error:  # the last resort: nothing above knows this error
        if os.environ.get(_DEBUG):
            raise
        complain(
            f"this is a defect of poolproof ({type(error).__name__}: {error}); "
            "`poolproof --debug ...` shows where it is, please report it."
        )
    sys.exit(ExitCode.USAGE)
