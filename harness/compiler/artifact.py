"""What a compilation yields for one contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from harness.compiler.layout import Layout

Pipeline = Literal["legacy", "via-ir"]


@dataclass(frozen=True, slots=True)
class Code:
    """One piece of bytecode with its source map.

    `source_map` is solc's compressed mapping (empty if unknown). `immutables`
    lists (name or AST id, byte offset, length) and `links` lists
    (fully-qualified library, byte offset) still to be filled in.
    """

    bytecode: bytes
    source_map: str = ""
    immutables: tuple[tuple[str, int, int], ...] = ()
    links: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """The compiler settings that decide the bytecode."""

    solc: str
    pipeline: Pipeline = "legacy"
    optimizer: bool = True
    runs: int = 200
    evm_version: str = "cancun"


@dataclass(frozen=True)
class Artifact:
    """One compiled contract.

    `unit` is the source unit's name as the compiler knows it; `sources` maps
    the index used in source maps to (unit name, text). `input_hash` identifies
    the exact compiler input. `metadata` holds devdoc/userdoc where asked for.
    """

    name: str
    unit: str
    abi: tuple[dict[str, Any], ...]
    creation: Code
    runtime: Code
    layout: Layout
    settings: Settings
    input_hash: str
    sources: dict[int, tuple[str, str]] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
