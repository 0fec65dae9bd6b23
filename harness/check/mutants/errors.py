"""What can go wrong with mutants before any is checked."""

from __future__ import annotations

from harness.errors import PoolproofError


class MutantError(PoolproofError):
    """A mutant's file that cannot be read, or a patch that does not fit the sources."""
