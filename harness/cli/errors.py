"""Wrong use of the command line, and how it ends without an answer."""

from __future__ import annotations

from harness.errors import PoolproofError

DEBUG = "POOLPROOF_DEBUG"
"""The variable of the environment that asks for tracebacks."""

INTERRUPTED = 130
"""The exit code after Ctrl-C: 128 + SIGINT, as shells have it."""


class UsageError(PoolproofError):
    """What was asked for cannot be done: an unknown target, a missing file, options at odds."""
