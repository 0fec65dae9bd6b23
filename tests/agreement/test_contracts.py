from __future__ import annotations

from collections import Counter

import pytest

from harness.compiler import Artifact
from harness.symbolic import Entry, function, selector_of, short, signature, unknown_selector
from harness.symbolic import execute as evaluate
from tests.agreement.bench import CONCRETE, Probe
from tests.agreement.builds import SOURCES, compiled
from tests.agreement.calls import calldata_of
from tests.agreement.chance import Chance
from tests.agreement.duel import Duel
from tests.agreement.stage import Summaries

RUNS = 25
PIPELINES = ("legacy", "via-ir")


def functions(artifact: Artifact):
    """The functions without strings: long ones, in storage or calldata, are not supported."""
    return [item for item in artifact.abi if item["type"] == "function" and not has_string(item)]


def has_string(item) -> bool:
    kinds = [parameter["type"] for parameter in item["inputs"] + item["outputs"]]
    return "string" in kinds and item["stateMutability"] != "pure"


def probe_of(artifact: Artifact, entry: Entry) -> Probe:
    post = evaluate(
        artifact.runtime.bytecode, artifact.layout, entry, world=CONCRETE, environment=Summaries()
    )
    return Probe(post, artifact.layout)


@pytest.mark.parametrize("pipeline", PIPELINES)
@pytest.mark.parametrize("name", SOURCES)
def test_every_function_does_from_arbitrary_states_what_revm_does(name, pipeline):
    artifact = compiled(name, pipeline)
    duel = Duel(artifact.runtime.bytecode, seed=1)
    outcomes: Counter[str] = Counter()
    for item in functions(artifact):
        probe = probe_of(artifact, function(item))
        outcomes.update(duel.fight(probe, calldata_of(item)) for _ in range(RUNS))

    assert outcomes["success"] > outcomes.total() / 4
    assert outcomes["revert"] > outcomes.total() / 20


@pytest.mark.parametrize("optimizer", [True, False])
@pytest.mark.parametrize("pipeline", PIPELINES)
def test_storage_of_every_shape_is_decoded(pipeline, optimizer):
    artifact = compiled("zoo", pipeline, optimizer)
    duel = Duel(artifact.runtime.bytecode, seed=4)
    outcomes: Counter[str] = Counter()
    for item in functions(artifact):
        probe = probe_of(artifact, function(item))
        outcomes.update(duel.fight(probe, calldata_of(item)) for _ in range(RUNS))
        assert not probe.post.unlabelled

    assert outcomes["success"] > outcomes.total() / 4


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_calls_of_no_function_do_what_revm_does(pipeline):
    artifact = compiled("v3", pipeline)
    known = {selector_of(signature(item)) for item in functions(artifact)}
    duel = Duel(artifact.runtime.bytecode, seed=2)

    def unknown(chance: Chance) -> bytes:
        selector = chance.rng.getrandbits(32)
        return (selector if selector not in known else 0).to_bytes(4, "big") + chance.rng.randbytes(40)

    probe = probe_of(artifact, unknown_selector(known))
    assert {duel.fight(probe, unknown) for _ in range(RUNS)} == {"revert"}
    probe = probe_of(artifact, short())
    assert {duel.fight(probe, lambda c: c.rng.randbytes(c.rng.randrange(4))) for _ in range(RUNS)} == {
        "revert"
    }


@pytest.mark.parametrize("name", ["assignProver", "stake", "slashProver"])
def test_another_contract_under_the_same_calls_is_caught(name):
    """Sabotage: the post-state of one contract against the execution of another."""
    real, other = compiled("v3", "legacy"), compiled("v2", "legacy")
    item = next(item for item in functions(real) if item["name"] == name)
    probe = probe_of(real, function(item))
    duel = Duel(other.runtime.bytecode, seed=3)

    with pytest.raises(AssertionError):
        Counter(duel.fight(probe, calldata_of(item)) for _ in range(300))


@pytest.mark.parametrize("name", ["withdraw", "getCapacity", "transferOwnership"])
def test_both_pipelines_give_the_same_terms(name):
    """Builds that meet in one term need no solver to be the same."""
    first, second = (compiled("v3", pipeline) for pipeline in PIPELINES)
    item = next(item for item in functions(first) if item["name"] == name)
    one, other = (
        evaluate(build.runtime.bytecode, build.layout, function(item), environment=Summaries())
        for build in (first, second)
    )

    assert one.success is other.success
    assert {str(region): log.writes for region, log in one.storage.written().items()} == {
        str(region): log.writes for region, log in other.storage.written().items()
    }
