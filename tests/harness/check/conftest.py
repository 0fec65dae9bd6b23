"""The toy vault as a target: as it is, and with a defect."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from harness.check.campaign.ground import Ground, Parts, parts
from harness.check.target import Target
from tests.toys.vault.target import broken_vault, vault_target

Broken = Callable[..., Target]


@pytest.fixture(scope="session")
def vault() -> Target:
    return vault_target()


@pytest.fixture(scope="session")
def vault_parts(vault: Target) -> Parts:
    return parts(vault)


@pytest.fixture
def ground(vault_parts: Parts) -> Ground:
    return Ground(vault_parts)


@pytest.fixture
def broken(tmp_path: Path) -> Broken:
    """Return the vault with some texts of its source replaced."""
    return partial(broken_vault, tmp_path)
