"""Which automatic mutants are no bugs: a committed list, each entry with its reason.

The file is TOML: an array ``[[equivalent]]`` of tables with `target` (optional), `mutants` (a pattern over
names, as of a shell) and `reason`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from harness.check.mutants.errors import MutantError


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Why the mutants whose names fit `pattern` change nothing that matters; of one `target`, or of all."""

    pattern: str
    reason: str
    target: str | None = None

    def explains(self, target: str, name: str) -> bool:
        """Say whether this is about the mutant `name` of `target`."""
        return self.target in (None, target) and fnmatchcase(name, self.pattern)


def load_equivalents(file: Path) -> tuple[Equivalent, ...]:
    """Read the list in `file`.

    Raises:
        MutantError: if it cannot be read, or an entry is not what it should be.
    """
    try:
        table: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MutantError(f"{file} cannot be read as TOML: {error}.") from error
    return tuple(_entry(file, place, entry) for place, entry in enumerate(table.get("equivalent", ()), 1))


def reason_for(equivalents: Iterable[Equivalent], target: str, name: str) -> str | None:
    """Return why the mutant `name` of `target` is none, or None if nobody says so."""
    return next((one.reason for one in equivalents if one.explains(target, name)), None)


def _entry(file: Path, place: int, entry: Any) -> Equivalent:
    values = entry if isinstance(entry, dict) else {}
    pattern, reason, target = values.get("mutants"), values.get("reason"), values.get("target")
    right = isinstance(pattern, str) and isinstance(reason, str) and isinstance(target, str | None)
    if not right or values.keys() - {"mutants", "reason", "target"}:
        raise MutantError(
            f'{file}: entry {place} needs mutants = "..." and reason = "...", and may have target = "...".'
        )
    return Equivalent(str(pattern), str(reason), target)
