"""What is true of every pool between two calls: it is initialised, its guard is open, it has a registry."""

from __future__ import annotations

from harness.lang import Prop, invariant
from specs.common.essential import NOT_ENTERED, Essential


@invariant(kills="init_runs_twice")
def initialised_for_good(pool: Essential) -> Prop:
    """The initialiser has run, and is not running.

    Whoever could run it again would own the pool and choose its registry, and
    with it who may slash.
    """
    return (pool.initialized == 1) & (pool.initializing == 0)


@invariant(kills="guard_left_closed", between_calls=True)
def guard_is_open(pool: Essential) -> Prop:
    """Between two calls the guard against re-entry is open.

    A guard that stayed closed would lock every staker's tokens in.
    """
    return pool.status == NOT_ENTERED


@invariant(kills="registry_may_be_nobody")
def registry_is_set(pool: Essential) -> Prop:
    """The pool always has a registry.

    Without one neither the protocol nor the token has an address.
    """
    return pool.address_manager != 0
