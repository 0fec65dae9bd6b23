"""Handing a compiled tree to crytic-compile, and so to Slither, without compiling again.

crytic-compile finds files by trying names on the disk, from the working directory first, which may hold
another version of the same tree. So its own parser of standard JSON is not used: every name and every
text is given here, and nothing is read from the disk.
"""

from __future__ import annotations

from typing import Any

from crytic_compile import CryticCompile
from crytic_compile.compilation_unit import CompilationUnit
from crytic_compile.compiler.compiler import CompilerVersion
from crytic_compile.platform.abstract_platform import AbstractPlatform
from crytic_compile.platform.types import Type
from crytic_compile.utils.naming import Filename
from crytic_compile.utils.natspec import Natspec

from harness.compiler.tree import CompiledTree


def crytic_compile(tree: CompiledTree) -> CryticCompile:
    """Return `tree` as crytic-compile would have compiled it, without bytecode."""
    return CryticCompile(_Handover(tree), cwd=str(tree.project.root))


class _Handover(AbstractPlatform):  # type: ignore[misc] # crytic-compile is imported without its types
    """A platform whose compilation is already done."""

    NAME = "poolproof"
    PROJECT_URL = "https://docs.soliditylang.org/en/latest/using-the-compiler.html"
    TYPE = Type.SOLC_STANDARD_JSON
    HIDE = True

    def __init__(self, tree: CompiledTree) -> None:
        super().__init__(str(tree.project.root))
        self._tree = tree
        own = set(tree.own_units)
        self._dependencies = {
            name for unit in tree.sources if unit not in own for name in (unit, self._absolute(unit))
        }

    def _absolute(self, unit: str) -> str:
        return str(self._tree.sources[unit].path)

    def compile(self, crytic_compile: CryticCompile, **_kwargs: str) -> None:
        """Fill `crytic_compile` from the tree."""
        settings = self._tree.settings
        unit = CompilationUnit(crytic_compile, self._tree.input_hash)
        unit.compiler_version = CompilerVersion(
            compiler="solc",
            version=settings.solc,
            optimized=settings.optimizer,
            optimize_runs=settings.runs,
            via_ir=settings.pipeline == "via-ir",
        )
        entries = sorted(self._tree.output["sources"].items(), key=lambda item: int(item[1]["id"]))
        for name, entry in entries:
            self._add_source(unit, name, entry["ast"])
        crytic_compile.src_content = {
            self._absolute(name): source.text for name, source in self._tree.sources.items()
        }

    def _add_source(self, unit: CompilationUnit, name: str, ast: dict[str, Any]) -> None:
        filename = Filename(absolute=self._absolute(name), used=name, relative=name, short=name)
        source = unit.create_source_unit(filename)
        source.ast = ast
        for contract, output in self._tree.output.get("contracts", {}).get(name, {}).items():
            source.add_contract_name(contract)
            unit.filename_to_contracts[filename].add(contract)
            source.abis[contract] = output["abi"]
            source.natspec[contract] = Natspec(output["userdoc"], output["devdoc"])
            for blank in (source.bytecodes_init, source.bytecodes_runtime):
                blank[contract] = ""
            for blank in (source.srcmaps_init, source.srcmaps_runtime):
                blank[contract] = []

    def clean(self, **_kwargs: str) -> None:
        """Do nothing: nothing was written."""

    @staticmethod
    def is_supported(target: str, **_kwargs: str) -> bool:
        """Say that no target on the disk is ours."""
        return False

    def is_dependency(self, path: str) -> bool:
        """Say whether the file at `path` is a dependency of the tree."""
        return path in self._dependencies

    def _guessed_tests(self) -> list[str]:
        return []
