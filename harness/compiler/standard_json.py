"""solc's standard JSON: writing requests, reading errors and contracts out of answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.compiler.artifact import Settings
from harness.compiler.ast import Declarations
from harness.compiler.ast_layout import ast_storage_layout
from harness.compiler.errors import CompilerError
from harness.compiler.imports import Remapping
from harness.compiler.namespaces import completed_layout

Json = dict[str, Any]
Selection = dict[str, dict[str, list[str]]]

CONTRACT_OUTPUTS = [
    "abi",
    "devdoc",
    "userdoc",
    "storageLayout",
    "evm.bytecode.object",
    "evm.bytecode.sourceMap",
    "evm.bytecode.linkReferences",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.sourceMap",
    "evm.deployedBytecode.linkReferences",
    "evm.deployedBytecode.immutableReferences",
]


def request(
    sources: Mapping[str, str], remappings: Iterable[Remapping], settings: Settings, selection: Selection
) -> Json:
    """Return the standard JSON input for `sources` (text by unit) that asks for `selection` only."""
    compiler: Json = {
        "remappings": [str(remapping) for remapping in remappings],
        "optimizer": {"enabled": settings.optimizer, "runs": settings.runs},
        "evmVersion": settings.evm_version,
        "outputSelection": selection,
    }
    if settings.pipeline == "via-ir":
        compiler["viaIR"] = True
    texts = {unit: {"content": text} for unit, text in sources.items()}
    return {"language": "Solidity", "sources": texts, "settings": compiler}


def raise_errors(answer: Json) -> None:
    """Raise solc's errors, as solc formats them, if `answer` has any.

    Raises:
        CompilerError: with every error's text, and a remedy where the compiler's version is at fault.
    """
    errors = [error for error in answer.get("errors", []) if error.get("severity") == "error"]
    if not errors:
        return
    text = "\n".join(str(error.get("formattedMessage") or error.get("message")).rstrip() for error in errors)
    if any("requires different compiler version" in str(error.get("message")) for error in errors):
        text += "\nChoose a solc that the pragma admits: --solc-version VERSION, or `solc` in the settings."
    raise CompilerError(text)


def contract_entry(
    answer: Json, declarations: Declarations, unit: str, name: str, texts: Mapping[str, str]
) -> Json:
    """Return what an artefact of contract `name` needs of `answer`, as JSON fit for the cache.

    `texts` are the sources that the contract depends on, by unit; others are left out of the table.

    Raises:
        CompilerError: if there is no such contract (lists those that are) or it has no bytecode.
    """
    definition = declarations.contract(unit, name)
    if definition is None:
        there = ", ".join(declarations.contracts(unit)) or "none"
        raise CompilerError(f"{unit} declares no contract {name}; it declares: {there}.")
    output = answer["contracts"][unit][name]
    if not output["evm"]["bytecode"]["object"]:
        raise CompilerError(
            f"{unit}:{name} has no bytecode (it is abstract): name a contract to be deployed."
        )
    runtime = dict(output["evm"]["deployedBytecode"])
    runtime["immutables"] = _immutables(runtime.pop("immutableReferences", {}), declarations)
    layout = output.get("storageLayout") or ast_storage_layout(definition, declarations)
    layout = completed_layout(layout, definition, declarations, texts)
    indices = {unit: answer["sources"][unit]["id"] for unit in texts}
    return {
        "abi": output["abi"],
        "creation": output["evm"]["bytecode"],
        "runtime": runtime,
        "layout": layout,
        "devdoc": output.get("devdoc", {}),
        "userdoc": output.get("userdoc", {}),
        "indices": indices,
    }


def _immutables(references: Json, declarations: Declarations) -> list[list[Any]]:
    """Return [name, offset, length] of each place of an immutable; its AST id where it has no name."""
    found: list[list[Any]] = []
    for key, places in references.items():
        node = declarations.by_id.get(int(key)) if key.isdigit() else None
        name = node["name"] if node is not None else key
        found.extend([name, place["start"], place["length"]] for place in places)
    return sorted(found, key=lambda item: (item[1], item[0]))
