"""The queue of exits: what left a slot waits for a period before it is paid out."""

from __future__ import annotations

from harness.lang import Int, Prop

EXIT_PERIOD = 7 * 24 * 60 * 60
"""Seconds that what left a slot stays slashable: one week."""


def is_mature(requested_at: Int, now: Int) -> Prop:
    """Return that an exit was requested and its period is over; the boundary second is still locked."""
    return (requested_at != 0) & (now > requested_at + EXIT_PERIOD)


def is_waiting(requested_at: Int, now: Int) -> Prop:
    """Return that an exit was requested and can still be slashed."""
    return (requested_at != 0) & (now <= requested_at + EXIT_PERIOD)
