"""Hints for calls at random: who is meant to call what, and at which second something changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.lang import ConcreteTable, Hints
from specs.common.queue import EXIT_PERIOD

PROTOCOL_CALLS = ("assignProver", "releaseProver", "slashProver")
OWNER_CALLS = ("transferOwnership", "renounceOwnership", "setAddressManager")
STAKER_CALLS = ("stake", "exit", "withdraw")
OFTEN = {
    "stake": 4.0,
    "exit": 1.5,
    "withdraw": 1.5,
    "slashProver": 2.0,
    "init": 0.2,
    **dict.fromkeys(OWNER_CALLS, 0.06),  # most things are refused once the pool has a registry that is none
}


def pool_hints(exits: str, requested_at: str, *delays: int) -> Hints:
    """Return hints for a pool whose table `exits` holds the time of a request in the field `requested_at`.

    Something becomes possible the exit period, and each of `delays`, after a request.
    """

    periods = EXIT_PERIOD, *delays

    def deadlines(pool: Any) -> Iterator[int]:
        table = getattr(pool, exits)
        assert isinstance(table, ConcreteTable), "deadlines are for states of plain numbers"
        for exit_record in table.records.values():
            asked = getattr(exit_record, requested_at)
            if asked != 0:
                for period in periods:
                    yield asked + period

    callers = {
        **dict.fromkeys(STAKER_CALLS, ("staker",)),
        **dict.fromkeys(PROTOCOL_CALLS, ("protocol",)),
        **dict.fromkeys(OWNER_CALLS, ("owner",)),
    }
    return Hints(callers=callers, often=OFTEN, deadlines=deadlines)


def seat_hints(*delays: int) -> Hints:
    """Return hints for a pool of seats."""
    return pool_hints("stakers", "exit_requested_at", *delays)
