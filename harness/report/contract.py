"""What a report shows of a contract: its code, its sources, its external functions and its storage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eth_hash.auto import keccak

from harness.compiler.artifact import Artifact
from harness.compiler.ast import Node
from harness.compiler.layout import (
    ByteString,
    DynamicArray,
    FixedArray,
    Layout,
    Mapping,
    Member,
    Scalar,
    Struct,
    Type,
)
from harness.compiler.tree import CompiledTree

Json = dict[str, Any]
_WORD = 32


def describe_functions(tree: CompiledTree, unit: str, name: str) -> list[Json]:
    """Return the external functions of contract `name`, inherited and getters too, in the ABI's order."""
    contract = tree.declarations.contract(unit, name)
    if contract is None:
        return []
    declared: dict[str, tuple[Node, Node]] = {}
    for base in tree.declarations.bases(contract):
        for member in base["nodes"]:
            # An interface's own declaration is only shown where nothing implements it.
            if "functionSelector" in member:
                declared[member["functionSelector"]] = (base, member)
    abi = tree.output["contracts"][unit][name]["abi"]
    signatures = [signature(entry) for entry in abi if entry["type"] == "function"]
    found = ((text, declared.get(keccak(text.encode())[:4].hex())) for text in signatures)
    return [_function(tree, text, *place) for text, place in found if place is not None]


def signature(entry: Json) -> str:
    """Return the canonical signature of an ABI entry, tuples written out."""
    return f"{entry['name']}({','.join(_type_of(item) for item in entry['inputs'])})"


def describe_storage(layout: Layout) -> list[Json]:
    """Return the state variables in storage order, each with the fields of the struct that it is made of."""
    return [
        {
            **_placed(variable.label, variable.slot, variable.offset, variable.type),
            "namespace": variable.namespace,
            "members": [
                _placed(member.label, member.slot, member.offset, member.type)
                for member in _members(variable.type)
            ],
        }
        for variable in layout.variables
    ]


def describe_code(artifact: Artifact) -> Json:
    """Return what tells the compiler's output from any other: keccak256 of the code, and its length."""
    return {
        "runtime": f"0x{keccak(artifact.runtime.bytecode).hex()}",
        "creation": f"0x{keccak(artifact.creation.bytecode).hex()}",
        "bytes": len(artifact.runtime.bytecode),
    }


def describe_sources(tree: CompiledTree) -> dict[str, str]:
    """Return the text of the tree's own source units, by name."""
    return {unit: tree.sources[unit].text for unit in tree.own_units}


def _placed(label: str, slot: int, offset: int, kind: Type) -> Json:
    size, name = _bytes_of(kind), type_name(kind)
    return {"label": label, "slot": str(slot), "offset": offset, "bytes": size, "type": name}


def _members(kind: Type) -> tuple[Member, ...]:
    """Return the fields of a struct, also of one that is an element or a value."""
    match kind:
        case Struct(members=members):
            return members
        case FixedArray(element=inner) | DynamicArray(element=inner) | Mapping(value=inner):
            return _members(inner)
        case _:
            return ()


def type_name(kind: Type) -> str:
    """Return the type as Solidity would write it; a struct is only named."""
    match kind:
        case Scalar(kind=name, bits=bits):
            return (
                f"{name}{bits}"
                if name in ("uint", "int")
                else f"bytes{bits // 8}"
                if name == "bytes"
                else name
            )
        case Struct(name=name):
            return f"struct {name}"
        case FixedArray(element=element, length=length):
            return f"{type_name(element)}[{length}]"
        case DynamicArray(element=element):
            return f"{type_name(element)}[]"
        case Mapping(key=key, value=value):
            return f"mapping({type_name(key)} => {type_name(value)})"
        case ByteString(kind=name):
            return name


def _bytes_of(kind: Type) -> int:
    match kind:
        case Scalar(bits=bits):
            return bits // 8
        case Struct(words=words) | FixedArray(words=words):
            return words * _WORD
        case _:
            return _WORD


def _type_of(item: Json) -> str:
    kind = str(item["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(_type_of(part) for part in item['components'])}){kind.removeprefix('tuple')}"


def _function(tree: CompiledTree, text: str, base: Node, member: Node) -> Json:
    unit = tree.declarations.unit[base["id"]]
    source = tree.sources[unit].text.encode()
    start, length, _ = (int(number) for number in member["src"].split(":"))
    # From the first byte of its NatSpec, and of its line, so that the indentation can be taken off.
    comment = member.get("documentation")
    first = int(comment["src"].split(":")[0]) if isinstance(comment, dict) else start
    first = source.rfind(b"\n", 0, first) + 1
    written = source[first : start + length].decode()
    return {
        "signature": text,
        "contract": base["name"],
        "location": {
            "file": unit,
            "line": source.count(b"\n", 0, start) + 1,
            "end_line": source.count(b"\n", 0, start + length) + 1,
        },
        "text": "\n".join(_dedent(written.split("\n"))),
    }


def _dedent(lines: list[str]) -> Iterator[str]:
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return (line[margin:] for line in lines)
