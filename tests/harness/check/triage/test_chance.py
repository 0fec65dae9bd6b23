"""Random calls break what the solver's models cannot, and are executed without a model beside them."""

from __future__ import annotations

import pytest

from harness.check.campaign.ground import Parts, parts
from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import UNKNOWN_SELECTOR
from harness.check.triage.chance import by_chance
from harness.check.triage.judge import breaking_keys
from harness.check.triage.scene import Scene, Situation
from harness.lang import Property
from harness.term.core import TRUE
from tests.harness.check.conftest import Broken

BY_LOT = (
    "total -= amount;",
    "if (uint256(keccak256(abi.encode(amount, msg.sender))) % 4 != 0) total -= amount;",
)


def failed(material: Parts, name: str, function: str) -> Obligation:
    [claim] = [one for one in material.spec.properties if one.name == name]
    assert isinstance(claim, Property)
    return Obligation(name, function, "success", (), TRUE, None, claim)


def test_what_depends_on_a_hash_is_broken_by_calls_from_deployment(broken: Broken) -> None:
    material = parts(broken(BY_LOT))
    scene, obligation = Scene(material), failed(material, "total_is_the_sum", "withdraw()")

    found = by_chance(scene, obligation)

    assert found is not None
    assert by_chance(scene, obligation) == found, "the same calls again"
    with scene.played(Situation(), found.calls) as acts:
        assert acts[-1].call.is_call_of("withdraw")
        left = sum(acts[-1].after.accounts[who].amount for who in scene.people)
        assert acts[-1].after.total > left, "the total was not lowered"
        assert breaking_keys(scene, obligation, acts[-1], {}) is not None


def test_another_property_that_breaks_is_not_taken_for_the_one_asked_for(broken: Broken) -> None:
    material = parts(broken(BY_LOT))

    found = by_chance(Scene(material), failed(material, "others_are_left_alone", "withdraw()"), 500)

    assert found is None


@pytest.mark.parametrize("function", ["deposit(uint256)", "deployment", UNKNOWN_SELECTOR])
def test_what_another_way_in_breaks_is_not_taken_for_what_was_asked_about(
    broken: Broken, function: str
) -> None:
    material = parts(broken(BY_LOT))

    assert by_chance(Scene(material), failed(material, "total_is_the_sum", function), 1_000) is None


def test_chance_ends_after_so_many_calls(vault_parts: Parts) -> None:
    assert by_chance(Scene(vault_parts), failed(vault_parts, "total_is_the_sum", "withdraw()"), 600) is None
