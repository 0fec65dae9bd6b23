"""The project's own contracts, compiled once for all tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.compiler import Artifact, Project, Settings, compile_contract, compile_many
from harness.evm.deployment import Artifacts, Site, deploy
from harness.lang.deployment import Contract, Deployment, Ref, Setup

ROOT = Path(__file__).resolve().parents[2]
INTERFACES = Path(__file__).parent / "interface"
SOLC = "0.8.30"

CHAIN = 1
FUNDS = 10**17
OWNER, PROTOCOL, STAKER, RIVAL, STRANGER = "owner", "protocol", "staker", "rival", "stranger"

RECIPE = Deployment(
    roles=(OWNER, PROTOCOL, STAKER, RIVAL, STRANGER),
    contracts=(
        Contract("registry", "contracts/common/AddressManager.sol:AddressManager", init=("init", ())),
        Contract(
            "token",
            "contracts/common/TaikoToken.sol:TaikoToken",
            init=(
                "init",
                (Ref("registry"), "Taiko", "TKO", [Ref(STAKER), Ref(RIVAL)], [FUNDS, FUNDS]),
            ),
        ),
        Contract("pool", None, init=("init", (Ref("registry"),))),
    ),
    setup=tuple(
        Setup(OWNER, "registry", "setAddress", (CHAIN, name.ljust(32, b"\0"), Ref(holder)))
        for name, holder in ((b"taiko", PROTOCOL), (b"taiko_token", "token"), (b"prover_pool", "pool"))
    ),
    chain_id=CHAIN,
)

Table = dict[str, Any]


@pytest.fixture(scope="session")
def project() -> Project:
    return Project.open(ROOT)


@pytest.fixture(scope="session")
def compiled(project: Project) -> Callable[..., Artifact]:
    """Compile ``FILE.sol:Contract``; the compiler service remembers what it compiled before."""

    def compile_one(contract: str, pipeline: str = "legacy") -> Artifact:
        return compile_contract(project, contract, Settings(SOLC, pipeline))  # type: ignore[arg-type]

    return compile_one


@pytest.fixture(scope="session")
def interface() -> Callable[[str], Table]:
    """Read the table of one contract's interface, joined with the table that it extends."""

    def read(name: str) -> Table:
        table: Table = json.loads((INTERFACES / f"{name}.json").read_text(encoding="utf-8"))
        inherited = read(table["extends"]) if "extends" in table else {}
        replaced = table.get("replaces", [])
        for kind in ("functions", "events", "errors"):
            kept = [line for line in inherited.get(kind, []) if line not in replaced]
            table[kind] = sorted([*table.get(kind, []), *kept])
        constants = table.get("constants", {})
        getters = [f"{constant}() view returns ({kind})" for constant, (kind, _) in constants.items()]
        table["functions"] = sorted([*table["functions"], *getters])
        return table

    return read


@pytest.fixture(scope="session")
def deployed(project: Project) -> Callable[[str], Site]:
    """Put a pool on a chain of its own: proxy, registry, token; stakers hold FUNDS base units each."""

    def compiler(sources: list[str]) -> Mapping[str, Artifact]:
        return compile_many(project, sources, Settings(SOLC))

    def deploy_pool(name: str) -> Site:
        table = json.loads((INTERFACES / f"{name}.json").read_text(encoding="utf-8"))
        return deploy(RECIPE, Artifacts.compiled(RECIPE, table["deployed"], compiler))

    return deploy_pool
