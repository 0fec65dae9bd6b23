"""Random calls fill the pools: who is displaced, and what is full, is met by every campaign."""

from __future__ import annotations

import pytest

from harness.check.campaign.generate import Generator
from harness.check.campaign.ground import Ground, parts
from harness.check.campaign.prediction import Predictor
from harness.check.campaign.starts import Starts
from harness.cli.options import Tree
from harness.cli.targets import load_targets

SEATS, SEQUENCES, CALLS = 32, 40, 60
HOLDERS = {"v1": "id_to_prover", "v2": "id_to_prover", "v3": "prover_id_to_address"}


@pytest.mark.parametrize("name", HOLDERS)
def test_every_seat_is_taken_in_some_sequence(name: str) -> None:
    [target] = load_targets([name], Tree())
    ground = Ground(parts(target))
    generator, predictor = Generator(ground, seed=1), Predictor(ground)
    most = 0
    for index in range(SEQUENCES):
        calls, pool, companions = generator.sequence(index), ground.begin(), ground.companion_states()
        for _ in range(CALLS):
            result = predictor.predict(calls.next(pool), pool, companions)
            if result.undefined:
                break
            pool, companions = result.after, dict(result.companions)
            most = max(most, sum(1 for who in getattr(pool, HOLDERS[name]).records.values() if who))
    assert most == SEATS


@pytest.mark.parametrize("name", HOLDERS)
def test_what_is_practised_are_calls_that_changed_something_each_once(name: str) -> None:
    [target] = load_targets([name], Tree())
    generator = Generator(Ground(parts(target)), seed=1)

    for operation, accepted in generator.successes.items():
        assert len(set(accepted)) == len(accepted)
        if operation.function.name == "stake":
            entered = sum(1 for amount, *_ in accepted if amount)
            assert entered > len(accepted) // 2, "who has no seat changes nothing by leaving"


def test_written_states_have_other_registries() -> None:
    """Only a contract that is called, and has a model, stays the one that was deployed."""
    [target] = load_targets(["v3"], Tree())
    starts = Starts(Generator(Ground(parts(target)), seed=1))

    written = [starts.start(index, share=1.0).values for index in range(200)]

    assert len({values["_addressManager"] for values in written if "_addressManager" in values}) > 1
