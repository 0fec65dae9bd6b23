from __future__ import annotations

from pathlib import Path

import pytest

from harness.check.upgrade import check_upgrade
from harness.check.verdict import Outcome
from harness.compiler import Project, Settings, compile_many

SETTINGS = Settings(solc="0.8.30")
OLD = """
struct Seat { uint64 stake; uint32 reward; }
struct Person { uint64 exiting; }
contract Old {
    address owner;
    uint64 fee;
    Seat[4] seats;
    mapping(address => Person) people;
    uint256[6] __gap;
}
"""
# What a new version changes, by the pieces that it replaces, and what must be said of which variable.
COMPATIBLE = {
    "the same": [],
    "a variable in the gap": [("uint256[6] __gap", "uint256 extra; uint256[5] __gap")],
    "a variable after the end": [("uint256[6] __gap;", "uint256[6] __gap; uint256 extra;")],
    "a struct that grows in a mapping": [("uint64 exiting;", "uint64 exiting; uint256 since;")],
    "an address as a contract": [("address owner", "Old owner")],
    "a variable that is renamed": [("uint64 fee", "uint64 charge")],
    "a field in a word's padding": [("uint32 reward;", "uint32 reward; uint32 room;")],
}
INCOMPATIBLE = {
    "a variable before the others": ([("address owner;", "uint256 extra; address owner;")], "owner moves"),
    "a variable whose type is wider": ([("uint64 fee", "uint96 fee")], "from uint of 64 bits to uint of 96"),
    "two variables that change places": (
        [("address owner;\n    uint64 fee;", "uint64 fee;\n    address owner;")],
        "owner moves from slot 0, byte 0 to slot 0, byte 8",
    ),
    "a struct that grows in an array": (
        [("uint32 reward;", "uint32 reward; uint256 more;")],
        "spaces its elements",
    ),
    "fields that change places": (
        [("uint64 stake; uint32 reward;", "uint32 reward; uint64 stake;")],
        "seats[].stake moves",
    ),
    "a field that is gone": ([("uint64 exiting;", "bool kept;")], "people[].exiting is gone"),
    "an array that shrinks": ([("Seat[4]", "Seat[2]")], "seats shrinks from 4 to 2"),
    "another type of key": ([("mapping(address", "mapping(uint8")], "the type of its keys"),
    "an array in the place of a mapping": (
        [("mapping(address => Person)", "Person[]")],
        "another kind of value",
    ),
    "a variable over one that is gone": (
        [("uint64 fee", "uint32 other")],
        "fee at slot 0, byte 20 is overwritten",
    ),
}


def judged(folder: Path, changes: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the details of the verdicts by outcome, from the old contract to it with `changes`."""
    new = OLD
    for old_text, new_text in changes:
        assert old_text in new
        new = new.replace(old_text, new_text)
    (folder / "Old.sol").write_text(OLD)
    (folder / "New.sol").write_text(new)
    artifacts = compile_many(Project.open(folder), ["Old.sol:Old", "New.sol:Old"], SETTINGS)
    details: dict[str, list[str]] = {"HELD": [], "FOUND": []}
    for verdict in check_upgrade("toy", *(artifact.layout for artifact in artifacts.values())):
        details[verdict.outcome.value].append(verdict.detail)
    return details


@pytest.mark.parametrize("changes", COMPATIBLE.values(), ids=COMPATIBLE)
def test_an_upgrade_that_moves_nothing_is_compatible(tmp_path: Path, changes: list[tuple[str, str]]) -> None:
    details = judged(tmp_path, changes)

    assert details[Outcome.FOUND.value] == []
    assert len(details[Outcome.HELD.value]) == 4


@pytest.mark.parametrize(("changes", "complaint"), INCOMPATIBLE.values(), ids=INCOMPATIBLE)
def test_an_upgrade_that_moves_a_field_is_found(
    tmp_path: Path, changes: list[tuple[str, str]], complaint: str
) -> None:
    assert any(complaint in detail for detail in judged(tmp_path, changes)[Outcome.FOUND.value])
