"""Names: how a pool finds the protocol and the token through its registry."""

from __future__ import annotations

from harness.lang import Address, Env, Prop, Revert, Word

GET_ADDRESS = "getAddress(uint256,bytes32)"
VIEWS = {GET_ADDRESS: 160}
"""What a pool asks its registry, and the width of the answer in bits."""


def name_word(text: str) -> int:
    """Return `text` as the bytes32 that Solidity makes of a short string literal."""
    return int.from_bytes(text.encode().ljust(32, b"\0"), "big")


PROTOCOL = name_word("taiko")
TOKEN = name_word("taiko_token")


def answer(registry: Address, env: Env, chain_id: Word, name: Word) -> Address:
    """Return what `registry`, which must be one, has for a name; for properties, which can't branch."""
    return env.world.ask(registry, GET_ADDRESS, chain_id, name)


def lookup(registry: Address, env: Env, chain_id: Word, name: Word) -> Address:
    """Return what `registry` has for a name of a chain, 0 if nothing; refuses where there is no registry."""
    if registry == 0:
        raise Revert("RESOLVER_INVALID_ADDR")
    return answer(registry, env, chain_id, name)


def resolved(registry: Address, env: Env, chain_id: Word, name: Word) -> Address:
    """Return the address that a name stands for; refuses where it stands for none."""
    found = lookup(registry, env, chain_id, name)
    if found == 0:
        raise Revert("RESOLVER_ZERO_ADDR", chain_id, name)
    return found


def protocol(registry: Address, env: Env) -> Address:
    """Return who may assign, release and slash (0 while the registry names nobody)."""
    return lookup(registry, env, env.chain_id, PROTOCOL)


def token(registry: Address, env: Env) -> Address:
    """Return the token that stakes are paid in."""
    return resolved(registry, env, env.chain_id, TOKEN)


def only_from_protocol(registry: Address, env: Env, error: str) -> None:
    """Refuse with `error` whoever is not the protocol."""
    if env.sender != protocol(registry, env):
        raise Revert(error)


def is_protocol(registry: Address, env: Env) -> Prop:
    """Return that the caller is the one that the registry calls the protocol."""
    return env.sender == answer(registry, env, env.chain_id, PROTOCOL)


def token_is_named(registry: Address, env: Env) -> Prop:
    """Return that the registry names a token."""
    return answer(registry, env, env.chain_id, TOKEN) != 0
