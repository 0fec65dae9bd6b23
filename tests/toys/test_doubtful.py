"""What a call asks of others, and what one that fails is told to have done: what is false was once proved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.check.prove.build import CALLEES_HAVE_CODE
from harness.check.prove.undisturbed import ENOUGH_GAS, NOT_REENTERED
from harness.check.verdict import Outcome, Verdict
from harness.compiler import Artifact, Project, Settings, compile_many
from harness.lang import (
    Int,
    Prop,
    Relation,
    Rule,
    Run,
    Scenario,
    implies,
    ite,
    negate,
    record,
    relation,
    rule,
    scenario,
)
from tests.toys.claims import spec, verdict

HERE = Path(__file__).parent


@record
class Keeping:
    kept: Int = 0
    owner: Int = 7


@rule("otherwise", "either")
def keeps_where_nobody_is(before: Keeping, call: Any, after: Keeping) -> Prop:
    """False: who has no code, and is not called, counts."""
    return implies(call.succeeds, after.kept == before.kept)


@rule("refuse")
def refuses_by_name(before: Keeping, call: Any, after: Keeping) -> Prop:
    """False: where nobody is there it says nothing, and would not have called."""
    return implies(call.argument("call") == 0, call.reverts_with("Other"))


@rule("notify", "explain")
def refused_by_callees_only(before: Keeping, call: Any, after: Keeping) -> Prop:
    """True of `notify`: who is called is there, and false of `explain`, which says that nobody is."""
    return implies(call.accepted, call.succeeds)


@relation("ask")
def fails_by_itself(first: Run[Any], second: Run[Any]) -> Prop:
    """False: who is called may refuse."""
    return implies(negate(first.call.succeeds), first.call.accepted)


@scenario()
def fails_by_itself_in_sequence(state: Any, play: Any) -> Prop:
    """False: who is called may refuse."""
    run = play.call("ask", 5, play.any_number("count", 0, 1), sender=3, at=play.now)
    return implies(negate(run.call.succeeds), run.call.accepted)


@relation("ask")
def passes_refusals_on(first: Run[Any], second: Run[Any]) -> Prop:
    """True: it does not go on where who is called refuses."""
    return implies(first.call.succeeds, first.call.accepted)


@relation("small")
def returns_what_it_is_given(first: Run[Any], second: Run[Any]) -> Prop:
    """False: a call that fails returns zeros."""
    return first.call.returned() == first.call.argument("number")


@relation("small")
def returns_it_or_nothing(first: Run[Any], second: Run[Any]) -> Prop:
    """True: a call that fails returns zeros."""
    return first.call.returned() == ite(first.call.succeeds, first.call.argument("number"), 0)


@pytest.fixture(scope="module", params=["legacy", "via-ir"])
def compiled(request: pytest.FixtureRequest) -> dict[str, Artifact]:
    names = ["Doubtful.sol:Doubtful", "Doubtful.sol:Fragile"]
    return compile_many(Project.open(HERE), names, Settings("0.8.30", pipeline=request.param))


@pytest.fixture
def doubtful(compiled: dict[str, Artifact]) -> Artifact:
    return compiled["Doubtful.sol:Doubtful"]


@pytest.fixture
def fragile(compiled: dict[str, Artifact]) -> Artifact:
    return compiled["Doubtful.sol:Fragile"]


def found(artifact: Artifact, claim: Rule | Relation | Scenario, function: str) -> Verdict:
    return verdict(artifact, spec(Keeping(), claim), claim.name, function)


@pytest.mark.parametrize(
    ("claim", "function"),
    [
        (keeps_where_nobody_is, "otherwise(address,bool)"),
        (keeps_where_nobody_is, "either(address,address,bool)"),
        (refuses_by_name, "refuse(address,bool)"),
        (refused_by_callees_only, "explain(address)"),
    ],
)
def test_what_is_false_where_nobody_would_be_called_is_not_proved(doubtful, claim, function):
    assert found(doubtful, claim, function).outcome is not Outcome.PROVED


def test_a_call_does_not_fail_for_want_of_whom_it_would_call(doubtful):
    told = found(doubtful, refused_by_callees_only, "notify(address,bool)")

    assert told.outcome is Outcome.PROVED
    assert {*told.assumptions} == {CALLEES_HAVE_CODE, ENOUGH_GAS, NOT_REENTERED}


def test_what_was_called_before_a_failure_is_told_of_that_failure(fragile):
    ask = "ask(address,uint256)"

    assert found(fragile, fails_by_itself, ask).outcome is not Outcome.PROVED
    assert found(fragile, fails_by_itself_in_sequence, "").outcome is not Outcome.PROVED
    assert found(fragile, passes_refusals_on, ask).outcome is Outcome.PROVED


def test_a_call_of_a_relation_that_fails_returns_zeros(fragile):
    assert found(fragile, returns_what_it_is_given, "small(uint256)").outcome is not Outcome.PROVED
    assert found(fragile, returns_it_or_nothing, "small(uint256)").outcome is Outcome.PROVED
