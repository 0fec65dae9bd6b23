"""Wrong use of the command line."""

from __future__ import annotations

from harness.errors import PoolproofError


class UsageError(PoolproofError):
    """What was asked for cannot be done: an unknown target, a missing file, options at odds."""
