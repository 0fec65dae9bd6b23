"""solc's rules of storage layout, applied to its AST.

For what solc does not lay out (ERC-7201 namespaces), and for compilers' answers that come without a
storageLayout. Results have the form of solc's own.
"""

from __future__ import annotations

import re
from typing import Any

from harness.compiler.ast import Declarations, Node
from harness.compiler.errors import CompilerError

Json = dict[str, Any]
_SIZED = re.compile(r"(?:uint|int|bytes)(\d+)")
_LENGTH = re.compile(r"\[(\d+)\]$")


def ast_storage_layout(contract: Node, declarations: Declarations) -> Json:
    """Return the storageLayout of `contract` as solc would give it.

    Raises:
        CompilerError: if the contract moves its storage with ``layout at``.
    """
    if contract.get("storageLayout"):
        raise CompilerError(
            f"{contract['name']} uses `layout at`: have its build tool output the storageLayout."
        )
    variables = [
        node
        for base in declarations.bases(contract)
        for node in base["nodes"]
        if node["nodeType"] == "VariableDeclaration"
        and node["mutability"] == "mutable"
        and node["storageLocation"] == "default"
    ]
    table: Json = {}
    placed, _ = AstTypes(table, declarations).place(variables)
    storage = [{**entry, "contract": declarations.qualified(entry["astId"])} for entry in placed]
    return {"storage": storage, "types": table}


class AstTypes:
    """Writes the types of AST nodes into a storageLayout's table of types, and sizes them as solc does."""

    def __init__(self, table: Json, declarations: Declarations) -> None:
        self._table = table
        self._declarations = declarations

    def place(self, variables: list[Node]) -> tuple[list[Json], int]:
        """Return `variables` (declarations) placed one after the other, and the words they fill."""
        placed: list[Json] = []
        slot = offset = 0
        for member in variables:
            key = self.add(member["typeName"])
            size = int(self._table[key]["numberOfBytes"])
            if offset and (size >= 32 or offset + size > 32 or not self._packs(key)):
                slot, offset = slot + 1, 0
            where = {"slot": str(slot), "offset": offset, "type": key}
            placed.append({"astId": member["id"], "label": member["name"], **where})
            if size >= 32 or not self._packs(key):
                slot += (size + 31) // 32
            else:
                offset += size
        return placed, slot + (1 if offset else 0)

    def _packs(self, key: str) -> bool:
        entry = self._table[key]
        return entry["encoding"] == "inplace" and "members" not in entry and "base" not in entry

    def add(self, node: Node) -> str:
        """Enter the type of the type name `node` and return its key."""
        kind = node["nodeType"]
        if kind == "ElementaryTypeName":
            return self._elementary(node)
        if kind == "UserDefinedTypeName":
            return self._user_defined(node)
        if kind == "Mapping":
            key, value = self.add(node["keyType"]), self.add(node["valueType"])
            entry = {"encoding": "mapping", "key": key, "value": value, "numberOfBytes": "32"}
            return self._enter(f"t_mapping({key},{value})", node, entry)
        if kind == "ArrayTypeName":
            return self._array(node)
        if kind == "FunctionTypeName":
            size = 24 if node["visibility"] == "external" else 8
            return self._inplace(node["typeDescriptions"]["typeIdentifier"], node, size)
        raise CompilerError(f"The layout of a variable of kind {kind} is not known.")

    def _enter(self, key: str, node: Node, entry: Json) -> str:
        label = node["typeDescriptions"]["typeString"]
        self._table.setdefault(key, {"label": label, **entry})
        return key

    def _inplace(self, key: str, node: Node, size: int, **more: Any) -> str:
        return self._enter(key, node, {"encoding": "inplace", "numberOfBytes": str(size), **more})

    def _elementary(self, node: Node) -> str:
        name = str(node["typeDescriptions"]["typeString"])
        if name in {"string", "bytes"}:
            return self._enter(f"t_{name}_storage", node, {"encoding": "bytes", "numberOfBytes": "32"})
        match = _SIZED.fullmatch(name)
        if match is None:
            return self._inplace(f"t_{name.split()[0]}", node, 1 if name == "bool" else 20)
        size = int(match.group(1))
        return self._inplace(f"t_{name}", node, size if name.startswith("bytes") else size // 8)

    def _user_defined(self, node: Node) -> str:
        definition = self._declarations.by_id[node["referencedDeclaration"]]
        name, number = definition["name"], definition["id"]
        kind = definition["nodeType"]
        if kind == "StructDefinition":
            key = f"t_struct({name}){number}_storage"
            if key not in self._table:
                # Entered before its members: a struct may hold a mapping to itself.
                self._enter(key, node, {"encoding": "inplace"})
                members, words = self.place(definition["members"])
                self._table[key] |= {"members": members, "numberOfBytes": str(32 * words)}
            return key
        if kind == "EnumDefinition":
            return self._inplace(f"t_enum({name}){number}", node, 1)
        if kind == "UserDefinedValueTypeDefinition":
            inner = self.add(definition["underlyingType"])
            size = int(self._table[inner]["numberOfBytes"])
            underlying = self._table[inner]["label"]
            return self._inplace(f"t_userDefinedValueType({name}){number}", node, size, underlying=underlying)
        return self._inplace(f"t_contract({name}){number}", node, 20)

    def _array(self, node: Node) -> str:
        base = self.add(node["baseType"])
        label = str(node["typeDescriptions"]["typeString"])
        match = _LENGTH.search(label)
        if match is None:
            entry = {"encoding": "dynamic_array", "base": base, "numberOfBytes": "32"}
            return self._enter(f"t_array({base})dyn_storage", node, entry)
        length, size = int(match.group(1)), int(self._table[base]["numberOfBytes"])
        per_word = 32 // size if size <= 16 else 1
        words = -(-length // per_word) * (1 if per_word > 1 else -(-size // 32))
        entry = {"encoding": "inplace", "base": base, "numberOfBytes": str(32 * words)}
        return self._enter(f"t_array({base}){length}_storage", node, entry)
