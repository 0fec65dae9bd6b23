"""Labels that solc's storageLayout lacks, read from the AST.

ERC-7201 puts a struct at a slot derived from a name, in an annotation that solc does not act on. Here
such structs are written in the form of solc's own storageLayout, so that one parser reads both: an entry
a member, with its absolute slot and the key ``namespace``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eth_hash.auto import keccak

from harness.compiler.ast import Declarations, Node
from harness.compiler.ast_layout import AstTypes

Json = dict[str, Any]
_ANNOTATION = re.compile(r"@custom:storage-location\s+erc7201:(\S+)")
_MENTIONED = re.compile(r'keccak256\("([^"\n]+)"\)')
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{64}")
_WORD = "t_bytes32"
_VALUE_TYPE = re.compile(r"t_userDefinedValueType\([^()]*\)(\d+)")


def erc7201_slot(namespace: str) -> int:
    """Return the first slot of an ERC-7201 namespace: a hash of the id with the last byte cleared."""
    inner = int.from_bytes(keccak(namespace.encode()), "big") - 1
    return int.from_bytes(keccak(inner.to_bytes(32, "big")), "big") & ~0xFF


def completed_layout(
    layout: Json, contract: Node, declarations: Declarations, texts: Mapping[str, str]
) -> Json:
    """Return the storageLayout `layout` with declaring contracts, underlying types and namespaces.

    `texts` are the sources by unit.
    """
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
    bases = declarations.bases(contract)
    for node in (node for base in bases for node in base["nodes"]):
        namespace = _namespace(node)
        if namespace:
            storage.extend(_entries(node, namespace, sizer, declarations))
    known = {entry.get("namespace") for entry in storage}
    for base in bases:
        words = _bare_words(base, texts.get(declarations.unit[base["id"]], ""), declarations)
        storage.extend(entry for entry in words if entry["namespace"] not in known)
    if any(entry["type"] == _WORD for entry in storage):
        types.setdefault(_WORD, {"encoding": "inplace", "label": "bytes32", "numberOfBytes": "32"})
    return {"storage": storage, "types": types}


def _namespace(node: Node) -> str | None:
    if node["nodeType"] != "StructDefinition":
        return None
    match = _ANNOTATION.search((node.get("documentation") or {}).get("text", ""))
    return match.group(1) if match else None


def _bare_words(contract: Node, text: str, declarations: Declarations) -> Iterator[Json]:
    """Yield the namespaces of one word that have no struct, labelled by the constant that holds their slot.

    Such a constant is known by its value: that of a namespace whose id the source mentions.
    """
    slots = {erc7201_slot(name): name for name in _MENTIONED.findall(text)}
    for node in contract["nodes"]:
        value = (node.get("value") or {}).get("value") if node["nodeType"] == "VariableDeclaration" else None
        if node.get("constant") and _HEXADECIMAL.fullmatch(str(value)) and int(str(value), 16) in slots:
            slot = int(str(value), 16)
            yield {
                "astId": node["id"],
                "label": node["name"],
                "slot": str(slot),
                "offset": 0,
                "type": _WORD,
                "contract": declarations.qualified(node["id"]),
                "namespace": slots[slot],
            }


def _entries(struct: Node, namespace: str, types: AstTypes, declarations: Declarations) -> list[Json]:
    first = erc7201_slot(namespace)
    members, _ = types.place(struct["members"])
    contract = declarations.qualified(struct["id"])
    return [
        {**member, "slot": str(first + int(member["slot"])), "contract": contract, "namespace": namespace}
        for member in members
    ]
