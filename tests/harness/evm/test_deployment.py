"""A recipe is carried out with real contracts, and what fails is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.evm.decoded import EmittedEvent
from harness.evm.deployment import FIRST_ROLE, IMPLEMENTATION_SLOT, Artifacts, Site, deploy
from harness.evm.errors import EvmError
from harness.lang.deployment import Contract, Ref, Setup
from specs.common.deployment import CHAIN_ID, pool_deployment

RECIPE = pool_deployment(premint=10**17)


@pytest.fixture
def site(pool_artifacts: Artifacts) -> Site:
    return deploy(RECIPE, pool_artifacts)


def test_the_target_is_behind_a_proxy_and_belongs_to_the_first_role(site: Site) -> None:
    pool = site.contract()
    assert pool.name == "pool"
    assert site.chain.read(pool.address, IMPLEMENTATION_SLOT) == pool.implementation
    assert site.view("owner") == site.roles["owner"] == FIRST_ROLE
    assert site.view("addressManager") == site.address("address_manager")


def test_the_implementation_cannot_be_initialised(site: Site) -> None:
    pool = site.contract()
    assert pool.implementation is not None
    data = pool.abi.function("init").encode(1)
    assert site.decoded(site.chain.call(5, pool.implementation, data)).reverted == (
        "InvalidInitialization",
        (),
        bytes.fromhex("f92ee8a9"),
    )


def test_names_are_registered_and_tokens_minted(site: Site) -> None:
    assert site.view("resolve(bytes32,bool)", b"taiko", False) == site.roles["protocol"]
    assert site.view("getAddress", CHAIN_ID, b"prover_pool", to="address_manager") == site.address("pool")
    assert site.view("balanceOf", site.roles["staker_7"], to="taiko_token") == 10**17


def test_events_of_all_contracts_are_decoded_in_order(site: Site) -> None:
    staker = site.roles["staker_1"]
    outcome = site.call(staker, "stake", 10**15, 5, 100)
    assert outcome.events == (
        EmittedEvent("Staked", (staker, 10**15, 5, 100), site.address("pool")),
        EmittedEvent("Transfer", (staker, 0, 10**15), site.address("taiko_token")),
    )
    assert [event.name for event in outcome.events_of(site.address("taiko_token"))] == ["Transfer"]


def test_a_callees_error_is_named(site: Site) -> None:
    outcome = site.call(site.roles["stranger"], "stake", 10**15, 5, 100)
    assert outcome.reverted is not None
    assert outcome.reverted.name == "ERC20InsufficientBalance"
    assert outcome.reverted.args == (site.roles["stranger"], 0, 10**15)
    assert outcome.events == ()


def test_storage_paths_may_name_roles(site: Site) -> None:
    site.call(site.roles["staker_1"], "stake", 10**15, 5, 100)
    storage = site.storage()
    assert storage.read("stakers[staker_1].maxCapacity") == 100
    storage.load({"stakers[staker_2].exitAmount": 12, "provers[2].stakedAmount": 34})
    assert site.view("getStaker", site.roles["staker_2"])[0][1] == 12
    assert site.storage("taiko_token").read("balances[staker_1]") == 10**17 - 10**15


def test_a_snapshot_takes_the_site_back(site: Site) -> None:
    with site.chain.rolled_back():
        site.call(site.roles["staker_1"], "stake", 10**15, 5, 100)
    assert site.storage().read("provers[1].stakedAmount") == 0
    assert site.view("balanceOf", site.roles["staker_1"], to="taiko_token") == 10**17


def test_every_address_has_a_name(site: Site) -> None:
    assert site.names[site.roles["stranger"]] == "stranger"
    assert site.names[site.address("pool")] == "pool"


def test_an_unknown_role_or_contract_is_named(site: Site) -> None:
    with pytest.raises(EvmError, match="no role or contract `nobody`; it has owner, protocol"):
        site.address("nobody")
    with pytest.raises(EvmError, match="no contract `nothing`; it has address_manager, taiko_token, pool"):
        site.view("owner", to="nothing")


def test_a_failing_initialiser_is_an_error_with_its_reason(pool_artifacts: Artifacts) -> None:
    *others, pool = RECIPE.contracts
    zero_registry = replace(RECIPE, contracts=(*others, Contract("pool", None, init=("init", (0,)))))
    assert pool.init is not None
    with pytest.raises(
        EvmError, match=r"deploying pool \(proxy and init\) failed: RESOLVER_INVALID_ADDR\(\)"
    ):
        deploy(zero_registry, pool_artifacts)


def test_a_failing_setup_call_is_an_error_with_its_reason(pool_artifacts: Artifacts) -> None:
    step = Setup("stranger", "address_manager", "setAddress", (CHAIN_ID, b"taiko", Ref("stranger")))
    with pytest.raises(EvmError, match=r"setAddress by stranger failed: OwnableUnauthorizedAccount"):
        deploy(replace(RECIPE, setup=(step,)), pool_artifacts)
