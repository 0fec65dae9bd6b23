"""What every pool inherits: an owner, a registry, an initialiser that runs once, a guard against re-entry."""

from __future__ import annotations

from typing import TypeVar

from harness.lang import Address, Env, Int, Prop, Revert, Step, Word, record, replace, transition
from specs.common.resolver import lookup, resolved

NOT_ENTERED = 1
ENTERED = 2


@record
class Essential:
    """The inherited part of a pool's storage; `initialized` is the version, `status` the guard's."""

    owner: Address
    address_manager: Address
    initialized: Int
    initializing: Int
    status: Int


E = TypeVar("E", bound=Essential)


@record
class OwnershipTransferred:
    """The pool has another owner (0: none, for ever)."""

    previous_owner: Address
    new_owner: Address


@record
class Initialized:
    """The initialiser of this version has run."""

    version: Int


@record
class AddressManagerChanged:
    """The pool resolves names with another registry."""

    address_manager: Address


def enter(pool: E) -> E:
    """Pass the guard against re-entry; return the pool as the guard leaves it when the call is over."""
    if pool.status == ENTERED:
        raise Revert("ReentrancyGuardReentrantCall")
    return replace(pool, status=NOT_ENTERED)


def only_owner(pool: Essential, env: Env) -> None:
    """Refuse whoever does not own the pool."""
    if env.sender != pool.owner:
        raise Revert("OwnableUnauthorizedAccount", env.sender)


@transition
def init(pool: E, env: Env, address_manager: Address) -> Step[E]:
    """Give the pool its first owner, the caller, and its registry; once."""
    if (pool.initialized != 0) | (pool.initializing != 0):
        raise Revert("InvalidInitialization")
    if env.sender == 0:
        raise Revert("OwnableInvalidOwner", 0)
    if address_manager == 0:
        raise Revert("RESOLVER_INVALID_ADDR")

    started = replace(
        pool, owner=env.sender, address_manager=address_manager, initialized=1, status=NOT_ENTERED
    )
    return Step(started, events=(OwnershipTransferred(pool.owner, env.sender), Initialized(1)))


@transition
def owner(pool: E, env: Env) -> Step[E]:
    """Return who owns the pool."""
    return Step(pool, returns=(pool.owner,))


@transition
def transfer_ownership(pool: E, env: Env, new_owner: Address) -> Step[E]:
    """Give the pool to someone else."""
    only_owner(pool, env)
    if new_owner == 0:
        raise Revert("OwnableInvalidOwner", 0)

    return Step(replace(pool, owner=new_owner), events=(OwnershipTransferred(pool.owner, new_owner),))


@transition
def renounce_ownership(pool: E, env: Env) -> Step[E]:
    """Leave the pool without an owner."""
    only_owner(pool, env)

    return Step(replace(pool, owner=0), events=(OwnershipTransferred(pool.owner, 0),))


@transition
def address_manager(pool: E, env: Env) -> Step[E]:
    """Return the registry that the pool resolves names with."""
    return Step(pool, returns=(pool.address_manager,))


@transition
def set_address_manager(pool: E, env: Env, new_address_manager: Address) -> Step[E]:
    """Resolve names with another registry from now on."""
    only_owner(pool, env)
    if new_address_manager == 0:
        raise Revert("RESOLVER_INVALID_ADDR")

    changed = replace(pool, address_manager=new_address_manager)
    return Step(changed, events=(AddressManagerChanged(new_address_manager),))


def _resolve(pool: E, env: Env, chain_id: Word, name: Word, allow_zero: Prop) -> Step[E]:
    if allow_zero:
        return Step(pool, returns=(lookup(pool.address_manager, env, chain_id, name),))
    return Step(pool, returns=(resolved(pool.address_manager, env, chain_id, name),))


@transition(signature="resolve(bytes32,bool)")
def resolve_here(pool: E, env: Env, name: Word, allow_zero_address: Int) -> Step[E]:
    """Return what a name stands for on this chain."""
    return _resolve(pool, env, env.chain_id, name, allow_zero_address != 0)


@transition(signature="resolve(uint256,bytes32,bool)")
def resolve_on(pool: E, env: Env, chain_id: Word, name: Word, allow_zero_address: Int) -> Step[E]:
    """Return what a name stands for on any chain."""
    return _resolve(pool, env, chain_id, name, allow_zero_address != 0)
