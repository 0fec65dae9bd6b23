"""The command `poolproof` itself: what it does without a subcommand."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from harness.cli.errors import DEBUG
from harness.cli.subcommands import STYLE, Subcommands

app = typer.Typer(name="poolproof", cls=Subcommands, no_args_is_help=True, **STYLE)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib import metadata  # slow to import, and only asked for here

        typer.echo(f"poolproof {metadata.version('poolproof')}")
        raise typer.Exit


def _set_debug(wanted: bool) -> None:
    if wanted:
        os.environ[DEBUG] = "1"


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
