"""Claims that mean less, or more, than they seem to: each was once proved, and is false or says nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pytest

from harness.check.equiv.claims import STORES
from harness.check.equiv.run import Task, compare
from harness.check.equiv.same import Other, same
from harness.check.prove.deployment import DEPLOYMENT, LOCKED
from harness.check.prove.prover import Limits
from harness.check.prove.run import Options, prove
from harness.check.prove.summary import VIEWS_ANSWER
from harness.check.prove.tasks import ProveError
from harness.check.prove.undisturbed import NOT_REENTERED
from harness.check.verdict import Outcome
from harness.check.views.arguments import UnknownName
from harness.check.views.symbolic import EndlessSum
from harness.compiler import Artifact, Project, Settings, compile_many
from harness.lang import (
    ConcreteTable,
    Domain,
    Int,
    Prop,
    Run,
    Scenario,
    Step,
    Table,
    implies,
    invariant,
    record,
    relation,
    rule,
    scenario,
    total,
    transition,
    unchanged,
    within,
)
from harness.lang.deployment import Contract, Deployment
from harness.symbolic.world import NO_REENTRY
from tests.toys.claims import spec, verdict
from tests.toys.test_snares import NOBODY
from tests.toys.test_traps import door_is_closed

HERE = Path(__file__).parent
Few = Annotated[Int, Domain("number", 0, 10)]
NUMBERS: ConcreteTable[Int] = ConcreteTable(0)
CONTRACTS = ("Ledger", "Unlocked", "Locked", "Unbuilt", "Ajar", "AjarToo")


@record
class Takings:
    taken: Int = 0


@record
class Payments:
    paid: Table[Int] = NUMBERS


@record
class Done:
    done: Int = 0


@invariant()
def nothing_is_done(state: Done) -> Prop:
    """False: it is initialised."""
    return state.done == 0


@record
class Door:
    open: Int = 0
    owner: Int = 7


@rule("mark")
def marks_nothing(before: Door, call: Any, after: Door) -> Prop:
    """True of a call by itself, and false of one that comes while another one waits."""
    kept: Prop = after.owner == before.owner
    return kept


@relation("mark")
def marks_nothing_twice(first: Run[Any], second: Run[Any]) -> Prop:
    """True of a call by itself, and false of one that comes while another one waits."""
    kept: Prop = first.after.owner == first.before.owner
    return kept


@scenario()
def marks_nothing_in_sequence(state: Door, play: Any) -> Prop:
    """True of a call by itself, and false of one that comes while another one waits."""
    kept: Prop = play.call("mark", sender=3, at=play.now).after.owner == state.owner
    return kept


@scenario()
def one_number_is_another(state: Takings, play: Any, number: Few) -> Prop:
    """False: they have a name in common, and nothing else."""
    other: Prop = play.any_number("number", 0, 10) == number
    return other


@scenario()
def a_number_is_the_next(state: Takings, play: Any) -> Prop:
    """False: they have a name in common, and nothing else."""
    other: Prop = play.any_number("number", 0, 10) == play.any_number("number", 0, 10)
    return other


@scenario()
def pays_two_sums_at_once(state: Takings, play: Any) -> Prop:
    """Says nothing: what it supposes can't be."""
    amount = play.any_number("amount", 0, 100)
    play.suppose((amount == 1) & (amount == 2))
    paid: Prop = play.call("pay", amount, sender=3, at=play.now).after.taken == 5
    return paid


@scenario()
def pays_yesterday(state: Takings, play: Any) -> Prop:
    """Says nothing: time does not go back."""
    first = play.call("pay", 5, sender=3, at=play.now)
    second = play.call("pay", 5, sender=3, at=first.call.timestamp - 1)
    earlier: Prop = second.call.timestamp < first.call.timestamp
    return earlier


@scenario()
def time_goes_on(state: Takings, play: Any) -> Prop:
    """True: time does not go back."""
    first = play.call("pay", 5, sender=3, at=play.any_number("first", 1, 2**64 - 1))
    second = play.call("pay", 5, sender=3, at=play.any_number("second", 1, 2**64 - 1))
    later: Prop = second.call.timestamp >= first.call.timestamp
    return later


@rule("pay")
def pays_out(before: Takings, call: Any, after: Takings) -> Prop:
    """Says nothing: what it supposes can't be."""
    return implies(call.succeeds & (after.taken < before.taken), after.taken == 5)


@relation("pay")
def pays_out_twice(first: Run[Any], second: Run[Any]) -> Prop:
    """Says nothing: what it supposes can't be."""
    return implies(first.after.taken < first.before.taken, second.after.taken == 5)


@relation("pay")
def the_fifth_hash_is_there(first: Run[Any], second: Run[Any]) -> Prop:
    """False: hashes of old blocks are zero."""
    hashes = [one.call.env.world.blockhash(5) for one in (first, second)]
    same: Prop = hashes[0] == hashes[1]
    return same


@rule("hash")
def tells_the_hash(before: Takings, call: Any, after: Takings, number: Int) -> Prop:
    """True, of old blocks as well."""
    return implies(call.succeeds, call.returned() == call.env.world.blockhash(number))


@relation("pay")
def the_answer_stays(first: Run[Any], second: Run[Any]) -> Prop:
    """True as long as an answer depends on the question only."""
    answers = [one.call.env.world.ask(5, "answer()") for one in (first, second)]
    same: Prop = answers[0] == answers[1]
    return same


@scenario()
def the_answer_stays_in_sequence(state: Takings, play: Any) -> Prop:
    """True as long as an answer depends on the question only."""
    first, second = (play.call("pay", 5, sender=3, at=play.now) for _ in range(2))
    same: Prop = first.call.env.world.ask(5, "answer()") == second.call.env.world.ask(5, "answer()")
    return same


@rule("pay")
def the_answer_is_some_number(before: Takings, call: Any, after: Takings) -> Prop:
    """True of any clean answer."""
    return within(call.env.world.ask(5, "answer()"), 0, 255)


@relation("some")
def lists_as_many(first: Run[Any], second: Run[Any]) -> Prop:
    """Not to be read: how many there are is not known."""
    same: Prop = first.call.returned() == second.call.returned()
    return same


@rule("pay")
def pays_at_least(before: Takings, call: Any, after: Takings, amuont: Int) -> Prop:
    """True, and not what is meant: there is no such argument."""
    return implies(call.succeeds, after.taken >= before.taken + amuont)


@rule("pay")
def pays_at_least_so_much(before: Takings, call: Any, after: Takings) -> Prop:
    """True, and not what is meant: there is no such argument."""
    return implies(call.succeeds, after.taken >= before.taken + call.argument("amuont"))


@relation("pay")
def pays_alike(first: Run[Any], second: Run[Any]) -> Prop:
    """Not to be read: whole tables of two states are compared."""
    return unchanged(first.before.paid, second.before.paid)


@rule("pay")
def counts_everybody(before: Payments, call: Any, after: Payments) -> Prop:
    """Not to be read: a sum of ones has no end."""
    endless: Prop = total(after.paid, lambda paid: 1) == 5
    return endless


@invariant()
def everybody_counts(state: Payments) -> Prop:
    """Not to be read: a sum of ones has no end."""
    endless: Prop = total(state.paid, lambda paid: 1) == 5
    return endless


@pytest.fixture(scope="module", params=["legacy", "via-ir"])
def compiled(request: pytest.FixtureRequest) -> dict[str, Artifact]:
    names = [f"Pitfalls.sol:{name}" for name in CONTRACTS]
    return compile_many(Project.open(HERE), names, Settings("0.8.30", pipeline=request.param))


@pytest.fixture
def ledger(compiled: dict[str, Artifact]) -> Artifact:
    return compiled["Pitfalls.sol:Ledger"]


@pytest.mark.parametrize("claim", [one_number_is_another, a_number_is_the_next])
def test_two_numbers_of_one_name_are_refused(ledger: Artifact, claim: Scenario) -> None:
    with pytest.raises(ProveError, match=rf"`{claim.name}` has two numbers called `number`"):
        verdict(ledger, spec(Takings(), claim), claim.name, "")


@pytest.mark.parametrize("claim", [pays_two_sums_at_once, pays_yesterday, pays_out, pays_out_twice])
def test_what_says_nothing_is_vacuous_where_it_is_asked_about_alone(ledger: Artifact, claim: Any) -> None:
    [found] = [
        one
        for one in prove(spec(Takings(), claim), ledger, Options(properties=(claim.name,)))
        if one.property == claim.name
    ]
    assert found.outcome is Outcome.VACUOUS


def test_calls_of_a_scenario_do_not_go_back_in_time(ledger: Artifact) -> None:
    assert verdict(ledger, spec(Takings(), time_goes_on), "time_goes_on", "").outcome is Outcome.PROVED


@pytest.mark.parametrize(
    ("contract", "outcome"),
    [("Unlocked", Outcome.UNKNOWN), ("Locked", Outcome.PROVED), ("Unbuilt", Outcome.VACUOUS)],
)
def test_an_implementation_is_locked_however_it_is_constructed(
    compiled: dict[str, Artifact], contract: str, outcome: Outcome
) -> None:
    behind = Contract("pool", None, (5,), init=("initialize", ()))
    claims = spec(Done(), deployment=Deployment(("owner",), (behind,)))
    assert verdict(compiled[f"Pitfalls.sol:{contract}"], claims, LOCKED, DEPLOYMENT).outcome is outcome


def test_what_is_not_known_of_the_proxy_leaves_no_property_out(compiled: dict[str, Artifact]) -> None:
    behind = Contract("pool", None, (5,), init=("initialize", ()))
    claims = spec(Done(), nothing_is_done, deployment=Deployment(("owner",), (behind,)))
    found = prove(claims, compiled["Pitfalls.sol:Locked"])
    told = {one.property: one.outcome for one in found if one.function == DEPLOYMENT}
    assert told == {"nothing_is_done": Outcome.UNSUPPORTED, LOCKED: Outcome.PROVED}


def test_the_hash_of_a_block_is_zero_once_it_is_old(ledger: Artifact) -> None:
    claims = spec(Takings(), the_fifth_hash_is_there, tells_the_hash)
    wrong = verdict(ledger, claims, the_fifth_hash_is_there.name, "pay(uint256)")
    right = verdict(ledger, claims, tells_the_hash.name, "hash(uint256)")
    assert wrong.outcome is not Outcome.PROVED
    assert right.outcome is Outcome.PROVED


@pytest.mark.parametrize(
    ("claim", "function"),
    [
        (the_answer_stays, "pay(uint256)"),
        (the_answer_stays_in_sequence, ""),
        (the_answer_is_some_number, "pay(uint256)"),
    ],
)
def test_a_claim_that_asks_others_itself_says_what_it_takes_them_to_do(
    ledger: Artifact, claim: Any, function: str
) -> None:
    found = verdict(ledger, spec(Takings(), claim, views={"answer()": 8}), claim.name, function)
    assert found.outcome is Outcome.PROVED
    assert VIEWS_ANSWER in found.assumptions


def test_a_relation_that_is_not_supported_costs_only_itself(ledger: Artifact) -> None:
    claims = spec(Takings(), lists_as_many, pays_out_twice)
    assert verdict(ledger, claims, lists_as_many.name, "some(uint256)").outcome is Outcome.UNSUPPORTED
    assert verdict(ledger, claims, pays_out_twice.name, "pay(uint256)").outcome is Outcome.VACUOUS


@pytest.mark.parametrize(
    ("claim", "function"),
    [(marks_nothing, "mark()"), (marks_nothing_twice, "mark()"), (marks_nothing_in_sequence, "")],
)
def test_what_rests_on_a_guard_says_nothing_of_a_call_during_another(
    compiled: dict[str, Artifact], claim: Any, function: str
) -> None:
    claims = spec(Door(), door_is_closed, claim)
    found = verdict(compiled["Pitfalls.sol:Ajar"], claims, claim.name, function)
    assert found.outcome is Outcome.PROVED
    assert NOT_REENTERED in found.assumptions


def forgets(pool: Takings, env: Any, amount: Any) -> Step[Takings]:
    """Take nothing, which is not what is done."""
    return Step(pool)


def test_a_model_is_compared_in_vain_where_nobody_may_call(ledger: Artifact) -> None:
    claims = spec(Takings(), assumptions=(NOBODY,))
    wrong = replace(claims.model, transitions=(transition(name="pay")(forgets),))
    found = compare(Task(replace(claims, model=wrong), ledger, "pay(uint256)", Limits(20)))
    assert {one.outcome for one in found if one.property == STORES} == {Outcome.VACUOUS}


def test_two_contracts_are_compared_in_vain_where_nobody_may_call(compiled: dict[str, Artifact]) -> None:
    one, other = (compiled[f"Pitfalls.sol:{name}"] for name in ("Ajar", "AjarToo"))
    claims = spec(Door(), assumptions=(NOBODY,))
    [found] = same(claims, one, [Other("other", other)], Limits(20), functions=("mark()",))
    assert found.outcome is Outcome.VACUOUS


def test_contracts_alike_by_a_guard_are_so_if_nobody_calls_back(compiled: dict[str, Artifact]) -> None:
    one, other = (compiled[f"Pitfalls.sol:{name}"] for name in ("Ajar", "AjarToo"))
    claims = spec(Door(), door_is_closed)
    [found] = same(claims, one, [Other("other", other)], Limits(20), functions=("mark()",))
    assert found.outcome is Outcome.PROVED
    assert NO_REENTRY in found.assumptions
    assert "given the invariants" in found.detail


def test_a_model_alike_by_a_guard_is_so_if_nobody_calls_back(compiled: dict[str, Artifact]) -> None:
    claims = spec(Door(), door_is_closed)
    model = replace(claims.model, transitions=(transition(name="mark")(lambda pool, env: Step(pool)),))
    found = compare(Task(replace(claims, model=model), compiled["Pitfalls.sol:Ajar"], "mark()", Limits(20)))
    [stores] = [one for one in found if one.property == STORES]
    assert stores.outcome is Outcome.PROVED
    assert NO_REENTRY in stores.assumptions


def test_a_rule_about_an_argument_that_is_not_there_is_refused(ledger: Artifact) -> None:
    with pytest.raises(UnknownName, match=r"`pays_at_least` reads the argument `amuont`.* `amount`"):
        verdict(ledger, spec(Takings(), pays_at_least), pays_at_least.name, "pay(uint256)")


def test_a_claim_that_reads_an_argument_that_is_not_there_is_refused(ledger: Artifact) -> None:
    with pytest.raises(UnknownName, match=r"reads the argument `amuont`, which no function has.* `amount`"):
        verdict(ledger, spec(Takings(), pays_at_least_so_much), "pays_at_least_so_much", "pay(uint256)")


@pytest.mark.parametrize("declare", [relation("pay"), scenario()])
def test_a_parameter_of_a_relation_or_scenario_needs_a_domain(declare: Any) -> None:
    def claim(first: Any, second: Any, who: Int) -> Prop:
        """Speak of somebody."""
        return True

    with pytest.raises(TypeError, match="annotate `who` with a domain"):
        declare(claim)


def test_a_relation_that_compares_whole_tables_of_two_states_is_unsupported(ledger: Artifact) -> None:
    found = verdict(ledger, spec(Payments(), pays_alike), pays_alike.name, "pay(uint256)")
    assert found.outcome is Outcome.UNSUPPORTED


@pytest.mark.parametrize("claim", [counts_everybody, everybody_counts])
def test_a_sum_without_end_is_refused(ledger: Artifact, claim: Any) -> None:
    with pytest.raises(EndlessSum, match="sums 1 over every key"):
        verdict(ledger, spec(Payments(), claim), claim.name, "pay(uint256)")


def test_two_claims_of_one_name_are_refused(ledger: Artifact) -> None:
    claims = spec(Takings(), pays_out, replace(pays_out_twice, name="pays_out"))
    with pytest.raises(ProveError, match="Two claims of trap are called `pays_out`"):
        verdict(ledger, claims, "pays_out", "pay(uint256)")
