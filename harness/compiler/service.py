"""The compiler service: from a source tree to artefacts, each contract compiled once for its content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from harness.compiler.artifact import Artifact, Code, Settings
from harness.compiler.ast import Declarations
from harness.compiler.cache import Cache, content_hash
from harness.compiler.layout_parser import parse_layout
from harness.compiler.project import Project, Source
from harness.compiler.solc import find_compiler
from harness.compiler.standard_json import CONTRACT_OUTPUTS, contract_entry, raise_errors, request

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Order:
    """One contract to be compiled, with the sources that decide it and their hash."""

    unit: str
    name: str
    sources: dict[str, Source]
    key: str


def compile_contract(
    project: Project, contract: str, settings: Settings, cache: Cache | None = None
) -> Artifact:
    """Compile ``FILE.sol:Contract`` of `project`, or take the result from the cache.

    Raises:
        CompilerError: solc's errors as it formats them; a missing file, import, contract or compiler.
    """
    return compile_many(project, [contract], settings, cache)[contract]


def compile_many(
    project: Project, contracts: Iterable[str], settings: Settings, cache: Cache | None = None
) -> dict[str, Artifact]:
    """Compile several contracts with one call of solc for those that the cache lacks.

    An artefact and its `input_hash` depend on the contract's own sources and the settings only, not on
    what else is compiled with it.

    Returns:
        The artefacts under the names given in `contracts`.

    Raises:
        CompilerError: as `compile_contract`.
    """
    compiler = find_compiler(settings.solc, project.solc)
    store = cache or Cache()
    orders = {contract: _order(project, contract, settings, compiler.identity) for contract in contracts}
    entries = {name: store.load(order.key) for name, order in orders.items()}
    missing = [orders[name] for name, entry in entries.items() if entry is None]
    fresh: dict[str, Json] = {}
    if missing:
        answer = compiler.compile(_joint_request(project, missing, settings))
        raise_errors(answer)
        declarations = Declarations.of(answer["sources"])
        for order in missing:
            fresh[order.key] = contract_entry(answer, declarations, order.unit, order.name, order.sources)
            store.store(order.key, fresh[order.key])
    return {
        name: _artifact(orders[name], entry if entry is not None else fresh[orders[name].key], settings)
        for name, entry in entries.items()
    }


def _order(project: Project, contract: str, settings: Settings, identity: str) -> _Order:
    unit, name = project.locate(contract)
    sources = project.closure([unit])
    texts = {key: source.text for key, source in sources.items()}
    whole = request(texts, project.remappings, settings, {unit: {name: CONTRACT_OUTPUTS}})
    return _Order(unit, name, sources, content_hash(identity, whole))


def _joint_request(project: Project, orders: list[_Order], settings: Settings) -> Json:
    selection: dict[str, dict[str, list[str]]] = {"*": {"": ["ast"]}}
    texts: dict[str, str] = {}
    for order in orders:
        selection.setdefault(order.unit, {})[order.name] = CONTRACT_OUTPUTS
        texts |= {unit: source.text for unit, source in order.sources.items()}
    return request(dict(sorted(texts.items())), project.remappings, settings, selection)


def _artifact(order: _Order, entry: Json, settings: Settings) -> Artifact:
    return Artifact(
        name=order.name,
        unit=order.unit,
        abi=tuple(entry["abi"]),
        creation=_code(entry["creation"]),
        runtime=_code(entry["runtime"]),
        layout=parse_layout(entry["layout"], f"storage layout of {order.unit}:{order.name}"),
        settings=settings,
        input_hash=order.key,
        sources={index: (unit, order.sources[unit].text) for unit, index in entry["indices"].items()},
        metadata={"devdoc": entry["devdoc"], "userdoc": entry["userdoc"]},
    )


def _code(entry: Json) -> Code:
    """Return the code of a bytecode entry; the places of libraries to be linked hold zeros."""
    text = str(entry["object"])
    links = []
    for unit, libraries in entry.get("linkReferences", {}).items():
        for library, places in libraries.items():
            for place in places:
                start, length = place["start"], place["length"]
                text = text[: 2 * start] + "00" * length + text[2 * (start + length) :]
                links.append((f"{unit}:{library}", start))
    return Code(
        bytecode=bytes.fromhex(text),
        source_map=str(entry.get("sourceMap", "")),
        immutables=tuple((str(name), start, length) for name, start, length in entry.get("immutables", [])),
        links=tuple(sorted(links, key=lambda link: link[1])),
    )
