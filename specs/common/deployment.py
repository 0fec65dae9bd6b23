"""How a pool is put on a chain: real registry, real token, people who hold some, the names it resolves."""

from __future__ import annotations

from harness.lang.deployment import Contract, Deployment, Ref, Setup

CHAIN_ID = 167_000
"""Not 1: who takes that for granted is found out."""

STAKERS = tuple(f"staker_{number}" for number in range(1, 41))
"""More people than seats, so that someone is always displaced."""

RICH = 10
"""So many of them can be richer than the others."""

ROLES = ("owner", "protocol", "stranger", *STAKERS)

REGISTERED = {"taiko": "protocol", "taiko_token": "taiko_token", "prover_pool": "pool"}
"""The names that pool and token resolve, and who bears them."""


def pool_deployment(premint: int, richest: int | None = None) -> Deployment:
    """Return the recipe for a pool whose stakers each start with `premint` base units of the token.

    The first ten have as many as `richest` instead, if that is given: products with them are great.
    """
    token = (
        Ref("address_manager"),
        "Taiko Token",
        "TKO",
        tuple(Ref(staker) for staker in STAKERS),
        (richest or premint,) * RICH + (premint,) * (len(STAKERS) - RICH),
    )
    return Deployment(
        roles=ROLES,
        contracts=(
            Contract(
                "address_manager", "contracts/common/AddressManager.sol:AddressManager", init=("init", ())
            ),
            Contract("taiko_token", "contracts/common/TaikoToken.sol:TaikoToken", init=("init", token)),
            Contract("pool", None, init=("init", (Ref("address_manager"),))),
        ),
        setup=tuple(
            Setup("owner", "address_manager", "setAddress", (CHAIN_ID, name, Ref(bearer)))
            for name, bearer in REGISTERED.items()
        ),
        chain_id=CHAIN_ID,
    )
