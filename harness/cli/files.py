"""Where results go: what cannot be written is refused before the work, not after it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile

from harness.cli.errors import UsageError


def file_to_write(path: Path | None) -> Path | None:
    """Return `path`. Raises UsageError if no file can be written there."""
    if path is not None:
        there = path.exists()
        try:
            path.open("ab").close()
            if not there:
                path.unlink()
        except OSError as error:
            raise UsageError(f"{path} cannot be written: name a file in a folder that exists.") from error
    return path


def folder_to_write(path: Path | None) -> Path | None:
    """Return `path`, which need not be there. Raises UsageError if no folder can be made or used there."""
    if path is not None:
        nearest = path.absolute()
        while not nearest.exists():
            nearest = nearest.parent
        try:
            TemporaryFile(dir=nearest).close()
        except OSError as error:
            raise UsageError(
                f"{path} cannot be written: name a folder, there or not, that may be."
            ) from error
    return path
