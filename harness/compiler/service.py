"""The compiler service: from a source tree to artefacts, each contract compiled once for its content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from harness.compiler.artifact import Artifact, Settings
from harness.compiler.ast import Declarations
from harness.compiler.cache import Cache, content_hash
from harness.compiler.entry import artifact_of
from harness.compiler.project import Project
from harness.compiler.solc import Compiler, find_compiler
from harness.compiler.standard_json import (
    CONTRACT_OUTPUTS,
    Selection,
    contract_entry,
    raise_errors,
    request,
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Order:
    """One contract to be compiled, with the sources that decide it and their hash."""

    unit: str
    name: str
    texts: dict[str, str]
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

    A project with a `platform` is built by that tool; its configuration, not `settings`, then decides.

    Returns:
        The artefacts under the names given in `contracts`.

    Raises:
        CompilerError: as `compile_contract`.
    """
    if project.platform is not None:
        from harness.compiler.foreign import build  # crytic-compile loads slowly and is seldom needed

        places = {contract: project.locate(contract) for contract in contracts}
        return build(project.root, project.platform, places)
    compiler = find_compiler(settings.solc, project.solc)
    orders = {contract: _order(project, contract, settings, compiler.identity) for contract in contracts}
    entries = _entries(project, list(orders.values()), settings, compiler, cache or Cache())
    return {
        name: artifact_of(entries[order.key], order.unit, order.name, order.texts, settings, order.key)
        for name, order in orders.items()
    }


def _entries(
    project: Project, orders: list[_Order], settings: Settings, compiler: Compiler, cache: Cache
) -> dict[str, Json]:
    """Return the entry of each order by its key, compiling those together that the cache lacks."""
    cached = {order.key: cache.load(order.key) for order in orders}
    entries = {key: entry for key, entry in cached.items() if entry is not None}
    missing = [order for order in orders if order.key not in entries]
    if not missing:
        return entries
    # Two requests, since solc makes code of every contract in the units whose trees one asks for.
    trees = _answer(project, missing, settings, compiler, {"*": {"": ["ast"]}})
    declarations = Declarations.of(trees["sources"])
    answer = _answer(project, missing, settings, compiler, _outputs(missing))
    for order in missing:
        entries[order.key] = contract_entry(answer, declarations, order.unit, order.name, order.texts)
        cache.store(order.key, entries[order.key])
    return entries


def _order(project: Project, contract: str, settings: Settings, identity: str) -> _Order:
    unit, name = project.locate(contract)
    texts = {key: source.text for key, source in project.closure([unit]).items()}
    whole = request(texts, project.remappings, settings, {unit: {name: CONTRACT_OUTPUTS}})
    return _Order(unit, name, texts, content_hash(identity, whole))


def _outputs(orders: list[_Order]) -> Selection:
    selection: Selection = {}
    for order in orders:
        selection.setdefault(order.unit, {})[order.name] = CONTRACT_OUTPUTS
    return selection


def _answer(
    project: Project, orders: list[_Order], settings: Settings, compiler: Compiler, selection: Selection
) -> Json:
    """Return what solc says of all sources of the orders; raises CompilerError with its errors."""
    texts: dict[str, str] = {}
    for order in orders:
        texts |= order.texts
    answer = compiler.compile(request(dict(sorted(texts.items())), project.remappings, settings, selection))
    raise_errors(answer)
    return answer
