"""What cannot be brought to the EVM."""

from __future__ import annotations

from harness.errors import PoolproofError


class Unrealisable(PoolproofError):
    """A model speaks of something that no state, calldata or callee of ours can be made to show."""
