"""A whole tree compiled for its syntax: what an auditor or a maker of mutants reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from harness.compiler.artifact import Settings
from harness.compiler.ast import Declarations, Node
from harness.compiler.cache import Cache, content_hash
from harness.compiler.project import Project, Source
from harness.compiler.solc import find_compiler
from harness.compiler.standard_json import raise_errors, request

Json = dict[str, Any]
_OUTPUTS = {"*": {"": ["ast"], "*": ["abi", "devdoc", "userdoc"]}}


@dataclass(frozen=True)
class CompiledTree:
    """The analysed sources of a tree; no bytecode was made.

    `units` are those asked for, `sources` also what they import; `output` is solc's standard JSON answer
    with ``sources[unit].ast`` and ``contracts[unit][name]`` (abi, devdoc, userdoc); `input_hash`
    identifies the compiler's input.
    """

    project: Project
    units: tuple[str, ...]
    sources: dict[str, Source]
    settings: Settings
    output: Json
    input_hash: str

    @cached_property
    def declarations(self) -> Declarations:
        """Every declaration of the tree by its AST id."""
        return Declarations.of(self.output["sources"])

    @property
    def own_units(self) -> list[str]:
        """The units that belong to the tree itself rather than to its dependencies."""
        return [unit for unit, source in self.sources.items() if not self.project.is_dependency(source)]

    def ast(self, unit: str) -> Node:
        """Return the syntax tree (solc's compact JSON) of `unit`."""
        root: Node = self.output["sources"][unit]["ast"]
        return root

    def warnings(self) -> list[str]:
        """Return solc's warnings, as it formats them."""
        return [str(item["formattedMessage"]) for item in self.output.get("errors", [])]


def compile_tree(
    project: Project, units: Iterable[str], settings: Settings, cache: Cache | None = None
) -> CompiledTree:
    """Analyse files or folders of `project` (paths below its root), or take the result from the cache.

    Raises:
        CompilerError: solc's errors as it formats them; a missing file, import or compiler.
    """
    wanted = tuple(dict.fromkeys(unit for place in units for unit in project.units_below(place)))
    sources = project.closure(wanted)
    compiler = find_compiler(settings.solc, project.solc)
    texts = {unit: source.text for unit, source in sources.items()}
    whole = request(texts, project.remappings, settings, _OUTPUTS)
    key = content_hash(compiler.identity, whole)
    store = cache or Cache()
    output = store.load(key)
    if output is None:
        output = compiler.compile(whole)
        raise_errors(output)
        store.store(key, output)
    return CompiledTree(project, wanted, sources, settings, output, key)
