"""The prover on contracts whose properties are known: every true one proved, no false one ever."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.check.prove.prover import Limits
from harness.check.prove.run import Options, prove
from harness.check.verdict import Outcome
from harness.compiler import Artifact, Project, Settings, compile_many
from harness.lang import Spec
from harness.solver.z3_backend import OUT_OF_MEMORY
from tests.toys.catalogue import BREAKS, HOLDS, TOYS, Toy

HERE = Path(__file__).parent
SOLC = "0.8.30"


@pytest.fixture(scope="module", params=["legacy", "via-ir"])
def toys(request):
    names = [f"Toys.sol:{toy.contract}" for toy in TOYS]
    return compile_many(Project.open(HERE), names, Settings(SOLC, pipeline=request.param))


def restricted(toy: Toy, name: str | None) -> Spec[Any]:
    """Return the toy's specification with what is true of it, and with `name` besides."""
    kept = {one for one, expected in toy.expected.items() if expected == HOLDS or one == name}
    spec = toy.spec
    return replace(
        spec,
        invariants=tuple(one for one in spec.invariants if one.name in kept),
        rules=tuple(one for one in spec.rules if one.name in kept),
    )


def outcomes(spec: Spec[Any], artifact: Artifact) -> dict[str, set[Outcome]]:
    """Return what the prover says of each property."""
    found: dict[str, set[Outcome]] = {}
    for verdict in prove(spec, artifact, Options(limits=Limits(seconds=20))):
        found.setdefault(verdict.property, set()).add(verdict.outcome)
    return found


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.contract)
def test_what_is_true_is_proved(toy, toys):
    found = outcomes(restricted(toy, None), toys[f"Toys.sol:{toy.contract}"])
    for name, expected in toy.expected.items():
        if expected == HOLDS:
            assert found[name] == {Outcome.PROVED}, name


FALSE = [
    pytest.param(toy, name, expected, id=f"{toy.contract}-{name}")
    for toy in TOYS
    for name, expected in toy.expected.items()
    if expected != HOLDS
]


@pytest.mark.parametrize(("toy", "name", "expected"), FALSE)
def test_what_is_false_is_not_proved(toy, name, expected, toys):
    found = outcomes(restricted(toy, name), toys[f"Toys.sol:{toy.contract}"])[name]
    if expected == BREAKS:
        assert found - {Outcome.PROVED, Outcome.UNSUPPORTED}
    else:
        assert Outcome.UNSUPPORTED in found


def test_what_needs_more_memory_than_it_may_take_is_undecided_and_says_so(toys):
    toy = next(one for one in TOYS if one.contract == "Ledger")

    verdicts = list(prove(toy.spec, toys["Toys.sol:Ledger"], Options(limits=Limits(megabytes=1))))

    undecided = [one for one in verdicts if one.outcome is not Outcome.PROVED]
    assert {one.outcome for one in undecided} == {Outcome.UNKNOWN}
    assert any(OUT_OF_MEMORY in one.detail for one in undecided)
