"""What can be wrong with a report that is read back."""

from __future__ import annotations

from harness.errors import PoolproofError


class ReportError(PoolproofError):
    """A file that is not a report of this version; names the first thing that is wrong."""
