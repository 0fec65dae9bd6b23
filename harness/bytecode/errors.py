"""What can go wrong when control flow is recovered."""

from __future__ import annotations

from harness.errors import PoolproofError


class BytecodeError(PoolproofError):
    """The code's control flow could not be recovered; the message names the pc and the reason."""
