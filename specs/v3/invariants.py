"""What is true of the third pool alone, in every reachable state."""

from __future__ import annotations

from typing import Annotated

from harness.lang import Domain, Int, Prop, implies, invariant, same_record
from specs.common.seats import MAX_NUM_PROVERS, NOTHING, Slot
from specs.v3.state import ARRAY_LENGTH, Pool

UnusedIndex = Annotated[Int, Domain("unused index", MAX_NUM_PROVERS + 1, ARRAY_LENGTH - 1)]


@invariant(kills="exit_keeps_the_reward")
def empty_slot_asks_for_one_at_most(pool: Pool, slot: Slot) -> Prop:
    """A slot without an owner asks for nothing, or for the 1 it keeps after an exit.

    What the last owner asked for is of no consequence for the next.
    """
    vacant = pool.prover_id_to_address[slot] == 0
    return implies(vacant, pool.provers[slot].reward_per_gas <= 1)


@invariant(kills="slot_zero_used")
def index_zero_is_unused(pool: Pool) -> Prop:
    """`provers[0]` stays zero for ever.

    An id of 0 means `not in the pool`; a stake there would belong to everybody outside.
    """
    return same_record(pool.provers[0], NOTHING)


@invariant(kills="thirty_third_slot_used")
def indices_beyond_the_slots_are_unused(pool: Pool, index: UnusedIndex) -> Prop:
    """`provers[33..1023]` stay zero for ever.

    The lottery and every sum run over 1..32; a stake beyond would count for nothing.
    """
    return same_record(pool.provers[index], NOTHING)
