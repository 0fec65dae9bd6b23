"""That callees exist is granted to the calls that would be made; who is not called may have no code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.check.prove.build import CALLEES_HAVE_CODE
from harness.check.prove.undisturbed import ENOUGH_GAS, NOT_REENTERED
from harness.check.verdict import Outcome, Verdict
from harness.compiler import Artifact, Project, Settings, compile_contract
from harness.lang import Int, Prop, Rule, implies, record, rule
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


@pytest.fixture(scope="module", params=["legacy", "via-ir"])
def doubtful(request: pytest.FixtureRequest) -> Artifact:
    settings = Settings("0.8.30", pipeline=request.param)
    return compile_contract(Project.open(HERE), "Doubtful.sol:Doubtful", settings)


def found(artifact: Artifact, claim: Rule, function: str) -> Verdict:
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
