"""Compiled interfaces and layouts as lines of text, as a reviewer would write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harness.compiler import layout
from harness.compiler.artifact import Artifact

Entry = Mapping[str, Any]


def functions(artifact: Artifact) -> list[str]:
    """Return every function as ``name(type name, ...) mutability returns (type name, ...)``, sorted."""
    return sorted(_function(entry) for entry in artifact.abi if entry["type"] == "function")


def events(artifact: Artifact) -> list[str]:
    """Return every event as ``Name(type [indexed] name, ...)``, sorted."""
    return sorted(_signature(entry) for entry in artifact.abi if entry["type"] == "event")


def errors(artifact: Artifact) -> list[str]:
    """Return every error as ``Name(type name, ...)``, sorted."""
    return sorted(_signature(entry) for entry in artifact.abi if entry["type"] == "error")


def others(artifact: Artifact) -> list[str]:
    """Return what is neither function, event nor error: a constructor with arguments, receive, fallback."""
    named = ("function", "event", "error")
    return sorted(
        entry["type"]
        for entry in artifact.abi
        if entry["type"] not in named and (entry["type"] != "constructor" or entry["inputs"])
    )


def storage(artifact: Artifact, contract: str) -> dict[str, str]:
    """Return label -> type of the variables that `contract` (FILE.sol:Name) itself declares, in order."""
    return {
        variable.label: type_name(variable.type)
        for variable in artifact.layout.variables
        if variable.contract == contract and variable.label != "__gap"
    }


def structs(variables: Iterable[layout.Variable]) -> dict[str, list[str]]:
    """Return name -> members (``type name @ word +byte``) of every struct that the variables use."""
    return {
        struct.name: [f"{type_name(m.type)} {m.label} @ {m.slot} +{m.offset}" for m in struct.members]
        for variable in variables
        for struct in _structs_in(variable.type)
    }


def rows(artifact: Artifact) -> list[str]:
    """Return one line a variable, in storage order: ``slot +byte type label (contract)``."""
    return [
        f"{_slot(one.slot)} +{one.offset} {type_name(one.type)} {one.label} ({one.contract})"
        for one in artifact.layout.variables
    ]


def words(kind: layout.Type) -> int:
    """Return how many words of storage a variable takes up in place."""
    return kind.words if isinstance(kind, layout.Struct | layout.FixedArray) else 1


def type_name(kind: layout.Type) -> str:
    """Return a type as it is written in Solidity."""
    match kind:
        case layout.Scalar("uint" | "int", bits):
            return f"{kind.kind}{bits}"
        case layout.Scalar("bytes", bits):
            return f"bytes{bits // 8}"
        case layout.Scalar():
            return kind.kind
        case layout.Struct():
            return kind.name
        case layout.FixedArray():
            return f"{type_name(kind.element)}[{kind.length}]"
        case layout.DynamicArray():
            return f"{type_name(kind.element)}[]"
        case layout.Mapping():
            return f"mapping({type_name(kind.key)} => {type_name(kind.value)})"
        case layout.ByteString():
            return kind.kind


def _structs_in(kind: layout.Type) -> Iterator[layout.Struct]:
    match kind:
        case layout.Struct():
            yield kind
            for member in kind.members:
                yield from _structs_in(member.type)
        case layout.FixedArray() | layout.DynamicArray():
            yield from _structs_in(kind.element)
        case layout.Mapping():
            yield from _structs_in(kind.value)


def _slot(slot: int) -> str:
    return str(slot) if slot < 2**64 else f"{slot:#x}"


def _function(entry: Entry) -> str:
    returned = _parameters(entry["outputs"])
    return f"{_signature(entry)} {entry['stateMutability']}" + (f" returns ({returned})" if returned else "")


def _signature(entry: Entry) -> str:
    return f"{entry['name']}({_parameters(entry['inputs'])})"


def _parameters(parameters: Iterable[Entry]) -> str:
    return ", ".join(_parameter(parameter) for parameter in parameters)


def _parameter(parameter: Entry) -> str:
    kind = parameter["internalType"] if parameter["type"].startswith("tuple") else parameter["type"]
    return " ".join(filter(None, (kind, "indexed" if parameter.get("indexed") else "", parameter["name"])))
