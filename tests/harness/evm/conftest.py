"""Contracts compiled once for all tests of the chain."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.compiler import Artifact, Project, Settings, compile_contract, compile_many
from harness.evm.deployment import Artifacts
from specs.common.deployment import pool_deployment

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = Settings(solc="0.8.30")
POOL = "contracts/v3/ProxiedProverPool.sol:ProxiedProverPool"


@pytest.fixture(scope="session")
def shelf() -> Artifact:
    return compile_contract(Project.open(Path(__file__).parent), "Shelf.sol:Shelf", SETTINGS)


@pytest.fixture(scope="session")
def pool_artifacts() -> Artifacts:
    project = Project.open(ROOT)
    return Artifacts.compiled(
        pool_deployment(premint=10**17), POOL, lambda sources: compile_many(project, sources, SETTINGS)
    )
