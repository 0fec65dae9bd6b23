"""The contracts on which agreement is tested, compiled by both pipelines."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from harness.compiler import Artifact, Project, Settings, compile_contract
from harness.compiler.artifact import Pipeline

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {
    "v1": "contracts/v1/ProxiedProverPool.sol:ProxiedProverPool",
    "v2": "contracts/v2/ProxiedProverPool2.sol:ProxiedProverPool2",
    "v3": "contracts/v3/ProxiedProverPool.sol:ProxiedProverPool",
    "registry": "contracts/common/AddressManager.sol:AddressManager",
    "token": "contracts/common/TaikoToken.sol:TaikoToken",
}


@cache
def compiled(name: str, pipeline: Pipeline, optimizer: bool = True) -> Artifact:
    """A contract of ours, or the zoo."""
    settings = Settings(solc="0.8.30", pipeline=pipeline, optimizer=optimizer)
    if name == "zoo":
        return compile_contract(Project.open(ROOT / "tests" / "agreement"), "Zoo.sol:Zoo", settings)
    return compile_contract(Project.open(ROOT), SOURCES[name], settings)
