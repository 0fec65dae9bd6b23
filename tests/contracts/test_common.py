"""The registry, the token and what every pool inherits, on a chain."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.evm.deployment import Site
from harness.evm.outcome import Outcome
from tests.contracts.conftest import CHAIN, FUNDS, OWNER, PROTOCOL, RIVAL, STAKER, STRANGER

POOLS = ("v1", "v2", "v3")
NOWHERE = 0
UNAUTHORIZED = {"v1": "POOL_CALLER_NOT_AUTHORIZED", "v2": "UNAUTHORIZED", "v3": "UNAUTHORIZED"}
OTHER_CHAIN = CHAIN + 1


def name_of(text: str) -> int:
    return int.from_bytes(text.encode().ljust(32, b"\0"), "big")


def refused(outcome: Outcome) -> str:
    assert outcome.reverted is not None
    return outcome.reverted.name


@pytest.fixture
def site(deployed: Callable[[str], Site]) -> Site:
    return deployed("v3")


def test_only_the_owner_writes_the_registry(site: Site) -> None:
    entry = (OTHER_CHAIN, name_of("dao"), site.roles[STRANGER])

    stranger = site.call(site.roles[STRANGER], "setAddress", *entry, to="registry")
    owner = site.call(site.roles[OWNER], "setAddress", *entry, to="registry")

    assert refused(stranger) == "OwnableUnauthorizedAccount"
    assert [(event.name, event.args) for event in owner.events] == [("AddressSet", (*entry, NOWHERE))]
    assert site.view("getAddress", *entry[:2], to="registry") == site.roles[STRANGER]


def test_a_name_belongs_to_one_chain(site: Site) -> None:
    resolve = "resolve(uint256,bytes32,bool)"

    here = site.view(resolve, CHAIN, name_of("taiko"), False)
    there = site.call(site.roles[STRANGER], resolve, OTHER_CHAIN, name_of("taiko"), False)

    assert here == site.view("resolve(bytes32,bool)", name_of("taiko"), False) == site.roles[PROTOCOL]
    assert there.reverted is not None
    assert there.reverted[:2] == ("RESOLVER_ZERO_ADDR", (OTHER_CHAIN, name_of("taiko")))
    assert site.view(resolve, OTHER_CHAIN, name_of("taiko"), True) == NOWHERE


def test_only_the_owner_replaces_the_registry_and_not_by_nothing(site: Site) -> None:
    other = site.roles[RIVAL]

    assert (
        refused(site.call(site.roles[STRANGER], "setAddressManager", other)) == "OwnableUnauthorizedAccount"
    )
    assert refused(site.call(site.roles[OWNER], "setAddressManager", NOWHERE)) == "RESOLVER_INVALID_ADDR"

    done = site.call(site.roles[OWNER], "setAddressManager", other)
    assert [(event.name, event.args) for event in done.events] == [("AddressManagerChanged", (other,))]
    assert site.view("addressManager") == other


@pytest.mark.parametrize("name", POOLS)
def test_init_runs_once_and_never_on_the_implementation(name: str, deployed: Callable[[str], Site]) -> None:
    site = deployed(name)
    pool, registry, caller = site.contract(), site.address("registry"), site.roles[STRANGER]
    init = pool.abi.function("init").encode(registry)
    assert pool.implementation is not None

    again = site.decoded(site.chain.call(caller, pool.address, init))
    behind = site.decoded(site.chain.call(caller, pool.implementation, init))

    assert refused(again) == refused(behind) == "InvalidInitialization"
    assert site.view("owner") == site.roles[OWNER]


@pytest.mark.parametrize("name", POOLS)
def test_the_bare_implementation_has_no_protocol(name: str, deployed: Callable[[str], Site]) -> None:
    site = deployed(name)
    pool = site.contract()
    call = pool.abi.function("assignProver").encode(1, 1)
    assert pool.implementation is not None

    outcome = site.decoded(site.chain.call(site.roles[PROTOCOL], pool.implementation, call))

    assert refused(outcome) == "RESOLVER_INVALID_ADDR"


@pytest.mark.parametrize("name", POOLS)
def test_while_no_protocol_is_registered_nobody_is_it(name: str, deployed: Callable[[str], Site]) -> None:
    site = deployed(name)
    assert site.call(site.roles[PROTOCOL], "assignProver", 1, 1).returned == (NOWHERE, 0)

    site.call(site.roles[OWNER], "setAddress", CHAIN, name_of("taiko"), NOWHERE, to="registry")

    assert refused(site.call(site.roles[PROTOCOL], "assignProver", 1, 1)) == UNAUTHORIZED[name]


def test_the_token_has_8_decimals_and_what_was_minted_at_first(site: Site) -> None:
    assert site.view("decimals", to="token") == 8
    assert site.view("totalSupply", to="token") == 2 * FUNDS
    assert site.view("balanceOf", site.roles[RIVAL], to="token") == FUNDS


@pytest.mark.parametrize("name", ["taiko", "prover_pool", "dao", "erc20_vault"])
def test_four_names_mint_and_burn(name: str, site: Site) -> None:
    minter, staker = site.roles[STRANGER], site.roles[STAKER]
    assert refused(site.call(minter, "mint", staker, 1, to="token")) == "RESOLVER_DENIED"
    assert refused(site.call(minter, "burn", staker, 1, to="token")) == "RESOLVER_DENIED"

    site.call(site.roles[OWNER], "setAddress", CHAIN, name_of(name), minter, to="registry")

    assert site.call(minter, "mint", staker, 7, to="token").success
    assert site.call(minter, "burn", staker, 4, to="token").success
    assert site.view("balanceOf", staker, to="token") == FUNDS + 3


def test_other_names_do_not_mint(site: Site) -> None:
    minter = site.roles[STRANGER]
    for name in ("taiko_token", "proof_verifier", "prover_pool\0x"):
        site.call(site.roles[OWNER], "setAddress", CHAIN, name_of(name), minter, to="registry")

    assert refused(site.call(minter, "mint", minter, 1, to="token")) == "RESOLVER_DENIED"


def test_first_tokens_need_as_many_amounts_as_recipients(site: Site) -> None:
    token = site.contract("token")
    init = token.abi.function("init")
    fresh = site.chain.deploy(site.roles[OWNER], token.artifact.creation.bytecode)
    recipients = [site.roles[STAKER], site.roles[RIVAL]]

    for amounts, error in (([1], "TKO_INVALID_PREMINT_PARAMS"), ([1, 2, 3], "TKO_INVALID_PREMINT_PARAMS")):
        data = init.encode(site.address("registry"), "Taiko", "TKO", recipients, amounts)
        assert refused(site.decoded(site.chain.call(site.roles[OWNER], fresh, data), to="token")) == error


def test_a_token_without_a_registry_is_refused(site: Site) -> None:
    token = site.contract("token")
    fresh = site.chain.deploy(site.roles[OWNER], token.artifact.creation.bytecode)
    data = token.abi.function("init").encode(NOWHERE, "Taiko", "TKO", [], [])

    outcome = site.decoded(site.chain.call(site.roles[OWNER], fresh, data), to="token")

    assert refused(outcome) == "RESOLVER_INVALID_ADDR"
