"""The token as a pool sees it: what it is asked to do, and what it then does."""

from __future__ import annotations

from harness.lang import Address, Call, ConcreteTable, ExternalCall, Int, Revert, Table, ite, record, replace

MINT = "mint(address,uint256)"
BURN = "burn(address,uint256)"
SUPPLY_BOUND = 2**256


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


@record
class Token:
    """The ERC-20 itself, in base units: who has how much, and how much there is."""

    balances: Table[Int]
    supply: Int


NO_TOKENS = Token(ConcreteTable(0), 0)


def after_mint(token: Token, to: Address, amount: Int) -> Token:
    """Return the token after `amount` were created for `to`; an ERC-6093 error or panic if it refuses."""
    if to == 0:
        raise Revert("ERC20InvalidReceiver", 0, by_callee=True)
    if token.supply + amount >= SUPPLY_BOUND:
        raise Revert("Panic", 0x11, by_callee=True)
    return Token(token.balances.put(to, token.balances[to] + amount), token.supply + amount)


def after_burn(token: Token, of: Address, amount: Int) -> Token:
    """Return the token after `amount` of `of` were destroyed; an ERC-6093 error where it refuses."""
    if of == 0:
        raise Revert("ERC20InvalidSender", 0, by_callee=True)
    balance = token.balances[of]
    if balance < amount:
        raise Revert("ERC20InsufficientBalance", of, balance, amount, by_callee=True)
    return Token(token.balances.put(of, balance - amount), token.supply - amount)


def after_call(token: Token, call: ExternalCall, allowed: bool) -> Token:
    """Return the token after a pool's call; `allowed`: its name may mint and burn."""
    if not allowed:
        raise Revert("RESOLVER_DENIED", by_callee=True)
    whose, amount = call.args
    move = after_mint if call.signature == MINT else after_burn
    return move(token, whose, amount)


def with_balance(token: Token, who: Address, balance: Int) -> Token:
    """Return the token with `who` having `balance`, the supply changed by as much."""
    supply = token.supply + balance - token.balances[who]
    return replace(token, balances=token.balances.put(who, balance), supply=supply)
