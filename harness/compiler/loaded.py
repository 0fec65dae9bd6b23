"""Contracts that were compiled elsewhere: bytecode, storage layout and ABI from files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.compiler.artifact import Artifact, Code, Settings
from harness.compiler.cache import content_hash
from harness.compiler.errors import CompilerError
from harness.compiler.layout_parser import parse_layout
from harness.compiler.well_known import with_well_known
from harness.errors import trouble

UNKNOWN_COMPILER = "unknown"
_ENTRY_KINDS = frozenset({"function", "constructor", "event", "error", "receive", "fallback"})


def load_artifact(bytecode_file: Path, layout_file: Path, abi_file: Path) -> Artifact:
    """Return an artefact made of three files; it has runtime code only, and no sources.

    Args:
        bytecode_file: runtime bytecode as hexadecimal text, with or without ``0x``.
        layout_file: solc's storageLayout as JSON (entries may carry ``namespace``, see layout_parser; those
            of OpenZeppelin that the code uses are added, see well_known).
        abi_file: the ABI as a JSON list, or an object with the key ``abi``.

    Raises:
        CompilerError: if a file is missing or does not hold what it should.
    """
    code = _bytecode(bytecode_file)
    layout_json = _json(layout_file)
    if isinstance(layout_json, dict) and "storageLayout" in layout_json:
        layout_json = layout_json["storageLayout"]
    abi = _abi(_json(abi_file), abi_file)
    return Artifact(
        name=bytecode_file.stem,
        unit=bytecode_file.name,
        abi=tuple(abi),
        creation=Code(b""),
        runtime=Code(code),
        layout=parse_layout(_completed(layout_json, code), str(layout_file)),
        settings=Settings(UNKNOWN_COMPILER),
        input_hash=content_hash(code.hex(), layout_json, abi),
    )


def _completed(layout: Any, code: bytes) -> Any:
    """Return a layout with OpenZeppelin's namespaces; what is no layout is left to its parser."""
    is_layout = isinstance(layout, dict) and isinstance(layout.get("storage"), list)
    return with_well_known(layout, code) if is_layout else layout


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CompilerError(
            f"{path} cannot be read as text ({trouble(error)}): name an existing file."
        ) from error


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise CompilerError(f"{path}:{error.lineno}: not valid JSON: {error.msg}.") from error


def _bytecode(path: Path) -> bytes:
    text = "".join(_text(path).split()).removeprefix("0x")
    if "__" in text:
        raise CompilerError(f"{path} holds code with unlinked libraries: link it first.")
    try:
        code = bytes.fromhex(text)
    except ValueError as error:
        raise CompilerError(
            f"{path} is not hexadecimal bytecode ({error}): give the runtime code."
        ) from error
    if not code:
        raise CompilerError(f"{path} is empty: give the contract's runtime code.")
    return code


def _abi(document: Any, path: Path) -> list[dict[str, Any]]:
    entries = document.get("abi") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise CompilerError(f"{path} is not an ABI: give a JSON list, or an object with the key 'abi'.")
    for position, entry in enumerate(entries):
        kind = entry.get("type") if isinstance(entry, dict) else None
        if kind not in _ENTRY_KINDS or (kind in {"function", "event", "error"} and "name" not in entry):
            raise CompilerError(
                f"{path}: entry {position} is not an ABI entry: it needs a known 'type' and a 'name'."
            )
    return entries
