"""The vault as a target: as it is, and with a defect."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.check.target import Target
from harness.compiler import Project, Settings
from tests.toys.vault import SOURCE, SPEC

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = Settings(solc="0.8.30")


def vault_target(project: Project | None = None) -> Target:
    home = Project.open(ROOT)
    return Target("vault", SPEC, SOURCE, project or home, SETTINGS, home)


def broken_vault(folder: Path, *changes: tuple[str, str]) -> Target:
    """Return the vault with some texts of its source replaced, in a tree of its own."""
    source = folder / "tests/toys/vault/Vault.sol"
    source.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "tests/toys/vault/Vault.sol", source)
    text = source.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    source.write_text(text)
    return vault_target(Project.open(folder))
