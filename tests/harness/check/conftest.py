"""The toy vault as a target: as it is, and with a defect."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.check.campaign.ground import Ground, Parts, parts
from harness.check.target import Target
from harness.compiler import Project, Settings
from tests.toys.vault import SOURCE, SPEC

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = Settings(solc="0.8.30")

Broken = Callable[..., Target]


def vault_target(project: Project | None = None) -> Target:
    home = Project.open(ROOT)
    return Target("vault", SPEC, SOURCE, project or home, SETTINGS, home)


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

    def make(*changes: tuple[str, str]) -> Target:
        folder = tmp_path / "tests/toys/vault"
        folder.mkdir(parents=True, exist_ok=True)
        source = folder / "Vault.sol"
        shutil.copy(ROOT / "tests/toys/vault/Vault.sol", source)
        text = source.read_text()
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        source.write_text(text)
        return vault_target(Project.open(tmp_path))

    return make
