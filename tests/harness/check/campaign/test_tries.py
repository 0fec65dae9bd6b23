"""What a campaign tries: the states in which it begins, who is called about, and with which numbers."""

from __future__ import annotations

from dataclasses import replace

from harness.check.campaign.generate import Generator
from harness.check.campaign.ground import Ground, parts
from harness.check.campaign.starts import Starts
from harness.check.target import Target
from tests.harness.check.conftest import Broken
from tests.toys import vault as toy


def test_no_state_is_written_in_which_another_contract_is_called_than_has_a_model(ground: Ground) -> None:
    starts = Starts(Generator(ground, seed=1))

    written = [starts.start(index, share=1.0).values for index in range(300)]

    assert len({values["keeper"] for values in written if "keeper" in values}) > 1, "other addresses vary"
    assert {values["_coin"] for values in written if "_coin" in values} == set(ground.companions)


def test_numbers_are_tried_where_a_specification_says_that_something_changes(vault: Target) -> None:
    """Within the argument's type: a threshold beyond it becomes the greatest number of the type."""
    told = replace(toy.SPEC.hints, thresholds={"amount": lambda state, given: (123_456_789, 1 << 300)})
    ground = Ground(replace(parts(vault), spec=replace(toy.SPEC, hints=told)))
    generator = Generator(ground, seed=1)
    plain = Generator(Ground(parts(vault)), seed=1)

    def amounts(one: Generator) -> set[int]:
        calls = one.sequence(0)
        planned = [calls.next(ground.begin()) for _ in range(3_000)]
        return {
            call.arguments[0]
            for call in planned
            if call.operation and call.arguments and call.operation.function.inputs[0].name == "amount"
        }

    beside = {123_456_788, 123_456_789, 123_456_790}
    assert beside <= amounts(generator)
    assert max(amounts(generator)) == (1 << 64) - 1
    assert not beside & amounts(plain)


def test_a_threshold_may_depend_on_the_call_s_arguments(vault: Target) -> None:
    told = replace(toy.SPEC.hints, thresholds={"amount": lambda state, given: (given["amount"] ^ 1 << 63,)})
    ground = Ground(replace(parts(vault), spec=replace(toy.SPEC, hints=told)))
    calls = Generator(ground, seed=1).sequence(0)
    pool = ground.begin()

    planned = [calls.next(pool) for _ in range(3_000)]

    deposits = [
        call.arguments[0] for call in planned if call.arguments and call.signature == "deposit(uint64)"
    ]
    assert sum(1 << 63 < amount < (1 << 63) + 1_000 for amount in deposits) > len(deposits) // 50


def test_addresses_are_often_those_of_people_in_the_state(ground: Ground) -> None:
    """What is special about somebody in a state of many people is met by calls about that one."""
    calls = Generator(ground, seed=1).sequence(0)
    someone = ground.people[-1]
    empty = ground.begin()
    known = replace(empty, accounts=empty.accounts.put(someone, toy.Account(amount=5)))

    def times(pool: toy.Vault) -> int:
        planned = [calls.next(pool) for _ in range(3_000)]
        return sum(someone in call.arguments for call in planned if call.arguments)

    assert times(known) > 2 * times(empty)


def test_little_is_left_of_what_a_state_holds_in_some_starts(ground: Ground) -> None:
    """Where a share of something is rounded to nothing is seldom reached by calls."""
    starts = Starts(Generator(ground, seed=1))

    written = [starts.start(index, share=1.0).values for index in range(200)]

    amounts = [
        value
        for values in written
        for path, value in values.items()
        if path.startswith("accounts[") and "amount" in path
    ]
    held = [amount for amount in amounts if amount]
    assert {1, 2, 3} <= {*held}
    assert sum(amount < 32 for amount in held) > len(held) // 20


def test_one_kind_of_field_is_changed_wherever_it_holds_something_in_some_starts(ground: Ground) -> None:
    """What the state's every entry has, any call meets."""
    starts = Starts(Generator(ground, seed=1))
    everywhere = 0
    for index in range(200):
        values = starts.start(index, share=1.0).values
        amounts = [value for path, value in values.items() if path.endswith("].amount") and value]
        everywhere += len(amounts) > 1 and all(amount >= 1 << 63 for amount in amounts)

    assert everywhere > 2, "calls that are accepted lead to no two such amounts"


def test_what_is_written_is_what_the_specification_knows_of_addresses_that_are_known(broken: Broken) -> None:
    """At others no invariant is evaluated: that a state makes no sense there would be taken for a defect."""
    ground = Ground(parts(broken(("bool frozen;", "bool frozen; uint8 colour;"))))
    starts = Starts(Generator(ground, seed=1))

    states = [starts.start(index, share=1.0).values for index in range(200)]
    written = {path for values in states for path, value in values.items() if value}

    accounts = [
        path.removeprefix("accounts[").split("].") for path in written if path.startswith("accounts[")
    ]
    people, members = zip(*accounts, strict=True)
    assert {int(key, 0) for key in people} == {*ground.addresses}
    assert {*members} == {"amount", "since", "frozen"}


def test_what_a_state_holds_is_taken_away_from_it_in_some_starts(ground: Ground) -> None:
    """Few entries hold anything: changes anywhere would seldom meet one."""
    generator = Generator(ground, seed=1)
    starts = Starts(generator)

    written = [starts.start(index, share=1.0).values for index in range(200)]

    lost = [values for values in written if any(not value for path, value in values.items() if "[" in path)]
    assert len(lost) > len(written) // 5


def test_who_is_met_in_a_written_state_led_to_it(ground: Ground) -> None:
    """Whom a state is about takes part in what comes then; else what is special about it is not used."""
    generator = Generator(ground, seed=1)

    for index in range(40):
        before, then = generator.sequence(-1 - index), generator.sequence(index)
        assert before._scene.crowd == then._scene.crowd
    assert len({tuple(generator.sequence(index)._scene.crowd) for index in range(40)}) > 10
