"""A scene shows what a call did on the real EVM, and forgets it."""

from __future__ import annotations

import pytest

from harness.check.campaign.ground import Parts
from harness.check.triage.observed import Transaction
from harness.check.triage.scene import Scene, Situation
from harness.evm.errors import EvmError

DAY = 86_400


@pytest.fixture(scope="module")
def scene(vault_parts: Parts) -> Scene:
    return Scene(vault_parts)


def deposit(scene: Scene, amount: int, place: int = 0) -> Transaction:
    return call(scene, "saver_1", "deposit", amount, place=place)


def call(scene: Scene, sender: str, function: str, *arguments: int, place: int = 0) -> Transaction:
    data = scene.instance.abi.function(function).encode(*arguments)
    time = scene.start_time + DAY * place
    return Transaction(data, scene.site.address(sender), time, scene.start_number + 1 + place)


def test_states_before_and_after_stand_side_by_side(scene: Scene) -> None:
    me = scene.site.address("saver_1")
    calls = [deposit(scene, 100), deposit(scene, 50, 1), call(scene, "saver_1", "withdraw", place=3)]
    with scene.played(Situation(), calls) as acts:
        assert [act.call.succeeds for act in acts] == [True, False, True]
        assert [act.before.total for act in acts] == [0, 100, 100]
        assert [act.after.total for act in acts] == [100, 100, 0]
        assert [act.after.accounts[me].amount for act in acts] == [100, 100, 0]
        assert [act.after.paid_in for act in acts] == [100, 100, 100]
        assert [act.after.paid_out for act in acts] == [0, 0, 100]
    assert scene.view({}, scene.first_ghosts).total == 0


def test_a_call_tells_what_it_asked_of_others_and_who_refused(scene: Scene) -> None:
    poor = call(scene, "keeper", "deposit", 100)
    with scene.played(Situation(), [deposit(scene, 100), poor, deposit(scene, 1)]) as acts:
        paid, refused, little = (act.call for act in acts)
        assert paid.sent("take(address,uint256)", lambda who, amount: amount) == 100
        assert refused.accepted is False
        assert little.accepted is True
        assert little.reverts_with("TooLittle")
        assert not little.reverts_with("TooEarly", 0)


def test_a_situation_is_written_over_the_deployment(scene: Scene) -> None:
    slot = scene.site.storage().paths.place("total").slot
    word = scene.word(slot) | 7 << 8 * scene.site.storage().paths.place("total").offset
    with scene.played(Situation({slot: word}, {"paid_in": 7}), [deposit(scene, 100)]) as acts:
        assert acts[0].before.total == 7
        assert acts[0].after.total == 107
        assert acts[0].after.paid_in == 107
        broken = scene.broken(scene.spec.invariants, acts[0].before)
        assert {one.claim.name for one in broken} == {"total_is_the_sum"}


def test_what_is_advanced_begins_later(scene: Scene) -> None:
    with scene.advanced([deposit(scene, 100)]):
        assert scene.view({}, scene.first_ghosts).total == 100
        with scene.played(Situation(), [call(scene, "saver_1", "withdraw", place=1)]) as acts:
            assert acts[0].before.paid_in == 100
            assert acts[0].after.total == 0
    assert scene.first_ghosts == {"paid_in": 0, "paid_out": 0}


def test_a_pause_must_be_where_the_call_comes_by(scene: Scene) -> None:
    with (
        pytest.raises(EvmError, match="does not come to pc"),
        scene.played(Situation(), [deposit(scene, 100)], pause=100_000),
    ):
        pass
