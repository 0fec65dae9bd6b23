"""Mutants made by hand: known bugs, each with the properties that must notice it.

A mutant is a file ``NAME.patch``: lines ``Target:``, ``Killed by:``, ``Bug:`` and ``Reason:`` (a line that
starts with a space continues the one above), an empty line, and a unified diff against the tree's root. A
line ``Unreached:`` says why no campaign comes to where it matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.check.mutants.errors import MutantError
from harness.check.mutants.patch import Patch, parse_patch
from harness.compiler import CompilerError, Project

LAYOUT = "layout"
"""Named by a mutant that moves fields: `harness.check.upgrade` kills it, as no property sees places."""

_FIELDS = ("Target", "Killed by", "Bug", "Reason")
_UNREACHED = "Unreached"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A known bug.

    `targets` are those whose sources it changes, `kills` the properties that must notice it (or
    `LAYOUT`), some of which a target may lack; `sentence` says what it does, `reason` why it matters,
    `unreached` why no campaign notices it, if none does.
    """

    name: str
    targets: tuple[str, ...]
    kills: tuple[str, ...]
    sentence: str
    reason: str
    patch: Patch
    unreached: str = ""

    def applied(self, project: Project) -> Project:
        """Return `project` with this bug in it; nothing is written to disk.

        Raises:
            MutantError: if the patch does not fit the sources.
        """
        try:
            texts = {file: project.text(file) for file in self.patch.files}
        except CompilerError as error:
            raise MutantError(f"{self.name}: {error}") from error
        return project.changed(self.patch.apply(texts, self.name))


def load_mutants(folder: Path, target: str | None = None) -> list[Mutant]:
    """Return the mutants in `folder` and its sub-folders, by name; those of one `target`, if it is given.

    Raises:
        MutantError: if the folder is missing, a file cannot be understood, or two mutants of one
            target have the same name.
    """
    if not folder.is_dir():
        raise MutantError(f"There is no folder {folder}: name the one with the mutants' patches.")
    found: dict[tuple[str, str], Mutant] = {}
    for file in sorted(folder.rglob("*.patch"), key=lambda file: (file.stem, file)):
        mutant = parse_mutant(file.read_text(encoding="utf-8"), file.stem)
        for each in mutant.targets:
            if found.setdefault((mutant.name, each), mutant) is not mutant:
                raise MutantError(f"{file}: {each} has another mutant called {mutant.name}; rename one.")
    return list(dict.fromkeys(each for (_, name), each in found.items() if target in (None, name)))


def parse_mutant(text: str, name: str) -> Mutant:
    """Read a mutant's file.

    Raises:
        MutantError: naming what is missing or not understood.
    """
    head, _, diff = text.partition("\n\n")
    fields = _header(head, name)
    return Mutant(
        name=name,
        targets=tuple(item.strip() for item in fields["Target"].split(",")),
        kills=tuple(item.strip() for item in fields["Killed by"].split(",")),
        sentence=fields["Bug"],
        reason=fields["Reason"],
        patch=parse_patch(diff, name),
        unreached=fields.get(_UNREACHED, ""),
    )


def _header(head: str, name: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    label = ""
    for line in head.splitlines():
        if line.startswith(" ") and label:
            fields[label] += " " + line.strip()
            continue
        label, colon, value = line.partition(":")
        if not colon or label not in (*_FIELDS, _UNREACHED) or label in fields:
            raise MutantError(f"{name}: {line!r} is none of the lines {', '.join(_FIELDS)}.")
        fields[label] = value.strip()
    for label in _FIELDS:
        if not fields.get(label):
            raise MutantError(f"{name}: there is no line '{label}: ...' at its beginning.")
    return fields
