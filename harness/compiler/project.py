"""A source tree: where its files are, what its imports mean, which compiler it wants.

Units are named as solc would name them with the tree's root as base path: a file of the tree by its
path below the root, a dependency by the path its import is remapped to.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from harness.compiler.errors import CompilerError
from harness.compiler.imports import Import, Remapping, imports_of, unit_of
from harness.compiler.toolchain import node_modules
from harness.errors import trouble

Platform = Literal["foundry", "hardhat"]
_HARDHAT_CONFIGS = ("hardhat.config.js", "hardhat.config.ts", "hardhat.config.cjs")
_FOREIGN = frozenset({"node_modules", "lib", "dependencies"})


@dataclass(frozen=True, slots=True)
class Source:
    """One file as the compiler sees it."""

    unit: str
    path: Path
    text: str


@dataclass(frozen=True)
class Project:
    """A source tree with its remappings (later ones win), include directories and native solc, if named.

    `platform` is the build tool that makes its artefacts instead of our solc, if any. `overlay` has the
    texts of units that are read from there instead of their files, for the compiler only. Make one with
    `Project.open`; the constructor reads nothing.
    """

    root: Path
    remappings: tuple[Remapping, ...] = ()
    include: tuple[Path, ...] = ()
    solc: Path | None = None
    platform: Platform | None = None
    overlay: tuple[tuple[str, str], ...] = ()

    @classmethod
    def open(
        cls,
        root: Path | str,
        remaps: Iterable[str] = (),
        include: Iterable[Path | str] = (),
        solc: Path | str | None = None,
        build: Literal["auto", "solc"] = "auto",
    ) -> Project:
        """Return the tree at `root` with what its remappings.txt and foundry.toml say, and then `remaps`.

        Imports that are in neither the root nor a remapping are looked for in `include`, then in the
        `node_modules` of the root and its parents, then in our own. A Foundry or Hardhat project whose tool
        is installed is built by that tool, as it is configured, unless `build` is ``solc`` or a native
        `solc` is named.

        Raises:
            CompilerError: if a folder does not exist or a file of settings cannot be read.
        """
        base = Path(root).resolve()
        if not base.is_dir():
            raise CompilerError(f"{root} is not a directory: name the folder of a source tree.")
        for folder in include:
            if not Path(folder).is_dir():
                raise CompilerError(f"{folder} is not a directory: name an existing folder to include.")
        found = [*_foundry(base), *_remappings_file(base)]
        found.extend(Remapping.parse(text, "--remap") for text in remaps)
        modules = [folder / "node_modules" for folder in (base, *base.parents)]
        places = [*(Path(folder).resolve() for folder in include), *modules, *node_modules()]
        return cls(
            base,
            tuple(found),
            tuple(dict.fromkeys(place for place in places if place.is_dir())),
            Path(solc) if solc is not None else None,
            _platform(base) if build == "auto" and solc is None else None,
        )

    def changed(self, texts: Mapping[str, str]) -> Project:
        """Return this tree with other texts for some of its units, compiled by our solc; no file is written.

        Raises:
            CompilerError: if the tree has no such unit.
        """
        for unit in texts:
            self.unit(unit)
        overlay = dict(self.overlay) | dict(texts)
        return replace(self, platform=None, overlay=tuple(sorted(overlay.items())))

    def text(self, unit: str) -> str:
        """Return the text of a unit, as the compiler sees it.

        Raises:
            CompilerError: if there is no such unit, or it cannot be read.
        """
        return self._read(unit, "", None).text

    def locate(self, contract: str) -> tuple[str, str]:
        """Return (unit, name) for ``FILE.sol:Contract``; FILE is below the root, or absolute.

        Raises:
            CompilerError: if it is not of that form or there is no such file.
        """
        file, colon, name = contract.rpartition(":")
        if not colon or not name or not file.endswith(".sol"):
            raise CompilerError(f"'{contract}' does not name a contract: write FILE.sol:Contract.")
        return self.unit(file), name

    def unit(self, file: Path | str) -> str:
        """Return the source unit of `file`, a path below the root, an absolute one, or a dependency's unit.

        Raises:
            CompilerError: if there is no such file.
        """
        path = Path(file)
        for candidate in (path,) if path.is_absolute() else (self.root / path, path):
            if candidate.is_file() and candidate.resolve().is_relative_to(self.root):
                return candidate.resolve().relative_to(self.root).as_posix()
        if self.find(str(file)) is not None:
            return str(file)
        raise CompilerError(f"There is no file {file} in {self.root}: name a .sol file below the root.")

    def units_below(self, place: Path | str) -> list[str]:
        """Return the units of the .sol files in the folder `place` below the root (or of that one file).

        Dependencies that live in the tree (`node_modules`, Foundry's `lib`) are left out.

        Raises:
            CompilerError: if there is none.
        """
        folder = self.root / place
        if not folder.is_dir():
            return [self.unit(place)]
        files = [path.relative_to(self.root) for path in sorted(folder.rglob("*.sol"))]
        units = [path.as_posix() for path in files if not _FOREIGN & set(path.parts[:-1])]
        if not units:
            raise CompilerError(f"There is no .sol file in {folder}: name a folder with sources.")
        return units

    def is_dependency(self, source: Source) -> bool:
        """Say whether `source` belongs to a library rather than to this tree."""
        path = source.path.resolve()
        return not path.is_relative_to(self.root) or bool(
            _FOREIGN & set(path.relative_to(self.root).parts[:-1])
        )

    def find(self, unit: str) -> Path | None:
        """Return the file of a source unit, or None."""
        for folder in (self.root, *self.include):
            path = folder / unit
            if path.is_file():
                return path
        return None

    def closure(self, units: Iterable[str]) -> dict[str, Source]:
        """Return the sources that `units` need, themselves included, by unit in the order of names.

        Raises:
            CompilerError: naming file and line of an import that is nowhere to be found.
        """
        found: dict[str, Source] = {}
        waiting: list[tuple[str, str, Import | None]] = [(unit, "", None) for unit in units]
        while waiting:
            unit, importer, directive = waiting.pop()
            if unit in found:
                continue
            found[unit] = source = self._read(unit, importer, directive)
            for item in imports_of(source.text):
                waiting.append((unit_of(item.path, unit, self.remappings), unit, item))
        return dict(sorted(found.items()))

    def _read(self, unit: str, importer: str, directive: Import | None) -> Source:
        path = self.find(unit)
        if path is None:
            where = f"{importer}:{directive.line}: " if directive else ""
            written = directive.path if directive else unit
            places = ", ".join(str(place) for place in (self.root, *self.include))
            raise CompilerError(
                f'{where}cannot find "{written}" (as {unit} in {places}): '
                "install it, or say where it is with --include or --remap."
            )
        try:
            changed = dict(self.overlay)
            text = changed[unit] if unit in changed else path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CompilerError(
                f"{path} cannot be read as a Solidity source ({trouble(error)}): name a text in UTF-8."
            ) from error
        return Source(unit, path, text)


def _platform(root: Path) -> Platform | None:
    """Return the build tool that the tree at `root` is configured for, if that tool is installed."""
    if (root / "foundry.toml").is_file() and shutil.which("forge"):
        return "foundry"
    hardhat = (root / "node_modules" / ".bin" / "hardhat").exists() and shutil.which("npx")
    if hardhat and any((root / name).is_file() for name in _HARDHAT_CONFIGS):
        return "hardhat"
    return None


def _remappings_file(root: Path) -> Iterator[Remapping]:
    path = root / "remappings.txt"
    if path.is_file():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip() and not line.lstrip().startswith("#"):
                yield Remapping.parse(line, f"{path}:{number}")


def _foundry(root: Path) -> Iterator[Remapping]:
    """Yield what foundry.toml remaps, after what forge infers from the library folders."""
    path = root / "foundry.toml"
    if not path.is_file():
        return
    try:
        settings: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CompilerError(f"{path} is not valid TOML: {error}.") from error
    profile = settings.get("profile", {}).get("default", settings)
    for folder in profile.get("libs", ["lib"]):
        yield from _inferred(root, str(folder))
    for text in profile.get("remappings", []):
        yield Remapping.parse(str(text), str(path))


def _inferred(root: Path, folder: str) -> Iterator[Remapping]:
    base = root / folder
    if folder == "node_modules" or not base.is_dir():
        return
    for library in sorted(place for place in base.iterdir() if place.is_dir()):
        inner = next((part for part in ("src", "contracts") if (library / part).is_dir()), None)
        tail = f"{library.name}/{inner}/" if inner else f"{library.name}/"
        yield Remapping("", f"{library.name}/", f"{folder}/{tail}")
