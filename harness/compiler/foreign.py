"""Projects with build tools of their own: Foundry and Hardhat, built through crytic-compile.

The tool compiles as the project's configuration says; its build info, which holds solc's whole input and
output, becomes the same artefacts as elsewhere.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crytic_compile import CryticCompile, InvalidCompilation
from crytic_compile.utils.naming import process_hardhat_v3_filename

from harness.compiler.artifact import Artifact, Settings
from harness.compiler.ast import Declarations
from harness.compiler.cache import content_hash
from harness.compiler.entry import artifact_of
from harness.compiler.errors import CompilerError
from harness.compiler.project import Platform
from harness.compiler.standard_json import contract_entry

Json = dict[str, Any]
# File times may be coarser than the clock.
_CLOCK_SLACK_SECONDS = 2.0
_CRYTIC_ERRORS = (
    InvalidCompilation,
    AssertionError,
    LookupError,
    OSError,
    TypeError,
    ValueError,
    subprocess.SubprocessError,
)


def build(root: Path, platform: Platform, contracts: dict[str, tuple[str, str]]) -> dict[str, Artifact]:
    """Build the project at `root` with its own tool and return the artefacts of `contracts`.

    Args:
        root: the project's folder.
        platform: its tool.
        contracts: (unit, name) by the caller's name for it.

    Raises:
        CompilerError: with what the tool said, if it fails; or if it built no such contract.
    """
    answers = [_Answer(path, platform) for path in _build_infos(root, platform)]
    found = {}
    for key, (unit, name) in contracts.items():
        holders = [answer for answer in answers if unit in answer.names]
        if not holders:
            raise CompilerError(f"{platform} built nothing from {unit} in {root}: is it among its sources?")
        holder = next((answer for answer in holders if answer.has(unit, name)), holders[0])
        found[key] = holder.artifact(unit, name)
    return found


def _build_infos(root: Path, platform: Platform) -> list[Path]:
    """Run the tool and return the build infos that it wrote, not those of earlier builds."""
    started = time.time() - _CLOCK_SLACK_SECONDS
    with _listening() as said, _environment("FOUNDRY_EXTRA_OUTPUT", '["storageLayout"]'):
        try:
            CryticCompile(str(root), compile_force_framework=platform)
            reason = ""
        except _CRYTIC_ERRORS as error:
            reason = f"{type(error).__name__}: {error}"
    infos = [path for path in _candidates(root) if path.stat().st_mtime >= started]
    if not infos or said:
        words = "\n".join(said) or reason or "it wrote no build info"
        raise CompilerError(f"{platform} could not build {root}: {words}")
    return sorted(infos)


def _candidates(root: Path) -> Iterator[Path]:
    for path in root.rglob("build-info/*.json"):
        if "node_modules" not in path.relative_to(root).parts and not path.name.endswith(".output.json"):
            yield path


class _Answer:
    """One build info: solc's input and output. `names` gives solc's unit by the user's name for it."""

    def __init__(self, path: Path, platform: Platform) -> None:
        info: Json = json.loads(path.read_text(encoding="utf-8"))
        self._input: Json = info["input"]
        separate = path.with_name(f"{path.stem}.output.json")
        self._output: Json = info.get("output") or json.loads(separate.read_text(encoding="utf-8"))["output"]
        self._version = str(info["solcVersion"])
        self._declarations = Declarations.of(self._output["sources"])
        self.names = {_users_name(unit, platform): unit for unit in self._output["sources"]}

    def has(self, unit: str, name: str) -> bool:
        """Say whether contract `name` of the user's `unit` was compiled."""
        return name in self._output.get("contracts", {}).get(self.names[unit], {})

    def artifact(self, unit: str, name: str) -> Artifact:
        """Return the artefact of contract `name` in the user's `unit`."""
        own = self.names[unit]
        texts = {key: str(source["content"]) for key, source in self._input["sources"].items()}
        known = {key: text for key, text in texts.items() if key in self._output["sources"]}
        entry = contract_entry(self._output, self._declarations, own, name, known)
        key = content_hash(self._version, self._input, own, name)
        return artifact_of(entry, own, name, texts, self._settings(), key)

    def _settings(self) -> Settings:
        given = self._input.get("settings", {})
        optimizer = given.get("optimizer", {})
        return Settings(
            solc=self._version,
            pipeline="via-ir" if given.get("viaIR") else "legacy",
            optimizer=bool(optimizer.get("enabled")),
            runs=int(optimizer.get("runs", 200)),
            evm_version=str(given.get("evmVersion", "")),
        )


def _users_name(unit: str, platform: Platform) -> str:
    """Return what the user calls solc's `unit`: Hardhat 3 puts ``project/`` or ``npm/`` and a version in."""
    if platform == "foundry":
        return unit
    return str(process_hardhat_v3_filename(unit)).removeprefix("project/")


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Collect the errors that crytic-compile only logs (a failed build among them)."""
    said: list[str] = []
    logger = logging.getLogger("CryticCompile")
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: said.append(_joined(record))  # type: ignore[method-assign]
    before = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(handler)
        logger.propagate = before


def _joined(record: logging.LogRecord) -> str:
    """Return the message without the prefixes that crytic-compile puts between a tool's lines."""
    return record.getMessage().replace("\nstdout: ", "\n").replace("\nstderr: ", "\n")


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set an environment variable for the tools started meanwhile."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
