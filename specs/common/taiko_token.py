"""The token itself, executable as far as a pool uses it."""

from __future__ import annotations

from harness.lang import (
    Address,
    Companion,
    Env,
    Int,
    Revert,
    Step,
    Table,
    any_of,
    record,
    replace,
    transition,
)
from specs.common.numbers import checked
from specs.common.resolver import lookup, name_word
from specs.common.token import BURN, MINT

MINTERS = tuple(name_word(name) for name in ("taiko", "prover_pool", "dao", "erc20_vault"))
"""The names that may mint and burn."""


@record
class TaikoToken:
    """Who has how many base units, how many there are, and the registry of those who may mint."""

    address_manager: Address
    balances: Table[Int]
    total_supply: Int


@record
class Transfer:
    """Tokens moved; from or to the zero address where they were created or destroyed."""

    source: Address
    to: Address
    value: Int


def only_minters(token: TaikoToken, env: Env) -> None:
    """Refuse whoever bears none of the names that may mint and burn."""
    bearers = [lookup(token.address_manager, env, env.chain_id, name) for name in MINTERS]
    if any_of(env.sender == bearer for bearer in bearers):
        return
    raise Revert("RESOLVER_DENIED", by_callee=True)


@transition(signature=MINT)
def mint(token: TaikoToken, env: Env, to: Address, amount: Int) -> Step[TaikoToken]:
    """Create `amount` for `to`."""
    only_minters(token, env)
    if to == 0:
        raise Revert("ERC20InvalidReceiver", 0, by_callee=True)

    supply = checked(token.total_supply + amount, 256, by_callee=True)
    balances = token.balances.put(to, token.balances[to] + amount)
    return Step(replace(token, balances=balances, total_supply=supply), events=(Transfer(0, to, amount),))


@transition(signature=BURN)
def burn(token: TaikoToken, env: Env, of: Address, amount: Int) -> Step[TaikoToken]:
    """Destroy `amount` of `of`."""
    only_minters(token, env)
    if of == 0:
        raise Revert("ERC20InvalidSender", 0, by_callee=True)
    balance = token.balances[of]
    if balance < amount:
        raise Revert("ERC20InsufficientBalance", of, balance, amount, by_callee=True)

    balances = token.balances.put(of, balance - amount)
    burned = replace(token, balances=balances, total_supply=token.total_supply - amount)
    return Step(burned, events=(Transfer(of, 0, amount),))


TAIKO_TOKEN = Companion(contract="taiko_token", state=TaikoToken, calls=(mint, burn))
