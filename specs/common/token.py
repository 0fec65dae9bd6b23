"""The token as a pool sees it: what it is asked to do."""

from __future__ import annotations

from harness.lang import Address, Call, ExternalCall, Int, ite

MINT = "mint(address,uint256)"
BURN = "burn(address,uint256)"
ONE_TKO = 10**8
"""Base units of one whole token."""


def mint(token: Address, to: Address, amount: Int) -> ExternalCall:
    """Return the call that creates `amount` base units for `to`."""
    return ExternalCall(token, MINT, (to, amount))


def burn(token: Address, of: Address, amount: Int) -> ExternalCall:
    """Return the call that destroys `amount` base units of `of`."""
    return ExternalCall(token, BURN, (of, amount))


def minted(call: Call, to: Address) -> Int:
    """Return how many base units the call had minted for `to`."""
    return call.sent(MINT, lambda receiver, amount: ite(receiver == to, amount, 0))


def burned(call: Call, of: Address) -> Int:
    """Return how many base units the call had burned of `of`."""
    return call.sent(BURN, lambda payer, amount: ite(payer == of, amount, 0))


def minted_in_all(call: Call) -> Int:
    """Return how many base units the call had minted, for whomever."""
    return call.sent(MINT, lambda _receiver, amount: amount)


def burned_in_all(call: Call) -> Int:
    """Return how many base units the call had burned, of whomever."""
    return call.sent(BURN, lambda _payer, amount: amount)
