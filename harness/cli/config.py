"""The `[tool.poolproof]` table: which targets there are."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import harness
from harness.cli.errors import UsageError
from harness.errors import instead_of

_CHECKOUT = Path(harness.__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class TargetEntry:
    """One target as the configuration names it: a package, ``FILE.sol:Contract`` and a solc version."""

    name: str
    spec: str
    source: str
    solc: str


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration and the folder that its paths start from.

    `audit_baseline` is the file of accepted audit findings, `mutants` the folder of known bugs, `equivalence`
    the file of recorded comparisons, if named.
    """

    root: Path
    targets: dict[str, TargetEntry]
    audit_baseline: Path | None = None
    mutants: Path | None = None
    equivalence: Path | None = None

    def entry(self, name: str) -> TargetEntry:
        """Return the target called `name`.

        Raises:
            UsageError: if there is none; lists those that there are.
        """
        try:
            return self.targets[name]
        except KeyError:
            known = instead_of(name, sorted(self.targets))
            raise UsageError(f"There is no target `{name}`: {known}") from None


def load_config(path: Path | None = None) -> Config:
    """Read the configuration at `path`, or the nearest one from the working directory upwards.

    Where neither it nor a folder above has one, it is the one that came with poolproof.

    Raises:
        UsageError: if there is none, or it is not what it should be.
    """
    file = path or nearest_config(Path.cwd()) or _CHECKOUT / "pyproject.toml"
    if not file.is_file():
        raise UsageError(f"There is no file {file}: name a pyproject.toml with a [tool.poolproof] table.")
    table = _table(file)
    if table is None:
        raise UsageError(f"{file} has no [tool.poolproof] table: add one, as docs/adding-a-target.md says.")
    targets = table.get("targets")
    if not isinstance(targets, dict) or not targets:
        raise UsageError(f"{file} names no target: add a table [tool.poolproof.targets.NAME].")
    solc = table.get("solc")
    entries = {name: _entry(file, name, entry, solc) for name, entry in targets.items()}
    root = file.resolve().parent
    named = (table.get(key) for key in ("audit-baseline", "mutants", "equivalence"))
    return Config(root, entries, *(root / str(place) if place is not None else None for place in named))


def nearest_config(start: Path) -> Path | None:
    """Return the first pyproject.toml with a [tool.poolproof] table, from the folder `start` upwards.

    Raises:
        UsageError: if a pyproject.toml on the way is not TOML.
    """
    for folder in (start, *start.parents):
        candidate = folder / "pyproject.toml"
        if candidate.is_file() and _table(candidate) is not None:
            return candidate
    return None


def _table(file: Path) -> dict[str, Any] | None:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{file} cannot be read as TOML: {error}.") from error
    table = content.get("tool", {}).get("poolproof")
    return table if isinstance(table, dict) else None


def _entry(file: Path, name: str, entry: Any, solc: Any) -> TargetEntry:
    values = {"solc": solc, **entry} if isinstance(entry, dict) else {}
    for key in ("spec", "source", "solc"):
        if not isinstance(values.get(key), str):
            raise UsageError(f'{file}: the target {name} needs {key} = "...", a string.')
    unknown = sorted(values.keys() - {"spec", "source", "solc"})
    if unknown:
        raise UsageError(
            f"{file}: the target {name} has no setting '{unknown[0]}': it is spec, source, solc."
        )
    return TargetEntry(name, values["spec"], values["source"], values["solc"])
