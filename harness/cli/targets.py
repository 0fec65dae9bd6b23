"""From names on the command line to targets: the specification imported, the source tree opened."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.check.target import Implementation, Target
from harness.cli.config import Config, TargetEntry, load_config
from harness.cli.errors import UsageError
from harness.cli.options import Tree
from harness.compiler import Project, Settings
from harness.evm.deployment import PROXY
from harness.lang import Spec

# What a mistake in a specification raises while it is imported.
_IMPORT_MISTAKES = (ImportError, SyntaxError, TypeError, ValueError, NameError, AttributeError, KeyError)


def load_targets(names: Iterable[str], tree: Tree) -> list[Target]:
    """Return the targets called `names` (all, if none is named), each once, on the source tree asked for.

    Raises:
        UsageError: for an unknown name, a specification that cannot be imported, or `--root` and
            `--source` that do not go together.
        CompilerError: if the source tree cannot be opened.
    """
    config = load_config(tree.config)
    chosen = [config.entry(name) for name in dict.fromkeys(names)] or list(config.targets.values())
    if tree.source is None and (tree.root or tree.remap or tree.include):
        raise UsageError("--root, --remap and --include need --source FILE.sol:Contract.")
    if tree.source is not None and len(chosen) != 1:
        raise UsageError("--source is about one target: name it, as in `poolproof prove NAME --source ...`.")
    return [_load(config, entry, tree) for entry in chosen]


def load_implementation(text: str, tree: Tree) -> Implementation:
    """Return what `text` names: a target's implementation, or ``[ROOT:]FILE.sol:Contract``.

    Raises:
        UsageError: if it is neither.
        CompilerError: if there is no such folder or file.
    """
    config = load_config(tree.config)
    root, _, rest = text.rpartition(".sol:")
    if not root:
        target = _load(config, config.entry(text), tree)
        return Implementation(target.project, target.contract, target.settings)
    folder, _, file = root.rpartition(":")
    project = Project.open(folder or tree.root or Path.cwd(), tree.remap or (), tree.include or (), tree.solc)
    contract = f"{file}.sol:{rest}"
    project.locate(contract)
    return Implementation(project, contract, _settings(config, tree))


def load_proxy(text: str, tree: Tree) -> Implementation:
    """Return the proxy that `text` names, or the usual one of the configuration's tree."""
    if text != PROXY:
        return load_implementation(text, tree)
    config = load_config(tree.config)
    home = Project.open(config.root, solc=tree.solc)
    return Implementation(home, PROXY, _settings(config, tree))


def _settings(config: Config, tree: Tree) -> Settings:
    solc = tree.solc_version or next(iter(config.targets.values())).solc
    return Settings(solc=solc, pipeline=tree.pipeline)


def _load(config: Config, entry: TargetEntry, tree: Tree) -> Target:
    home = Project.open(config.root, solc=tree.solc)
    project, contract = home, entry.source
    if tree.source is not None:
        root = tree.root or Path.cwd()
        project = Project.open(root, tree.remap or (), tree.include or (), tree.solc)
        contract = tree.source
    project.locate(contract)
    settings = Settings(solc=tree.solc_version or entry.solc, pipeline=tree.pipeline)
    return Target(entry.name, import_spec(config.root, entry), contract, project, settings, home)


def import_spec(root: Path, entry: TargetEntry) -> Spec[Any]:
    """Import the package that `entry` names, found from `root`, and return its one `Spec`.

    Raises:
        UsageError: if it cannot be imported or does not define exactly one.
    """
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        module = importlib.import_module(entry.spec)
    except _IMPORT_MISTAKES as error:
        raise UsageError(f"The specification {entry.spec} cannot be imported: {_place(error)}") from error
    found = [value for value in vars(module).values() if isinstance(value, Spec)]
    if len(found) != 1:
        raise UsageError(
            f"The specification {entry.spec} must define exactly one `Spec`, and defines {len(found)}: "
            f"see {module.__file__}."
        )
    return found[0]


def _place(error: Exception) -> str:
    """Return what went wrong and where: the innermost line of Python that raised `error`."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}: {error.msg}."
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if "importlib" not in frame.filename
    ]
    last = frames[-1]
    return f"{last.filename}:{last.lineno}: {type(error).__name__}: {error}."
