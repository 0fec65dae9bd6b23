"""OpenZeppelin's ERC-7201 namespaces, for layouts that come without sources.

solc's storageLayout leaves namespaces out, and without sources no annotation tells of them. But code has
the slot of each that it uses as a constant, and what the common ones hold is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.compiler.namespaces import erc7201_slot

Json = dict[str, Any]

_PREFIX = "openzeppelin.storage."

STRUCTS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "Initializable": (("_initialized", "uint64", 8), ("_initializing", "bool", 1)),
    "Ownable": (("_owner", "address", 20),),
    "Ownable2Step": (("_pendingOwner", "address", 20),),
    "Pausable": (("_paused", "bool", 1),),
    "ReentrancyGuard": (("_status", "uint256", 32),),
}
"""Members of OpenZeppelin 5's namespaced structs of one word: label, type and bytes of each, in order."""


def with_well_known(layout: Json, code: bytes) -> Json:
    """Return a storageLayout with the namespaces of `STRUCTS` that code has the slot of, and it lacks."""
    there = {entry.get("namespace") for entry in layout["storage"]}
    missing = [
        name
        for name in STRUCTS
        if _PREFIX + name not in there and erc7201_slot(_PREFIX + name).to_bytes(32, "big") in code
    ]
    types = dict(layout.get("types") or {})
    for name in missing:
        for _, kind, size in STRUCTS[name]:
            word = {"encoding": "inplace", "label": kind, "numberOfBytes": str(size)}
            types.setdefault(f"t_{kind}", word)
    return {
        "storage": [*layout["storage"], *(one for name in missing for one in _entries(name))],
        "types": types,
    }


def _entries(name: str) -> Iterator[Json]:
    offset = 0
    for label, kind, size in STRUCTS[name]:
        yield {
            "label": label,
            "slot": str(erc7201_slot(_PREFIX + name)),
            "offset": offset,
            "type": f"t_{kind}",
            "namespace": _PREFIX + name,
        }
        offset += size
