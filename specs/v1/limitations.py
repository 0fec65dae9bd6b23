"""What the first pool's interface can't guarantee: claims that are false of it, and that later pools keep."""

from __future__ import annotations

from harness.lang import Address, Call, Int, Play, Prop, implies, rule, scenario
from specs.common.queue import is_mature
from specs.v1.state import GREATEST_CAPACITY, LEAST_CAPACITY, Pool, slot_of


@scenario()
def capacity_is_what_was_declared_at_most(pool: Pool, play: Play[Pool], who: Address) -> Prop:
    """A slot never takes more blocks at once than its owner declared.

    The first pool stores no declared maximum: a release that no assignment went
    before raises the capacity. It never wraps, and the protocol alone can do it.
    """
    declared = play.any_number("declared", LEAST_CAPACITY, GREATEST_CAPACITY)
    amount = play.any_number("amount", 1, 2**32 - 1)
    protocol = play.any_number("protocol", 1, 2**160 - 1)

    entered = play.call("stake", amount, 1, declared, sender=who, at=play.now)
    released = play.call("releaseProver", who, sender=protocol, at=play.now)

    return implies(entered.call.succeeds, slot_of(released.after, who).current_capacity <= declared)


@rule("slashProver")
def mature_exit_is_out_of_reach(before: Pool, call: Call, after: Pool, prover: Int) -> Prop:
    """`slashProver` never touches an exit that is mature: these tokens are the staker's already.

    The first pool slashes all that is exiting, until it is withdrawn.
    """
    mine, then = before.exiting_provers[prover], after.exiting_provers[prover]
    return implies(is_mature(mine.requested_at, call.timestamp), then.amount == mine.amount)
