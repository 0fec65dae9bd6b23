"""What is true of the second pool alone, in every reachable state."""

from __future__ import annotations

from harness.lang import Prop, implies, invariant
from specs.common.seats import Slot
from specs.v2.state import Pool


@invariant(kills="exit_keeps_the_reward")
def empty_slot_asks_for_nothing(pool: Pool, slot: Slot) -> Prop:
    """A slot without an owner asks for no reward: its whole record is cleared.

    A reward that stayed would be the first thing that the next owner's weight is divided by.
    """
    return implies(pool.holder(slot) == 0, pool.seat(slot).reward_per_gas == 0)
