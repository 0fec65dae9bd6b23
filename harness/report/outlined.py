"""Who calls whom, arranged for reading: a tree below each way into a contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Called:
    """A function that is called, from another contract or its own, and what it calls in turn."""

    name: str
    external: bool
    calls: tuple[Called, ...]


def call_tree(outline: Json, access: Json) -> tuple[Called, ...]:
    """Return what one entry point of an outline calls; recursion ends where a name repeats."""
    name = f"{access['declared_in']}.{access['function'].partition('(')[0]}"
    return _below(outline["calls"], name, (name,))


def _below(calls: list[Json], caller: str, path: tuple[str, ...]) -> tuple[Called, ...]:
    found = [call for call in calls if call["caller"] == caller]
    return tuple(
        Called(
            call["callee"],
            call["external"],
            () if call["external"] or call["callee"] in path
            else _below(calls, call["callee"], (*path, call["callee"])),
        )
        for call in found
    )  # fmt: skip
