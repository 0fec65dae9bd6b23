"""Walking solc's AST (compact JSON)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Node = dict[str, Any]


def walk(node: Any) -> Iterator[Node]:
    """Yield every node at and below `node`, parents first, in source order."""
    if isinstance(node, dict):
        if "nodeType" in node:
            yield node
        for value in node.values():
            if isinstance(value, dict | list):
                yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


@dataclass(frozen=True)
class Declarations:
    """The declarations of a compilation by AST id: structs, enums, types, variables, contracts.

    `owner` gives the id of the contract that a declaration is a member of; `unit` the unit of a contract.
    """

    by_id: dict[int, Node] = field(default_factory=dict)
    owner: dict[int, int] = field(default_factory=dict)
    unit: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sources: dict[str, Any]) -> Declarations:
        """Index the ``sources`` of a standard JSON answer; units without an AST are skipped."""
        found = cls()
        for unit, entry in sources.items():
            for node in entry.get("ast", {}).get("nodes", []):
                found._add(node)
                if node["nodeType"] == "ContractDefinition":
                    found.unit[node["id"]] = unit
                    for member in node["nodes"]:
                        found._add(member)
                        found.owner[member["id"]] = node["id"]
        return found

    def _add(self, node: Node) -> None:
        if "id" in node:
            self.by_id[node["id"]] = node

    def contract(self, unit: str, name: str) -> Node | None:
        """Return the definition of contract `name` in `unit`, or None."""
        for identifier, its_unit in self.unit.items():
            if its_unit == unit and self.by_id[identifier]["name"] == name:
                return self.by_id[identifier]
        return None

    def contracts(self, unit: str) -> list[str]:
        """Return the names of the contracts that `unit` declares, in order."""
        return [self.by_id[key]["name"] for key, its_unit in self.unit.items() if its_unit == unit]

    def bases(self, contract: Node) -> list[Node]:
        """Return the contract and its bases, the most basic first."""
        return [self.by_id[key] for key in reversed(contract["linearizedBaseContracts"])]

    def qualified(self, identifier: int) -> str | None:
        """Return ``unit:Contract`` of the contract that declares `identifier`, or None outside contracts."""
        owner = self.owner.get(identifier)
        return f"{self.unit[owner]}:{self.by_id[owner]['name']}" if owner is not None else None
