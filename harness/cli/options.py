"""Options that several subcommands share, each described once."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from harness.cli.files import folder_to_write
from harness.compiler.artifact import Pipeline

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TARGET]...", help="Targets of pyproject.toml; all of them if none is named."),
]


Seed = Annotated[
    int | None, typer.Option(min=0, metavar="N", help="Where randomness begins; it is shown in the end.")
]


REPLAYS = Path("build/replays")
Replays = Annotated[
    Path,
    typer.Option(
        metavar="DIR", callback=folder_to_write, help="Where the replay file of what is found goes."
    ),
]
Timeout = Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="Processor time for each query.")]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Prove again what was proved before of the same contract.")
]
Json = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the verdicts to FILE as JSON.")
]
Workers = Annotated[
    int,
    typer.Option(min=0, max=256, metavar="N", help="Processes to work in; 0 means one for each processor."),
]


@dataclass(frozen=True, slots=True)
class Tree:
    """Which source tree the implementation comes from, and how it is compiled."""

    root: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Take the implementation from this source tree.")
    ] = None
    source: Annotated[
        str | None,
        typer.Option(metavar="FILE.sol:Contract", help="The implementation, in place of the target's own."),
    ] = None
    remap: Annotated[
        list[str] | None,
        typer.Option(metavar="FROM=TO", help="An import remapping, after those of the tree. Repeatable."),
    ] = None
    include: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="A folder to look for imports in. Repeatable.")
    ] = None
    pipeline: Annotated[Pipeline, typer.Option(help="solc's code generator.")] = "legacy"
    solc: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A native solc to use in place of the packaged one.")
    ] = None
    solc_version: Annotated[
        str | None, typer.Option(metavar="VERSION", help="The version of solc, in place of the target's.")
    ] = None
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The pyproject.toml that names the targets; else the nearest above."
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Output:
    """What is shown, and where results go besides."""

    json: Json = None
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only what does not hold.")] = False
    no_color: Annotated[
        bool, typer.Option("--no-color", help="Print without colours (as with NO_COLOR set).")
    ] = False


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Make each parameter that is a dataclass (`Tree`, `Output`) one option for each of its fields."""
    hints = get_type_hints(command, include_extras=True)
    groups = {name: kind for name, kind in hints.items() if is_dataclass(kind) and isinstance(kind, type)}
    parameters: list[inspect.Parameter] = []
    members: dict[str, list[str]] = {}
    for name, parameter in inspect.signature(command).parameters.items():
        if name not in groups:
            parameters.append(parameter.replace(annotation=hints[name]))
            continue
        options = _options(groups[name])
        members[name] = [option.name for option in options]
        parameters.extend(options)

    @functools.wraps(command)
    def wrapper(**values: Any) -> None:
        for name, kind in groups.items():
            values[name] = kind(**{member: values.pop(member) for member in members[name]})
        command(**values)

    ordered = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    wrapper.__signature__ = inspect.Signature(ordered)  # type: ignore[attr-defined]
    wrapper.__annotations__ = {parameter.name: parameter.annotation for parameter in ordered}
    return wrapper


def _options(group: type[Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=hints[field.name],
            default=field.default,
        )
        for field in fields(group)
    ]
