"""Contracts written against the prover: what was once taken for a witness, or for what a call says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.check.campaign.world import CallWorld
from harness.check.verdict import Outcome
from harness.compiler import Artifact, Project, Settings, compile_many
from harness.lang import EVERY_FUNCTION, NO_HASH, Int, Prop, implies, record, rule, scenario
from tests.toys.claims import spec, verdict

HERE = Path(__file__).parent


@record
class Keeping:
    kept: Int = 0


@rule("alike")
def says_nothing_of_collisions(before: Keeping, call: Any, after: Keeping) -> Prop:
    """Says nothing: no two numbers have one hash."""
    return implies(call.succeeds & (call.returned() == 1), after.kept == 77)


@rule("alike")
def tells_numbers_apart(before: Keeping, call: Any, after: Keeping) -> Prop:
    """True, unless keccak256 collides."""
    return implies(call.succeeds, call.returned() == 0)


@rule("halve")
def halves(before: Keeping, call: Any, after: Keeping) -> Prop:
    """True of the calls that the ABI describes."""
    return implies(call.succeeds & (before.kept > 0), after.kept > 0)


@rule(EVERY_FUNCTION)
def changes_what_there_is(before: Keeping, call: Any, after: Keeping) -> Prop:
    """True of any call."""
    return implies(call.succeeds & (before.kept != after.kept), before.kept > 0)


@rule("add")
def refuses_with_the_sum(before: Keeping, call: Any, after: Keeping) -> Prop:
    """False: no word is that large."""
    return call.reverts_with("Sum", call.argument("one") + call.argument("two"))


@rule("add")
def refuses_with_a_sum_of_one_word(before: Keeping, call: Any, after: Keeping) -> Prop:
    """True, given the gas."""
    whole = call.argument("one") + call.argument("two")
    return implies(whole < 2**256, call.reverts_with("Sum", whole))


@rule("tag")
def refuses_with_a_longer_tag(before: Keeping, call: Any, after: Keeping) -> Prop:
    """False: four bytes are no five."""
    return call.reverts_with("Tag", call.argument("one") + 2**32)


@rule("tag")
def refuses_with_its_tag(before: Keeping, call: Any, after: Keeping) -> Prop:
    """True, given the gas."""
    return call.reverts_with("Tag", call.argument("one"))


@rule("mumble")
def refuses_with_what_is_not_small(before: Keeping, call: Any, after: Keeping) -> Prop:
    """False: the error can't say it."""
    return call.reverts_with("Small", 255)


@rule("hash")
def hashes_the_sum(before: Keeping, call: Any, after: Keeping) -> Prop:
    """False: no word is that large."""
    hashed = call.env.world.keccak(call.argument("one") + call.argument("two"))
    return implies(call.succeeds, call.returned() == hashed)


@rule("hash")
def hashes_a_sum_of_one_word(before: Keeping, call: Any, after: Keeping) -> Prop:
    """True."""
    whole = call.argument("one") + call.argument("two")
    hashed = call.env.world.keccak(whole)
    return implies(call.succeeds & (whole < 2**256), call.returned() == hashed)


@scenario()
def takes_one_more(state: Keeping, play: Any) -> Prop:
    """True of each number that there is: of the largest there is none more."""
    run = play.call("take", state.kept + 1, sender=3, at=play.now)
    return implies(run.call.succeeds, run.after.kept == state.kept + 1)


@scenario()
def takes_what_is_no_word(state: Keeping, play: Any) -> Prop:
    """Says nothing: there is no such call."""
    number = play.any_number("number", 0, 9)
    return play.call("take", number + 2**256, sender=3, at=play.now).after.kept == number


@pytest.fixture(scope="module", params=["legacy", "via-ir"])
def mirages(request: pytest.FixtureRequest) -> dict[str, Artifact]:
    names = ["Mirages.sol:Collider", "Mirages.sol:Lefthanded", "Mirages.sol:Overstated", "Mirages.sol:Taker"]
    return compile_many(Project.open(HERE), names, Settings("0.8.30", pipeline=request.param))


def outcomes(contract: Artifact, function: str, *rules: Any) -> list[Outcome]:
    claims = spec(Keeping(), *rules)
    return [verdict(contract, claims, one.name, function).outcome for one in claims.rules]


def test_a_claim_about_hashes_that_collide_is_vacuous(mirages):
    collider, rules = mirages["Mirages.sol:Collider"], (tells_numbers_apart, says_nothing_of_collisions)

    assert outcomes(collider, "alike(uint256,uint256)", *rules) == [Outcome.PROVED, Outcome.VACUOUS]


def test_a_witness_for_calls_that_the_abi_describes_is_none_for_others(mirages):
    lefthanded, rules = mirages["Mirages.sol:Lefthanded"], (halves, changes_what_there_is)

    assert outcomes(lefthanded, "halve(bytes4)", *rules) == [Outcome.PROVED, Outcome.PROVED]


@pytest.mark.parametrize(
    ("claim", "function", "holds"),
    [
        (refuses_with_the_sum, "add(uint256,uint256)", False),
        (refuses_with_a_sum_of_one_word, "add(uint256,uint256)", True),
        (refuses_with_a_longer_tag, "tag(bytes4)", False),
        (refuses_with_its_tag, "tag(bytes4)", True),
        (refuses_with_what_is_not_small, "mumble()", False),
        (hashes_the_sum, "hash(uint256,uint256)", False),
        (hashes_a_sum_of_one_word, "hash(uint256,uint256)", True),
    ],
)
def test_what_is_said_or_hashed_is_the_very_number(mirages, claim, function, holds):
    found = verdict(mirages["Mirages.sol:Overstated"], spec(Keeping(), claim), claim.name, function)

    assert (found.outcome is Outcome.PROVED) == holds


def test_a_scenario_makes_only_calls_that_can_be_encoded(mirages):
    claims = spec(Keeping(), takes_one_more, takes_what_is_no_word)
    found = [verdict(mirages["Mirages.sol:Taker"], claims, one.name, "").outcome for one in claims.scenarios]

    assert found == [Outcome.PROVED, Outcome.VACUOUS]


def test_executed_and_proved_claims_agree_on_the_hash_of_what_is_no_word():
    nobody: Any = None

    assert [CallWorld(nobody, 1).keccak(7, number) for number in (-1, 2**256)] == [NO_HASH, NO_HASH]
