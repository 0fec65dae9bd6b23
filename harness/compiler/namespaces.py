"""Labels that solc's storageLayout lacks, read from the AST.

ERC-7201 puts a struct at a slot derived from a name, in an annotation that solc does not act on. Here
such structs are written in the form of solc's own storageLayout, so that one parser reads both: an entry
a member, with its absolute slot and the key ``namespace``.
"""

from __future__ import annotations

import re
from typing import Any

from eth_hash.auto import keccak

from harness.compiler.ast import Declarations, Node
from harness.compiler.ast_layout import AstTypes

Json = dict[str, Any]
_ANNOTATION = re.compile(r"@custom:storage-location\s+erc7201:(\S+)")
_VALUE_TYPE = re.compile(r"t_userDefinedValueType\([^()]*\)(\d+)")


def erc7201_slot(namespace: str) -> int:
    """Return the first slot of an ERC-7201 namespace: a hash of the id with the last byte cleared."""
    inner = int.from_bytes(keccak(namespace.encode()), "big") - 1
    return int.from_bytes(keccak(inner.to_bytes(32, "big")), "big") & ~0xFF


def completed_layout(layout: Json, contract: Node, declarations: Declarations) -> Json:
    """Return the storageLayout `layout` with declaring contracts, underlying types and namespaces."""
    types = dict(layout.get("types") or {})
    storage = []
    for entry in layout["storage"]:
        declared_in = declarations.qualified(entry["astId"]) or entry["contract"]
        storage.append({**entry, "contract": declared_in})
    for key, value in types.items():
        match = _VALUE_TYPE.fullmatch(key)
        definition = declarations.by_id.get(int(match.group(1))) if match else None
        if definition is not None:
            types[key] = {**value, "underlying": definition["underlyingType"]["name"]}
    sizer = AstTypes(types, declarations)
    for base in declarations.bases(contract):
        for struct in base["nodes"]:
            namespace = _namespace(struct)
            if namespace:
                storage.extend(_entries(struct, namespace, sizer, declarations))
    return {"storage": storage, "types": types}


def _namespace(node: Node) -> str | None:
    if node["nodeType"] != "StructDefinition":
        return None
    match = _ANNOTATION.search((node.get("documentation") or {}).get("text", ""))
    return match.group(1) if match else None


def _entries(struct: Node, namespace: str, types: AstTypes, declarations: Declarations) -> list[Json]:
    first = erc7201_slot(namespace)
    members, _ = types.place(struct["members"])
    contract = declarations.qualified(struct["id"])
    return [
        {**member, "slot": str(first + int(member["slot"])), "contract": contract, "namespace": namespace}
        for member in members
    ]
