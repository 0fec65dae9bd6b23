"""More contracts written against the prover: what is false of them, and was once proved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.check.prove.tasks import ProveError
from harness.check.verdict import Outcome
from harness.compiler import Project, Settings, compile_many
from harness.lang import Int, Prop, Relation, Run, implies, invariant, record, relation, rule
from tests.toys.claims import spec, verdict

HERE = Path(__file__).parent
CONTRACTS = ("WideArguments", "Codes")


@record
class Owned:
    owner: Int = 7


@record
class Keeping:
    kept: Int = 0
    owner: Int = 7


@invariant()
def owner_stays(state: Any) -> Prop:
    """Nobody takes the contract over."""
    return state.owner == 7


@rule("put")
def puts_the_last(before: Keeping, call: Any, after: Keeping) -> Prop:
    """False: it puts the pair's second number; the last argument has no name."""
    return implies(call.succeeds, after.kept == call.argument(""))


@rule("putSmall")
def puts_small(before: Keeping, call: Any, after: Keeping) -> Prop:
    """False: only the last argument is small."""
    return implies(call.succeeds, after.kept < 256)


@rule("size")
def whoever_has_code(before: Owned, call: Any, after: Owned) -> Prop:
    """False: nobody says that the other contract is there."""
    return implies(call.succeeds, call.returned() != 0)


@rule("sighs")
def sighs(before: Owned, call: Any, after: Owned) -> Prop:
    """Says nothing: there is no such function."""
    return call.succeeds


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
    *[("Codes", spec(Owned(), only(one)), "answers_are_alike", place) for one, place in SHOWS.items()],
]


@pytest.fixture(scope="module", params=["legacy", "via-ir"])
def snares(request):
    names = [f"Snares.sol:{name}" for name in CONTRACTS]
    return compile_many(Project.open(HERE), names, Settings("0.8.30", pipeline=request.param))


@pytest.mark.parametrize(("contract", "claims", "name", "function"), SNARES)
def test_what_is_false_is_not_proved(snares, contract, claims, name, function):
    assert verdict(snares[f"Snares.sol:{contract}"], claims, name, function).outcome is not Outcome.PROVED


def test_a_rule_about_no_function_of_the_contract_is_refused(snares):
    with pytest.raises(ProveError, match="speaks about `sighs`"):
        verdict(snares["Snares.sol:Codes"], spec(Owned(), sighs), "sighs", "sighs()")
