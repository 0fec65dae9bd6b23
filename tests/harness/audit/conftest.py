"""Small trees to audit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.compiler.artifact import Settings
from harness.compiler.cache import Cache
from harness.compiler.project import Project
from harness.compiler.tree import CompiledTree, compile_tree

HEADER = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.30;\n"


@pytest.fixture
def tree(tmp_path: Path) -> Callable[..., CompiledTree]:
    """Write files below a new root and analyse them all."""

    def write(files: dict[str, str]) -> CompiledTree:
        root = tmp_path / "root"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(HEADER + text, encoding="utf-8")
        return compile_tree(Project.open(root), ["."], Settings("0.8.30"), Cache(tmp_path / "cache"))

    return write
