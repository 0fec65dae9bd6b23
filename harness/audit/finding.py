"""One thing that a detector found, in a form that outlives edits elsewhere in the file."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
# " (contracts/a/B.sol#12-14)": where Slither's descriptions say a place, which moves with every edit.
_PLACE_IN_TEXT = re.compile(r"\s*\([^()\s]*#[^()]*\)")
_FINGERPRINT_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Finding:
    """What detector `detector` says about `place` (``Contract.function`` or the like) in source `file`.

    Lines are the first and the last (from 1) of the main element. `fingerprint` is the same for the same
    finding after lines have moved; two equal findings of one function share it.
    """

    detector: str
    impact: str
    confidence: str
    place: str
    file: str
    first_line: int
    last_line: int
    description: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A detector that could not finish, and why."""

    detector: str
    reason: str


def finding_of(result: Json) -> Finding | None:
    """Return the finding of one of Slither's results, or None if it is about dependencies only."""
    elements = result["elements"]
    if elements and all(element["source_mapping"]["is_dependency"] for element in elements):
        return None
    owned = [each for each in elements if not each["source_mapping"]["is_dependency"]]
    own = owned[0] if owned else None
    # The place is that of the first element, the lines those of the statement, if one is named.
    shown = next((each for each in owned if each["type"] == "node"), own)
    mapping: Json = shown["source_mapping"] if shown else {"filename_relative": "", "lines": []}
    lines = mapping["lines"] or [1]
    place = _place(own) if own else ""
    return Finding(
        detector=result["check"],
        impact=result["impact"],
        confidence=result["confidence"],
        place=place,
        file=mapping["filename_relative"],
        first_line=min(lines),
        last_line=max(lines),
        description=" ".join(result["description"].split()),
        fingerprint=_fingerprint(result["check"], mapping["filename_relative"], place, result["description"]),
    )


def without_places(description: str) -> str:
    """Return the description without the files and lines that Slither writes into it."""
    return _PLACE_IN_TEXT.sub("", description)


def _place(element: Json) -> str:
    """Return the element's name within its contract; for a statement, that of its function."""
    fields = element.get("type_specific_fields") or {}
    parent = fields.get("parent")
    if element["type"] == "node" and parent:
        return _place(parent)
    if element["type"] == "pragma":
        return "pragma"
    name = str(fields.get("signature") or element["name"])
    if parent and parent["type"] in {"contract", "function", "struct"}:
        return f"{_place(parent)}.{name}"
    return name


def _fingerprint(detector: str, file: str, place: str, description: str) -> str:
    # Some findings list every file they concern: how many there are must not matter either.
    lines = {" ".join(without_places(line).split()) for line in description.splitlines()}
    text = "\n".join([detector, file, place, *sorted(lines)])
    return hashlib.sha256(text.encode()).hexdigest()[:_FINGERPRINT_DIGITS]
