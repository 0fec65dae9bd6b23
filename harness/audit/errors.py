"""What can go wrong in an audit."""

from __future__ import annotations

from harness.errors import PoolproofError


class AuditError(PoolproofError):
    """The tree cannot be analysed, or the baseline cannot be read."""
