"""The subcommands by name, each imported when it is asked for: what one needs costs the others nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

STYLE: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
}
"""How every part of the command line behaves."""

SUMMARIES = {
    "verify": "Prove, compare, execute and audit the targets; write the report.",
    "prove": "Prove every property for every state and every call.",
    "equiv": "Prove that models are contracts, and that two builds are the same.",
    "fuzz": "Make random calls on contracts and models; compare everything.",
    "replay": "Execute a saved sequence of calls and tell what happens.",
    "mutants": "Break the contracts on purpose; say which properties notice.",
    "audit": "Run Slither's detectors, and our own, against a baseline.",
    "layout": "Say whether a proxy can be upgraded without moving a field.",
    "report": "Make the HTML, Markdown, SARIF and JUnit of a report's JSON.",
    "tables": "Write the generated tables of Markdown files anew.",
    "receipt": "Say which verdicts of an old report still stand.",
}
"""The subcommands in the order of the list, each in one line. One is the function, or the `typer.Typer`, of
its name in the module of its name."""


class Subcommands(TyperGroup):
    """The group of all subcommands; its list imports none of them."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Imported()  # type: ignore[assignment]  # nothing is ever put into it

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))


class _Imported(Mapping[str, Any]):
    """The subcommands as Typer's commands."""

    def __getitem__(self, name: str) -> Any:
        if name not in SUMMARIES:
            raise KeyError(name)
        found = getattr(import_module(f"harness.cli.{name}"), name)
        if isinstance(found, typer.Typer):
            return typer.main.get_group(found)
        alone = typer.Typer(**STYLE)
        alone.command()(found)
        return typer.main.get_command(alone)

    def __iter__(self) -> Iterator[str]:
        return iter(SUMMARIES)

    def __len__(self) -> int:
        return len(SUMMARIES)
