"""The prover on contracts whose properties are known: every true one proved, no false one ever."""

from pathlib import Path

import pytest

from harness.check.prove.prover import Limits
from harness.check.prove.run import Options, prove
from harness.check.verdict import Outcome
from harness.compiler import Project, Settings, compile_many
from tests.toys.catalogue import BREAKS, HOLDS, TOYS

HERE = Path(__file__).parent
SOLC = "0.8.30"


@pytest.fixture(scope="module", params=["legacy", "via-ir"])
def toys(request):
    names = [f"Toys.sol:{toy.contract}" for toy in TOYS]
    return compile_many(Project.open(HERE), names, Settings(SOLC, pipeline=request.param))


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.contract)
def test_what_is_true_is_proved_and_what_is_false_never(toy, toys):
    artifact = toys[f"Toys.sol:{toy.contract}"]
    verdicts = list(prove(toy.spec, artifact, Options(limits=Limits(seconds=20))))

    for name, expected in toy.expected.items():
        outcomes = {verdict.outcome for verdict in verdicts if verdict.property == name}
        if expected == HOLDS:
            assert outcomes == {Outcome.PROVED}, (name, outcomes)
        elif expected == BREAKS:
            assert outcomes - {Outcome.PROVED, Outcome.UNSUPPORTED}, (name, outcomes)
        else:
            assert Outcome.UNSUPPORTED in outcomes, (name, outcomes)
