"""What can go wrong between a source tree and an artefact."""

from __future__ import annotations

from harness.errors import PoolproofError


class CompilerError(PoolproofError):
    """A source, a setting or a tool that cannot be compiled with; solc's own words where it has some."""
