"""Claims that each generation makes with its own names: seats, empty slots, and where every token is."""

from __future__ import annotations

from harness.lang import Address, Int, Prop, implies


def seat_is_mutual(owner: Address, own_seat: Int, seat: Int) -> Prop:
    """Return that the owner of `seat`, if any, has this seat for its own.

    As an address has one seat of its own, no address then owns two seats.
    """
    return implies(owner != 0, own_seat == seat)


def is_vacant(owner: Address, stake: Int, capacity: Int) -> Prop:
    """Return that where nobody is, nothing is staked and no block can be taken."""
    return implies(owner == 0, (stake == 0) & (capacity == 0))


def balanced(held: Int, minted: Int, burned: Int) -> Prop:
    """Return that what was burned is held (staked, exiting or slashed) or was minted back; in base units."""
    return held + minted == burned
