"""The specification of the vault, with its model: a target as small as one can be."""

from __future__ import annotations

from typing import Annotated

from harness.lang import (
    EVERY_FUNCTION,
    Address,
    Assumption,
    Call,
    Companion,
    ConcreteTable,
    Domain,
    Env,
    ExternalCall,
    Hints,
    Int,
    Invariant,
    Model,
    Prop,
    Revert,
    Rule,
    Spec,
    Step,
    Table,
    collect,
    iff,
    implies,
    invariant,
    ite,
    maximum,
    negate,
    record,
    replace,
    rule,
    total,
    transition,
    transitions_of,
    unchanged,
    within,
)
from harness.lang.deployment import Contract, Deployment, Ref

DELAY, LEAST = 86_400, 100
PLACES = 20
SOURCE = "tests/toys/vault/Vault.sol:Vault"
SAVERS = tuple(f"saver_{number}" for number in range(1, 6))

Place = Annotated[Int, Domain("place", 0, PLACES - 1)]


@record
class Account:
    amount: Int = 0
    since: Int = 0
    frozen: Int = 0


@record
class Vault:
    coin: Address
    keeper: Address
    total: Int
    accounts: Table[Account]
    visits: Table[Int]
    paid_in: Int
    paid_out: Int


@record
class Deposited:
    who: Address
    amount: Int


@record
class Withdrawn:
    who: Address
    amount: Int


@record
class Coin:
    balances: Table[Int]
    supply: Int


@record
class Moved:
    who: Address
    amount: Int
    inwards: Int


TAKE, GIVE = "take(address,uint256)", "give(address,uint256)"


@transition(signature=TAKE)
def take(coin: Coin, env: Env, who: Address, amount: Int) -> Step[Coin]:
    has = coin.balances[who]
    if has < amount:
        raise Revert("Poor", who, has, by_callee=True)
    poorer = Coin(coin.balances.put(who, has - amount), coin.supply - amount)
    return Step(poorer, events=(Moved(who, amount, 0),))


@transition(signature=GIVE)
def give(coin: Coin, env: Env, who: Address, amount: Int) -> Step[Coin]:
    richer = Coin(coin.balances.put(who, coin.balances[who] + amount), coin.supply + amount)
    return Step(richer, events=(Moved(who, amount, 1),))


@transition
def deposit(vault: Vault, env: Env, amount: Int) -> Step[Vault]:
    if amount < LEAST:
        raise Revert("TooLittle")
    account = vault.accounts[env.sender]
    if maximum(account.amount, vault.total) + amount >= 2**64:
        raise Revert("Panic", 0x11)
    more = replace(account, amount=account.amount + amount, since=env.timestamp % 2**40)
    return Step(
        replace(vault, accounts=vault.accounts.put(env.sender, more), total=vault.total + amount),
        events=(Deposited(env.sender, amount),),
        calls=(ExternalCall(vault.coin, TAKE, (env.sender, amount)),),
    )


@transition
def withdraw(vault: Vault, env: Env) -> Step[Vault]:
    account = vault.accounts[env.sender]
    if account.frozen != 0:
        raise Revert("Frozen")
    if env.timestamp < account.since + DELAY:
        raise Revert("TooEarly", account.since + DELAY)
    if vault.total < account.amount:
        raise Revert("Panic", 0x11)
    calls = (ExternalCall(vault.coin, GIVE, (env.sender, account.amount)),) if account.amount != 0 else ()
    emptied = replace(
        vault, accounts=vault.accounts.put(env.sender, Account()), total=vault.total - account.amount
    )
    return Step(emptied, events=(Withdrawn(env.sender, account.amount),), calls=calls)


@transition
def freeze(vault: Vault, env: Env, who: Address, frozen: Int) -> Step[Vault]:
    if env.sender != vault.keeper:
        raise Revert("NotKeeper")
    account = replace(vault.accounts[who], frozen=frozen)
    return Step(replace(vault, accounts=vault.accounts.put(who, account)))


@transition
def visit(vault: Vault, env: Env, place: Int) -> Step[Vault]:
    if place >= PLACES:
        raise Revert("Error", "no such place")  # type: ignore[arg-type]  # a reason is a text
    times = vault.visits[place] + 1
    if times == 2**16:
        raise Revert("Panic", 0x11)
    visits = vault.visits.put(place, times)
    return Step(replace(vault, visits=visits), returns=(tuple(visits[one] for one in range(3)), times))


def ledgers(before: Vault, call: Call, after: Vault) -> dict[str, Int]:
    return {
        "paid_in": before.paid_in + call.sent(TAKE, lambda _who, amount: amount),
        "paid_out": before.paid_out + call.sent(GIVE, lambda _who, amount: amount),
    }


@invariant()
def total_is_the_sum(vault: Vault) -> Prop:
    """The total is what all accounts hold."""
    return vault.total == total(vault.accounts, lambda account: account.amount)


@invariant()
def money_is_accounted_for(vault: Vault) -> Prop:
    """What was paid in and not out is in the vault."""
    return vault.total == vault.paid_in - vault.paid_out


@invariant()
def savings_have_a_date(vault: Vault, who: Address) -> Prop:
    """Whoever saved anything did so at a time.

    Otherwise it could be withdrawn at once.
    """
    account = vault.accounts[who]
    return implies(account.amount != 0, account.since != 0)


@invariant()
def frozen_is_yes_or_no(vault: Vault, who: Address) -> Prop:
    """Whether an account is frozen is stored as 0 or 1."""
    return vault.accounts[who].frozen <= 1


@invariant()
def places_are_counted(vault: Vault, place: Place) -> Prop:
    """No place has a negative number of visits."""
    return vault.visits[place] >= 0


@rule("withdraw")
def withdraw_pays_what_is_there(before: Vault, call: Call, after: Vault) -> Prop:
    """`withdraw` pays exactly what the caller's account holds, once it is open and not frozen."""
    mine = before.accounts[call.sender]
    opened = (call.timestamp >= mine.since + DELAY) & (mine.frozen == 0)
    paid = call.sent(GIVE, lambda who, amount: ite(who == call.sender, amount, 0))
    done = (paid == mine.amount) & call.emits_only(Withdrawn(call.sender, mine.amount))
    covered = mine.amount <= before.total
    return iff(call.succeeds, opened & covered & call.accepted) & implies(call.succeeds, done)


@rule("deposit")
def little_is_refused(before: Vault, call: Call, after: Vault, amount: Int) -> Prop:
    """`deposit` of less than the least is refused by name."""
    return implies(amount < LEAST, call.reverts_with("TooLittle"))


@rule(EVERY_FUNCTION)
def others_are_left_alone(before: Vault, call: Call, after: Vault) -> Prop:
    """Only the keeper touches an account that is not the caller's."""
    keeper = call.sender == before.keeper
    return keeper | unchanged(before.accounts, after.accounts, besides=[call.sender])


@rule("freeze")
def only_the_keeper_freezes(before: Vault, call: Call, after: Vault) -> Prop:
    """`freeze` succeeds for the keeper only."""
    return iff(call.succeeds, call.sender == before.keeper) & implies(
        negate(call.succeeds), call.reverts_with("NotKeeper")
    )


def _time_fits(before: Vault, call: Call) -> Prop:
    return within(call.timestamp, 1, 2**40 - 1)


TIME_FITS = Assumption(
    name="time_fits",
    sentence="A block's time is at least 1 and fits 40 bits.",
    reason="The vault stores times in 40 bits, and 0 stands for `nothing was saved`.",
    discharged_by="the chain: its time is in seconds since 1970; 40 bits last 34 thousand years",
    predicate=_time_fits,
)

BEFORE = Vault(0, 0, 0, ConcreteTable(Account()), ConcreteTable(0), 0, 0)

_MODULE = __import__("sys").modules[__name__]

SPEC = Spec(
    name="vault",
    title="A toy vault",
    model=Model(
        state=Vault,
        initial=BEFORE,
        transitions=tuple(one for one in transitions_of(_MODULE) if one.signature is None),
        constants={"DELAY": DELAY, "LEAST": LEAST},
        ghosts=("paid_in", "paid_out"),
        ghost=ledgers,
    ),
    invariants=collect(Invariant, [_MODULE]),
    rules=collect(Rule, [_MODULE]),
    assumptions=(TIME_FITS,),
    deployment=Deployment(
        roles=("keeper", "stranger", *SAVERS),
        contracts=(
            Contract("coin", "tests/toys/vault/Vault.sol:Coin", (tuple(map(Ref, SAVERS)), 10**15)),
            Contract("vault", None, (Ref("coin"), Ref("keeper"))),
        ),
    ),
    companions=(Companion("coin", Coin, (take, give)),),
    hints=Hints(callers={"freeze": ("keeper",), "deposit": ("saver",), "withdraw": ("saver",)}),
)
