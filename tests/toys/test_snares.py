"""More contracts written against the prover: what is false of them, and was once proved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pytest

from harness.check.prove.tasks import ProveError
from harness.check.prove.undisturbed import ENOUGH_GAS, NOT_REENTERED
from harness.check.prove.vacuity import EFFECTS
from harness.check.verdict import Outcome
from harness.check.views import BindingError
from harness.compiler import Project, Settings, compile_many
from harness.lang import (
    Assumption,
    ConcreteTable,
    Domain,
    Int,
    Prop,
    Relation,
    Run,
    Spec,
    Table,
    implies,
    invariant,
    negate,
    record,
    relation,
    rule,
    scenario,
)
from harness.symbolic.decoding import KECCAK
from tests.toys.claims import spec, verdict

HERE = Path(__file__).parent
CONTRACTS = (
    "WideArguments", "Codes", "ShrinkingArray", "OddKeys", "Neighbours", "Mumbling", "Till",
    "Stillborn", "Changeling", "Callers", "Hopeful", "Sealed", "Impatient",
)  # fmt: skip

NUMBERS: ConcreteTable[Int] = ConcreteTable(0)
BelowZero = Annotated[Int, Domain("key", -5, -1)]
Behind = Annotated[Int, Domain("index", 4, 5)]


@record
class Owned:
    owner: Int = 7


@record
class Keeping:
    kept: Int = 0
    owner: Int = 7


@record
class Keyed:
    values: Table[Int] = NUMBERS


@record
class NamedKeys:
    named: Table[Int] = NUMBERS


@record
class Cells:
    cells: Table[Int] = NUMBERS


@record
class Takings:
    taken: Int = 0
    paid: Int = 0


@record
class Named:
    name: Int


@invariant()
def owner_stays(state: Any) -> Prop:
    """Nobody takes the contract over."""
    return state.owner == 7


@rule("put")
def puts_the_last(before: Keeping, call: Any, after: Keeping) -> Prop:
    """False: it puts the pair's second number."""
    return implies(call.succeeds, after.kept == call.argument("last"))


@rule("putSmall")
def puts_small(before: Keeping, call: Any, after: Keeping) -> Prop:
    """False: only the last argument is small."""
    return implies(call.succeeds, after.kept < 256)


@rule("size")
def whoever_has_code(before: Owned, call: Any, after: Owned) -> Prop:
    """False: nobody says that the other contract is there."""
    return implies(call.succeeds, call.returned() != 0)


@rule("tell", "poke")
def keeps_what_is_kept(before: Keeping, call: Any, after: Keeping) -> Prop:
    """True of `tell` as long as nobody calls back, false of `poke`."""
    return implies(call.succeeds, after.kept == before.kept)


@rule("set")
def sets_always(before: Keeping, call: Any, after: Keeping) -> Prop:
    """True, given the gas."""
    return call.succeeds


@rule("set")
def sets_what_is_asked(before: Keeping, call: Any, after: Keeping) -> Prop:
    """True, whatever the gas."""
    return implies(call.succeeds, after.kept == call.argument("value"))


@relation("hashed")
def hashes_tell_numbers(first: Run[Any], second: Run[Any]) -> Prop:
    """True, unless keccak256 collides."""
    same = first.call.argument("number") == second.call.argument("number")
    both = first.call.succeeds & second.call.succeeds
    return implies(both & (first.call.returned() == second.call.returned()), same)


@scenario()
def pays_two_sums_at_once(state: Takings, play: Any) -> Prop:
    """Says nothing: what it supposes can't be."""
    amount = play.any_number("amount", 0, 100)
    play.suppose(amount == 1)
    play.suppose(amount == 2)
    return play.call("pay", amount, sender=3, at=play.now).after.taken == 5


@relation("pay")
def pays_what_nobody_pays(first: Run[Any], second: Run[Any]) -> Prop:
    """Says nothing: what it supposes can't be."""
    return implies(first.after.taken < first.before.taken, second.after.taken == 5)


@rule("sighs")
def sighs(before: Owned, call: Any, after: Owned) -> Prop:
    """Says nothing: there is no such function."""
    return call.succeeds


@invariant()
def nothing_below_zero(state: Keyed, key: BelowZero) -> Prop:
    """False: any key can be written."""
    return state.values[key] == 0


@invariant()
def nothing_at_minus_one(state: Keyed) -> Prop:
    """False: any key can be written."""
    return state.values[-1] == 0


@invariant()
def nothing_is_named(state: NamedKeys) -> Prop:
    """False, and not to be read: the key is no number."""
    return state.named[0x12345678] == 0


@invariant()
def nothing_behind(state: Cells, index: Behind) -> Prop:
    """False: there is a variable behind the array."""
    return state.cells[index] == 0


@rule("nothing")
def returns_nought(before: Owned, call: Any, after: Owned) -> Prop:
    """False: it returns nothing."""
    return implies(call.succeeds, call.returned() == 0)


@rule("dirty")
def returns_a_name(before: Owned, call: Any, after: Owned) -> Prop:
    """False: nobody can decode it."""
    return implies(call.succeeds, call.returned() == 0x12345678)


@rule("announce")
def announces_a_name(before: Owned, call: Any, after: Owned) -> Prop:
    """False: nobody can decode it."""
    return implies(call.succeeds, call.emitted(Named(0x12345678)))


@rule("isStranger")
def everybody_is_a_stranger(before: Owned, call: Any, after: Owned) -> Prop:
    """False of one."""
    return implies(call.succeeds, call.returned())


@record
class Minting:
    minted: Int = 0


@rule("mint", "mintStrictly")
def mints_what_it_counts(before: Minting, call: Any, after: Minting) -> Prop:
    """False of `mint`: what the token refused is counted, too."""
    sent = call.sent("mint(uint256)", lambda amount: amount)
    return implies(call.succeeds, after.minted == before.minted + sent)


@rule("refuse")
def never_refuses(before: Owned, call: Any, after: Owned) -> Prop:
    """False: a negative number is refused as such."""
    return negate(call.reverts_with("Negative", -1))


@rule("alike", "again")
def answers_as_before(before: Owned, call: Any, after: Owned) -> Prop:
    """False of `alike`: without gas nobody answers."""
    return implies(call.succeeds, call.returned())


@relation("pay")
def ledger_stays(first: Run[Any], second: Run[Any]) -> Prop:
    """False: what is paid is noted."""
    return first.before.paid == first.after.paid


@scenario()
def ledger_stays_in_sequence(state: Takings, play: Any) -> Prop:
    """False: what is paid is noted."""
    run = play.call("pay", 5, sender=3, at=play.now)
    return run.before.paid == run.after.paid


@scenario()
def ledger_is_kept(state: Takings, play: Any) -> Prop:
    """True: what is paid is noted once."""
    run = play.call("pay", 5, sender=3, at=play.now)
    again = play.call("pay", 6, sender=3, at=play.now)
    return implies(run.call.succeeds & again.call.succeeds, again.after.paid == run.before.paid + 11)


def noted(before: Any, call: Any, after: Any) -> dict[str, Int]:
    """Return the ledger after a payment."""
    return {"paid": before.paid + call.argument("amount")}


SHOWS = {"size": "size(address)", "hash": "hash(address)", "blob": "blob()"}


@relation(*SHOWS)
def answers_are_alike(first: Run[Any], second: Run[Any]) -> Prop:
    """False: what the chain holds changes."""
    same = first.call.argument("other") == second.call.argument("other")
    both = first.call.succeeds & second.call.succeeds & same
    return implies(both, first.call.returned() == second.call.returned())


def only(name: str) -> Relation:
    """Return the relation about answers for one function."""
    return replace(answers_are_alike, functions=(name,))


NOBODY = Assumption(
    name="nobody_calls",
    sentence="The caller is two persons.",
    reason="None: it can never be so.",
    discharged_by="nobody",
    predicate=lambda before, call: (call.sender == 1) & (call.sender == 2),
)


def ledgers(claim: Any) -> Spec[Any]:
    """Return a specification with a ledger of what was paid."""
    return spec(Takings(), claim, ghosts=("paid",), ghost=noted)


ASKING = spec(Owned(), answers_as_before, views={"answer()": 256})

# (contract, the specification, the false property, where it must not be proved)
SNARES = [
    ("WideArguments", spec(Keeping(), puts_the_last), "puts_the_last", "put(uint256[2],uint256)"),
    (
        "WideArguments",
        spec(Keeping(), puts_small),
        "puts_small",
        "putSmall(uint256[2],uint8)",
    ),
    ("Codes", spec(Owned(), owner_stays), "owner_stays", "watch(address)"),
    ("Codes", spec(Owned(), owner_stays), "owner_stays", "watchHash(address)"),
    ("Codes", spec(Owned(), whoever_has_code), "whoever_has_code", "size(address)"),
    ("ShrinkingArray", spec(Owned(), owner_stays), "owner_stays", "shrink()"),
    ("OddKeys", spec(Keyed(), nothing_below_zero), "nothing_below_zero", "put(int256,uint256)"),
    ("OddKeys", spec(Keyed(), nothing_at_minus_one), "nothing_at_minus_one", "put(int256,uint256)"),
    ("Neighbours", spec(Cells(), nothing_behind), "nothing_behind", "put(uint256)"),
    ("Mumbling", spec(Owned(), returns_nought), "returns_nought", "nothing()"),
    ("Mumbling", spec(Owned(), returns_a_name), "returns_a_name", "dirty()"),
    ("Mumbling", spec(Owned(), announces_a_name), "announces_a_name", "announce()"),
    ("Mumbling", spec(Owned(), everybody_is_a_stranger), "everybody_is_a_stranger", "isStranger(address)"),
    ("Hopeful", spec(Minting(), mints_what_it_counts), "mints_what_it_counts", "mint(address,uint256)"),
    ("Mumbling", spec(Owned(), never_refuses), "never_refuses", "refuse()"),
    ("Impatient", ASKING, "answers_as_before", "alike(address)"),
    ("Till", ledgers(ledger_stays), "ledger_stays", "pay(uint256)"),
    ("Till", ledgers(ledger_stays_in_sequence), "ledger_stays_in_sequence", ""),
    ("Stillborn", spec(Owned(), owner_stays), "owner_stays", "deployment"),
    ("Changeling", spec(Owned(), owner_stays), "owner_stays", "deployment"),
    ("Codes", spec(Owned(), owner_stays, assumptions=(NOBODY,)), "owner_stays", "owner()"),
    ("Codes", spec(Owned(), owner_stays, assumptions=(NOBODY,)), "owner_stays", "deployment"),
    ("Callers", spec(Keeping(), keeps_what_is_kept), "keeps_what_is_kept", "poke()"),
    ("Till", ledgers(pays_two_sums_at_once), "pays_two_sums_at_once", ""),
    ("Till", ledgers(pays_what_nobody_pays), "pays_what_nobody_pays", "pay(uint256)"),
    *[("Codes", spec(Owned(), only(one)), "answers_are_alike", place) for one, place in SHOWS.items()],
]


STRICT = "mintStrictly(address,uint256)"
SAFE = [
    ("ShrinkingArray", spec(Owned(), owner_stays), "owner_stays", "put(uint256,uint256)"),
    ("ShrinkingArray", spec(Owned(), owner_stays), "owner_stays", "push(uint256)"),
    ("ShrinkingArray", spec(Owned(), owner_stays), "owner_stays", "pop()"),
    ("Till", ledgers(ledger_is_kept), "ledger_is_kept", ""),
    ("Impatient", ASKING, "answers_as_before", "again(address)"),
    (
        "Hopeful",
        spec(Minting(), mints_what_it_counts),
        "mints_what_it_counts",
        "mintStrictly(address,uint256)",
    ),
]


# (contract, the specification, the true property, where, what its proof must say that it rests on)
RESTING = [
    ("Callers", spec(Keeping(), keeps_what_is_kept), "keeps_what_is_kept", "tell()", {NOT_REENTERED}),
    ("Callers", spec(Keeping(), sets_always), "sets_always", "set(uint256)", {ENOUGH_GAS}),
    ("Callers", spec(Keeping(), sets_what_is_asked), "sets_what_is_asked", "set(uint256)", set()),
    ("Callers", spec(Keeping(), hashes_tell_numbers), "hashes_tell_numbers", "hashed(uint256)", {KECCAK}),
    ("Till", ledgers(ledger_is_kept), "ledger_is_kept", "", {ENOUGH_GAS}),
    ("Callers", spec(Keeping(), owner_stays), "owner_stays", "tell()", set()),
]


@pytest.fixture(scope="module", params=["legacy", "via-ir"])
def snares(request):
    names = [f"Snares.sol:{name}" for name in CONTRACTS]
    return compile_many(Project.open(HERE), names, Settings("0.8.30", pipeline=request.param))


@pytest.mark.parametrize(("contract", "claims", "name", "function"), SNARES)
def test_what_is_false_is_not_proved(snares, contract, claims, name, function):
    assert verdict(snares[f"Snares.sol:{contract}"], claims, name, function).outcome is not Outcome.PROVED


@pytest.mark.parametrize(("contract", "claims", "name", "function"), SAFE)
def test_what_is_true_beside_it_is_proved(snares, contract, claims, name, function):
    assert verdict(snares[f"Snares.sol:{contract}"], claims, name, function).outcome is Outcome.PROVED


@pytest.mark.parametrize(("contract", "claims", "name", "function", "on"), RESTING)
def test_a_proof_says_what_it_takes_for_granted(snares, contract, claims, name, function, on):
    found = verdict(snares[f"Snares.sol:{contract}"], claims, name, function)
    assert found.outcome is Outcome.PROVED
    assert {*found.assumptions} == on


def test_what_the_invariants_exclude_does_not_count_as_possible(snares):
    sealed, claims = snares["Snares.sol:Sealed"], spec(Owned(), owner_stays)
    opening, touching = (verdict(sealed, claims, EFFECTS, name) for name in ("open()", "touch()"))

    assert (opening.outcome, opening.detail) == (Outcome.PROVED, "the call never succeeds")
    assert touching.outcome is Outcome.VACUOUS


def test_keys_that_stand_on_the_left_of_their_word_are_refused(snares):
    with pytest.raises(BindingError, match="keys of `named` are bytes4"):
        verdict(snares["Snares.sol:OddKeys"], spec(NamedKeys(), nothing_is_named), "nothing_is_named", "")


@pytest.mark.parametrize("named", [("sighs",), ("watch", "sighs"), ("sighs", "watch")])
def test_a_rule_about_a_function_that_is_not_there_is_refused(snares, named):
    claim = replace(sighs, functions=named)

    with pytest.raises(ProveError, match="`sighs` speaks about sighs, and the contract has no such function"):
        verdict(snares["Snares.sol:Codes"], spec(Owned(), claim), "sighs", "watch(address)")
