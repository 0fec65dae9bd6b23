"""What a verdict depends on, as hashes: equal receipts, equal verdicts.

A verdict is about one contract under one specification, decided by one version of poolproof and of its
tools. A receipt names the four, and what of the contract was executed; a report keeps it, so that anybody can
tell later what has changed since, and the verdicts of a proof are kept by it (`harness.check.kept`), so that
what has not changed is not proved again.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import harness
from harness.check.verdict import Verdict
from harness.compiler.artifact import Artifact
from harness.compiler.cache import content_hash
from harness.evm.deployment import Artifacts
from harness.lang import Spec

Json = dict[str, Any]
_DIGITS = 16
# What only shows results, or calls the checks, decides nothing.
_UNDECIDING = frozenset({"cli", "report"})
_COUNTED_ELSEWHERE = frozenset({"harness", *sys.stdlib_module_names})
_NO_DATA = frozenset({".py", ".pyc", ".md", ".typed"})
EXECUTED = frozenset({"contract", "deployment"})
"""What does not count where what was executed of it is known (`Receipt.behaviour`)."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Hashes of the contract (code, layout, ABI), its specification and poolproof; the tools' versions.

    `deployment` is the hash of all that is deployed with the contract, "" where that does not count.
    `behaviour` is the hash of what was executed of the contract, "" where all of it and of its deployment
    counts.
    """

    contract: str
    specification: str
    poolproof: str
    tools: str
    deployment: str = ""
    behaviour: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it for a report."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, entry: Mapping[str, str]) -> Receipt:
        """Return the receipt that a report has."""
        return cls(**entry)

    def attached_to(self, verdict: Verdict) -> Verdict:
        """Return `verdict` with this receipt in its evidence."""
        return replace(verdict, evidence={**verdict.evidence, "receipt": self.as_json()})

    def stale(self, now: Receipt) -> list[str]:
        """Return the names of what is not `now` as it was then.

        Another contract or deployment matters only where what was executed is not known to be the same.
        """
        before, after = self.as_json(), now.as_json()
        same = {"behaviour"} | ({"deployment"} if not self.deployment else set())
        if self.behaviour and self.behaviour == now.behaviour:
            same |= EXECUTED
        return [name for name in before if name not in same and before[name] != after[name]]


def deployment_hash(artifacts: Artifacts) -> str:
    """Return the hash of all that is deployed: what a run on the EVM depends on, beside the specification."""
    deployed = {**artifacts.contracts, "": artifacts.proxy}
    shown = {name: (one.input_hash, one.creation.bytecode.hex()) for name, one in deployed.items()}
    return content_hash(shown)[:_DIGITS]


def receipt_of(spec: Spec[Any], artifact: Artifact, *tools: str, deployment: str = "") -> Receipt:
    """Return the receipt of verdicts on `artifact` under `spec` that the packages `tools` took part in.

    What was executed on the EVM depends on its `deployment`, too (see `deployment_hash`).
    """
    layout, settings = repr(artifact.layout), repr(artifact.settings)
    codes = [artifact.runtime.bytecode.hex(), artifact.creation.bytecode.hex()]
    contract = content_hash(codes, artifact.runtime.immutables, layout, settings, artifact.abi)
    receipt = receipt_of_hashes(contract, specification_hash(spec), *tools)
    return replace(receipt, deployment=deployment)


def receipt_of_hashes(contract: str, specification: str, *tools: str) -> Receipt:
    """Return the receipt of what was decided about these hashes, with the packages `tools`."""
    versions = ", ".join(f"{tool} {metadata.version(tool)}" for tool in tools)
    return Receipt(contract[:_DIGITS], specification[:_DIGITS], poolproof_hash(), versions)


def specification_hash(spec: Spec[Any]) -> str:
    """Return the hash of the sources of `spec`: its module, those that define its claims, all their imports.

    What else lies in the folders of its packages counts, too, but for Markdown: a specification may read it.
    So do the numbers and texts that its modules came to, wherever they had them from (the environment, say).
    Of the standard library and of the harness nothing is counted: the harness has a hash of its own.

    Raises:
        ValueError: if no module has `spec`: two of those would have one hash.
    """
    homes = sorted(one for module in [*sys.modules.values()] for one in _homes(module, spec))
    if not homes:
        raise ValueError(f"the specification {spec.name} is no module's, so its sources are not known")
    speakers = {*(module for module, _ in homes), *_speakers(spec)}
    found = _constants(speakers)
    waiting = sorted(speakers)
    while waiting:
        name = waiting.pop()
        file = _file(name)
        if name in found or file is None:
            continue
        found[name] = file.read_text(encoding="utf-8")
        found |= _data_beside(name, file)
        package = name.rpartition(".")[0]
        waiting += [package] if package else []
        waiting += _imported(name if file.name == "__init__.py" else package, found[name])
    return content_hash(homes, found)[:_DIGITS]


@lru_cache(maxsize=1)
def poolproof_hash() -> str:
    """Return the hash of the sources of everything in the harness that can decide something."""
    root = Path(harness.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root)
        if path.suffix in {".py", ".js"} and place.parts[0] not in _UNDECIDING:
            digest.update(f"{place.as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:_DIGITS]


def _homes(module: ModuleType, spec: Spec[Any]) -> Iterator[tuple[str, str]]:
    """Yield `module` with the names that it has for `spec`: another one may have other names in it."""
    if module.__name__ != "__main__":
        yield from ((module.__name__, name) for name, value in [*vars(module).items()] if value is spec)


def _speakers(spec: Spec[Any]) -> set[str]:
    """Return the modules that define what `spec` is made of, imported by a statement or not."""
    model = spec.model
    parts: list[Any] = [model.state, model.ghost]
    parts += [claim.predicate for claim in spec.claims] + [one.predicate for one in spec.assumptions]
    parts += [one.function for one in model.transitions]
    parts += [part for one in spec.companions for part in (one.state, *(call.function for call in one.calls))]
    names = {str(getattr(part, "__module__", None) or "__main__") for part in parts}
    return {name for name in names if name != "__main__" and name.partition(".")[0] not in _COUNTED_ELSEWHERE}


def _constants(modules: Iterable[str]) -> dict[str, str]:
    """Return the numbers and texts that `modules`, and those of their packages that they have, came to."""
    found: dict[str, str] = {}
    waiting, seen = [sys.modules[name] for name in modules if name in sys.modules], set[str]()
    packages = {module.__name__.partition(".")[0] for module in waiting}
    while waiting:
        module = waiting.pop()
        if module.__name__ in seen or module.__name__.partition(".")[0] not in packages:
            continue
        seen.add(module.__name__)
        named = [(key, value) for key, value in vars(module).items() if not key.startswith("__")]
        waiting += [value for _, value in named if isinstance(value, ModuleType)]
        found |= {f"{module.__name__}:{key}": repr(value) for key, value in named if _is_plain(value)}
    return found


def _is_plain(value: Any) -> bool:
    """Say whether a value is numbers and texts, and stays what it is."""
    if is_dataclass(value) and not isinstance(value, type):
        return all(_is_plain(getattr(value, one.name)) for one in fields(value))
    parts = value if isinstance(value, tuple) else ()
    return isinstance(value, int | float | str | bytes | tuple | None) and all(map(_is_plain, parts))


def _file(name: str) -> Path | None:
    """Return the source of the module called `name`, None if that is no module of Python."""
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    return Path(found.origin) if found and found.origin and found.origin.endswith(".py") else None


def _data_beside(name: str, file: Path) -> dict[str, str]:
    """Return the hashes of what else lies beside or below the module `name`, if that is a package."""
    if file.name != "__init__.py":
        return {}
    return {
        f"{name}/{one.relative_to(file.parent)}": hashlib.sha256(one.read_bytes()).hexdigest()
        for one in _data_in(file.parent)
    }


def _data_in(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder, and in those folders in it that are no packages, that may be data."""
    for one in folder.iterdir():
        if one.name.startswith((".", "__pycache__")) or one.suffix in _NO_DATA:
            continue
        if one.is_file():
            yield one
        elif one.is_dir() and not (one / "__init__.py").exists():
            yield from _data_in(one)


@lru_cache(maxsize=1024)
def _imported(package: str, text: str) -> tuple[str, ...]:
    """Return what counts of the imports of `text`, a module of `package`."""
    return tuple(name for name in _imports(package, text) if name.partition(".")[0] not in _COUNTED_ELSEWHERE)


def _imports(package: str, text: str) -> Iterator[str]:
    """Yield the names of modules that `text` imports, and of what could be modules among what it imports."""
    for node in _statements(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            start = ".".join(part for part in (base, node.module) if part)
            yield start
            yield from (f"{start}.{alias.name}" for alias in node.names)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements in `node`, at any depth; what is no statement imports nothing."""
    for name in ("body", "handlers", "cases", "orelse", "finalbody"):
        for child in getattr(node, name, ()):
            yield child
            yield from _statements(child)
