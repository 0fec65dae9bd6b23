"""What rules, relations and scenarios take for granted of the calls that they describe.

They say what a call does by itself. Invariants rest on neither of these: what a callee does when it calls
back keeps them (`harness.check.prove.reentry`), and a call without gas changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.check.prove.summary import VIEWS_ANSWER
from harness.symbolic.errors import Unsupported
from harness.symbolic.result import PostState

NOT_REENTERED = "calls_are_not_reentered"
"""The assumption (by name) that nobody calls the contract while it waits for another one."""

ENOUGH_GAS = "calls_have_enough_gas"
"""The assumption (by name) that a call doesn't fail for want of gas."""


def alone(result: PostState) -> frozenset[str]:
    """Return the assumption that nobody calls back where somebody could.

    Raises:
        Unsupported: where the contract calls itself, for then somebody does.
    """
    calls = [call for call in result.attempted if call.kind == "CALL"]
    for call in calls:
        if call.target is result.world.address:
            raise Unsupported("CALL", call.pc, "the contract calls itself, which only invariants allow for")
    return frozenset({NOT_REENTERED}) if calls else frozenset()


def answering(asked: Sequence[str]) -> frozenset[str]:
    """Return the assumption that views answer alike, where a claim itself asks any."""
    return frozenset({VIEWS_ANSWER}) if asked else frozenset()
