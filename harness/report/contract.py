"""What a report shows of a contract: its external functions as they are written, and its storage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eth_hash.auto import keccak

from harness.compiler.ast import Node
from harness.compiler.layout import (
    ByteString,
    DynamicArray,
    FixedArray,
    Layout,
    Mapping,
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
    """Return the state variables in storage order."""
    return [
        {
            "label": variable.label,
            "slot": str(variable.slot),
            "offset": variable.offset,
            "bytes": _bytes_of(variable.type),
            "type": type_name(variable.type),
            "namespace": variable.namespace,
        }
        for variable in layout.variables
    ]


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
