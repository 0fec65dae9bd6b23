"""The models are the contracts, and one that isn't is noticed."""

from dataclasses import replace

import pytest

from harness.check.equiv.claims import CLAIMS, REFUSES_MALFORMED
from harness.check.equiv.run import Task, compare
from harness.check.prove.prover import Limits
from harness.check.verdict import Outcome
from harness.compiler import Project, Settings, compile_contract
from harness.lang import Step, Transition
from specs import v3

CONTRACT = "contracts/v3/ProxiedProverPool.sol:ProxiedProverPool"


@pytest.fixture(scope="module")
def artifact(request):
    return compile_contract(Project.open(request.config.rootpath), CONTRACT, Settings("0.8.30"))


@pytest.mark.parametrize(
    "function", ["withdraw()", "exit()", "releaseProver(address)", "transferOwnership(address)"]
)
def test_the_model_does_what_the_contract_does(function, artifact):
    verdicts = compare(Task(v3.SPEC, artifact, function, Limits(20)))

    assert [one.property for one in verdicts] == [REFUSES_MALFORMED, *CLAIMS]
    assert {one.outcome for one in verdicts} == {Outcome.PROVED}


def test_a_model_that_forgets_an_event_is_noticed(artifact):
    def silent(transition: Transition) -> Transition:
        def body(pool, env, *args):
            step = transition(pool, env, *args)
            return Step(step.pool, step.returns, (), step.calls)

        return replace(transition, function=body)

    model = v3.SPEC.model
    quiet = tuple(silent(one) if one.name == "withdraw" else one for one in model.transitions)
    spec = replace(v3.SPEC, model=replace(model, transitions=quiet))

    verdicts = compare(Task(spec, artifact, "withdraw()", Limits(20)))

    outcomes = {one.property: one.outcome for one in verdicts}
    assert outcomes.pop("emits_and_calls_alike") is not Outcome.PROVED
    assert set(outcomes.values()) == {Outcome.PROVED}
