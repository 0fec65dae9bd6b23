"""The command `poolproof`: its subcommands, put together."""

from __future__ import annotations

import typer

app = typer.Typer(name="poolproof", no_args_is_help=True, add_completion=False)


@app.callback()
def poolproof() -> None:
    """Prove, fuzz and audit Solidity staking pools."""


def main() -> None:
    """Run the command line."""
    app()
