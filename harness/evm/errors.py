"""What can go wrong around the EVM itself (a call that reverts is an outcome, not an error)."""

from __future__ import annotations

from harness.errors import PoolproofError


class EvmError(PoolproofError):
    """A request the chain cannot carry out: a failing deployment, an unknown label, missing funds."""


class DeploymentError(EvmError):
    """A contract of a recipe cannot be deployed, or one of the calls that set it up fails."""


class EvmDefect(EvmError):
    """The EVM library itself panicked or misbehaves; the chain must not be used any more."""
