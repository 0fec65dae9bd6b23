"""What a user can get wrong about equivalence."""

from __future__ import annotations

from harness.errors import PoolproofError


class EquivError(PoolproofError):
    """A model and a contract that can't be compared; the message says why."""
