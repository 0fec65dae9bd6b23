"""Small source trees for the compiler's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.compiler.artifact import Settings
from harness.compiler.cache import Cache
from harness.compiler.project import Project

HEADER = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.20;\n"
Tree = Callable[..., Project]


@pytest.fixture
def settings() -> Settings:
    return Settings("0.8.30")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Write files (Solidity gets its header) below a new root and open it."""

    def write(files: dict[str, str], **options: object) -> Project:
        root = tmp_path / "root"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            headed = name.endswith(".sol") and "pragma" not in text
            path.write_text(HEADER + text if headed else text, encoding="utf-8")
        return Project.open(root, **options)  # type: ignore[arg-type]

    return write
