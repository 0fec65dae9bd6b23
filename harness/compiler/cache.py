"""What was compiled once is not compiled again.

Entries are files named by the SHA-256 of everything that decides them. A write goes to a file of its
own and is renamed into place, so parallel processes see whole entries only; whoever comes second
replaces an equal entry. An entry that cannot be read is as good as none.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

Json = dict[str, Any]
CACHE_VARIABLE = "POOLPROOF_CACHE"
# To be raised when what is stored changes its form: older entries are then not looked at.
_FORMAT = 2


def content_hash(*parts: Any) -> str:
    """Return the SHA-256 (hex) of JSON values, independent of the order of keys."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def cache_directory() -> Path:
    """Return this tool's cache folder: POOLPROOF_CACHE, else one under XDG_CACHE_HOME or ~/.cache."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "poolproof"


class Cache:
    """A folder of compressed JSON entries by key; a folder that cannot be written keeps nothing.

    `kind` keeps what different makers store apart.
    """

    def __init__(self, directory: Path | None = None, kind: str = "solc") -> None:
        self.directory = (directory or cache_directory()) / f"{kind}-{_FORMAT}"

    def load(self, key: str) -> Json | None:
        """Return the entry of `key`, or None if it is missing or damaged."""
        try:
            entry = json.loads(gzip.decompress(self._path(key).read_bytes()))
        except (OSError, EOFError, zlib.error, ValueError):
            return None
        if not isinstance(entry, dict) or entry.get("key") != key:
            return None
        value = entry.get("value")
        return value if isinstance(value, dict) else None

    def store(self, key: str, value: Json) -> None:
        """Keep `value` under `key`."""
        path = self._path(key)
        packed = gzip.compress(json.dumps({"key": key, "value": value}).encode(), compresslevel=3)
        # A cache that cannot be written (full disk, read-only home) only costs time: compiling goes on.
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(packed)
                Path(name).replace(path)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise

    def _path(self, key: str) -> Path:
        return self.directory / key[:2] / f"{key}.json.gz"
