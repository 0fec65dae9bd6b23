"""From a cached entry (see `standard_json.contract_entry`) to an artefact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.compiler.artifact import Artifact, Code, Settings
from harness.compiler.layout_parser import parse_layout

Json = dict[str, Any]


def artifact_of(
    entry: Json, unit: str, name: str, texts: Mapping[str, str], settings: Settings, input_hash: str
) -> Artifact:
    """Return the artefact of contract `name` in `unit`; `texts` are the sources by unit."""
    return Artifact(
        name=name,
        unit=unit,
        abi=tuple(entry["abi"]),
        creation=_code(entry["creation"]),
        runtime=_code(entry["runtime"]),
        layout=parse_layout(entry["layout"], f"storage layout of {unit}:{name}"),
        settings=settings,
        input_hash=input_hash,
        sources={index: (source, texts[source]) for source, index in entry["indices"].items()},
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
        bytecode=bytes.fromhex(text.removeprefix("0x")),
        source_map=str(entry.get("sourceMap", "")),
        immutables=tuple((str(name), start, length) for name, start, length in entry.get("immutables", [])),
        links=tuple(sorted(links, key=lambda link: link[1])),
    )
