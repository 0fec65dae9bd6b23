"""Where and on what a run was made: what a reader needs to run it again."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from harness.check.target import Target

_PACKAGES = ("crytic-compile", "eth-abi", "pyrevm", "slither-analyzer", "z3-solver")


def describe_environment(targets: Iterable[Target], seed: int | None, command: list[str]) -> dict[str, Any]:
    """Return the report's `environment` for a run of `command` over `targets`."""
    listed = list(targets)
    return {
        "poolproof": metadata.version("poolproof"),
        "command": command,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cpus": os.cpu_count() or 1,
        "packages": {name: metadata.version(name) for name in _PACKAGES},
        "commit": _commit(listed[0].home.root) if listed else None,
        "seed": seed,
        "solc": {target.name: _settings(target) for target in listed},
    }


def command_line() -> list[str]:
    """Return the arguments that this process was started with, the program's name left out."""
    return sys.argv[1:]


def _settings(target: Target) -> dict[str, Any]:
    settings = target.settings
    return {
        "version": settings.solc,
        "pipeline": settings.pipeline,
        "optimizer": settings.optimizer,
        "runs": settings.runs,
        "evm_version": settings.evm_version,
    }


def _commit(root: Path) -> str | None:
    """Return the commit that `root` is at, with a + if files differ from it; None where git has no answer."""
    head = _git(root, "rev-parse", "HEAD")
    if head is None:
        return None
    return head + ("+" if _git(root, "status", "--porcelain", "--untracked-files=no") else "")


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
