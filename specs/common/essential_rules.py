"""What every pool's inherited functions do: ownership, the registry, the initialiser."""

from __future__ import annotations

from harness.lang import EVERY_FUNCTION, Call, Int, Prop, iff, implies, negate, rule
from specs.common.essential import AddressManagerChanged, Essential, OwnershipTransferred
from specs.common.frame import has_no_effect, only_changes
from specs.common.resolver import answer

RESOLVE_HERE = "resolve(bytes32,bool)"
RESOLVE_ON = "resolve(uint256,bytes32,bool)"


@rule("init", kills="init_runs_twice")
def nobody_initialises_again(before: Essential, call: Call, after: Essential) -> Prop:
    """`init` refuses everybody once it has run.

    The first caller became the owner; a second would take the pool over.
    """
    return call.reverts_with("InvalidInitialization")


@rule(EVERY_FUNCTION, kills="registry_set_by_anyone")
def only_the_owner_decides(before: Essential, call: Call, after: Essential) -> Prop:
    """Who owns the pool, and which registry it asks, changes by its owner's call only.

    The registry says who may slash and which token is paid in.
    """
    same = (before.owner == after.owner) & (before.address_manager == after.address_manager)
    return same | (call.sender == before.owner)


@rule("transferOwnership", kills="owner_may_be_nobody")
def owner_hands_over(before: Essential, call: Call, after: Essential, new_owner: Int) -> Prop:
    """`transferOwnership` succeeds iff the owner names somebody, and changes the owner alone.

    The zero address is refused: that is what `renounceOwnership` is for.
    """
    done = (
        (after.owner == new_owner)
        & only_changes(before, after, "owner")
        & call.emits_only(OwnershipTransferred(before.owner, new_owner))
    )
    return iff(call.succeeds, (call.sender == before.owner) & (new_owner != 0)) & implies(call.succeeds, done)


@rule("transferOwnership", kills="owner_may_be_nobody")
def hand_over_to_nobody_is_named_so(before: Essential, call: Call, after: Essential, new_owner: Int) -> Prop:
    """`transferOwnership` refuses the zero address as an invalid owner."""
    return implies(
        (call.sender == before.owner) & (new_owner == 0), call.reverts_with("OwnableInvalidOwner", 0)
    )


@rule("renounceOwnership", kills="renouncing_keeps_the_owner")
def owner_renounces(before: Essential, call: Call, after: Essential) -> Prop:
    """`renounceOwnership` succeeds iff the owner calls, and leaves the pool without one.

    Stakers don't need an owner: none of their functions asks for one.
    """
    done = (
        (after.owner == 0)
        & only_changes(before, after, "owner")
        & call.emits_only(OwnershipTransferred(before.owner, 0))
    )
    return iff(call.succeeds, call.sender == before.owner) & implies(call.succeeds, done)


@rule("setAddressManager", kills="registry_may_be_nobody")
def owner_chooses_the_registry(
    before: Essential, call: Call, after: Essential, new_address_manager: Int
) -> Prop:
    """`setAddressManager` succeeds iff the owner names a registry, and changes the registry alone.

    Naming none is refused: no name would resolve, so nobody could withdraw.
    """
    done = (
        (after.address_manager == new_address_manager)
        & only_changes(before, after, "address_manager")
        & call.emits_only(AddressManagerChanged(new_address_manager))
    )
    allowed = (call.sender == before.owner) & (new_address_manager != 0)
    return iff(call.succeeds, allowed) & implies(call.succeeds, done)


@rule("setAddressManager", kills="registry_may_be_nobody")
def no_registry_is_named_so(
    before: Essential, call: Call, after: Essential, new_address_manager: Int
) -> Prop:
    """`setAddressManager` refuses the zero address as an invalid one."""
    refused = (call.sender == before.owner) & (new_address_manager == 0)
    return implies(refused, call.reverts_with("RESOLVER_INVALID_ADDR"))


@rule("transferOwnership", "renounceOwnership", "setAddressManager", kills="registry_set_by_anyone")
def strangers_are_refused_by_name(before: Essential, call: Call, after: Essential) -> Prop:
    """Whoever does not own the pool is told so."""
    stranger = negate(call.sender == before.owner)
    return implies(stranger, call.reverts_with("OwnableUnauthorizedAccount", call.sender))


@rule("owner", kills="owner_is_whoever_asks")
def owner_is_told(before: Essential, call: Call, after: Essential) -> Prop:
    """`owner` returns the owner and changes nothing."""
    told: Prop = call.returned() == before.owner
    return told & call.succeeds & has_no_effect(before, call, after)


@rule("addressManager", kills="registry_misreported")
def registry_is_told(before: Essential, call: Call, after: Essential) -> Prop:
    """`addressManager` returns the registry and changes nothing."""
    told: Prop = call.returned() == before.address_manager
    return told & call.succeeds & has_no_effect(before, call, after)


def _resolves(before: Essential, call: Call, chain_id: Int, name: Int, allow_zero: Int) -> Prop:
    found = answer(before.address_manager, call.env, chain_id, name)
    allowed = (found != 0) | (allow_zero != 0)
    return (
        iff(call.succeeds, allowed & call.accepted)
        & implies(call.succeeds, call.returned() == found)
        & implies(negate(allowed) & call.accepted, call.reverts_with("RESOLVER_ZERO_ADDR", chain_id, name))
    )


@rule(RESOLVE_HERE, kills=("resolve_for_mainnet_only", "resolve_allows_nobody"))
def name_resolves_on_this_chain(
    before: Essential, call: Call, after: Essential, name: Int, allow_zero_address: Int
) -> Prop:
    """`resolve` returns what the registry has for a name on this chain, and refuses 0 unless allowed."""
    return _resolves(before, call, call.env.chain_id, name, allow_zero_address)


@rule(RESOLVE_ON, kills="resolve_ignores_the_chain")
def name_resolves_on_any_chain(
    before: Essential, call: Call, after: Essential, chain_id: Int, name: Int, allow_zero_address: Int
) -> Prop:
    """`resolve` for a chain returns what the registry has there, and refuses nothing unless allowed."""
    return _resolves(before, call, chain_id, name, allow_zero_address)


@rule(RESOLVE_HERE, RESOLVE_ON, kills="resolving_leaves_a_trace")
def resolving_changes_nothing(before: Essential, call: Call, after: Essential) -> Prop:
    """Resolving a name changes nothing and announces nothing."""
    return has_no_effect(before, call, after)
