"""A proof that rests on an unproved invariant is no proof."""

from dataclasses import replace

from harness.check.prove.settle import LOST, PREMISES, settled
from harness.check.verdict import Outcome, Verdict
from harness.lang import Model, Prop, Spec, invariant, record


@record
class State:
    number: int = 0


def claim(name: str):
    def predicate(state: State) -> Prop:
        """Claims."""
        return True

    predicate.__name__ = name
    return invariant()(predicate)


SPEC = Spec("toy", "toy", Model(State, State(), ()), tuple(map(claim, ("broken", "leaning", "standing"))))


def step(name: str, outcome: Outcome, *rests_on: str) -> Verdict:
    used = [f"invariant {one}" for one in rests_on]
    return Verdict("toy", "prove", name, "f()", outcome, 0.0, evidence={"hypotheses": used})


def test_what_rests_on_an_unproved_invariant_is_taken_back_all_the_way():
    verdicts = [
        step("broken", Outcome.NOT_INDUCTIVE),
        step("leaning", Outcome.PROVED, "broken"),
        step("rule", Outcome.PROVED, "leaning"),
        step("standing", Outcome.PROVED, "standing"),
    ]

    outcomes = {one.property: one.outcome for one in settled(verdicts, SPEC, whole=True)}

    assert outcomes == {
        "broken": Outcome.NOT_INDUCTIVE,
        "leaning": Outcome.UNKNOWN,
        "rule": Outcome.UNKNOWN,
        "standing": Outcome.PROVED,
    }


def test_an_invariants_own_steps_may_rest_on_it():
    kept = step("broken", Outcome.PROVED, "broken")
    lost = replace(kept, function="g()", outcome=Outcome.NOT_INDUCTIVE)
    assert settled([kept, lost], SPEC, whole=True) == [kept, lost]


def test_a_partial_proof_says_what_it_did_not_look_at():
    [verdict] = settled([step("rule", Outcome.PROVED, "standing")], SPEC, whole=False)
    assert verdict.outcome is Outcome.PROVED
    assert "given the invariants" in verdict.detail


def test_a_task_that_was_lost_leaves_every_invariant_unproved():
    lost = step(LOST, Outcome.UNKNOWN)
    found = settled([step("rule", Outcome.PROVED, "standing"), lost], SPEC, whole=True)
    assert [one.outcome for one in found] == [Outcome.UNKNOWN, Outcome.UNKNOWN]


def premised(function: str, outcome: Outcome, *possible: bool | None) -> Verdict:
    evidence = {PREMISES: list(possible)} if outcome is Outcome.PROVED else {}
    return Verdict("toy", "prove", "rule", function, outcome, 0.0, evidence=evidence)


def test_a_claim_is_vacuous_where_a_premise_holds_for_none_of_its_functions():
    some = [premised("f()", Outcome.PROVED, True, False), premised("g()", Outcome.PROVED, False, None)]
    none = [premised("f()", Outcome.PROVED, True, False), premised("g()", Outcome.PROVED, True, False)]
    assert settled(some, SPEC, whole=True) == some
    assert {one.outcome for one in settled(none, SPEC, whole=True)} == {Outcome.VACUOUS}


def test_of_a_claim_that_fails_for_a_function_no_premise_is_called_impossible():
    found = [premised("f()", Outcome.UNKNOWN), premised("g()", Outcome.PROVED, False)]
    assert settled(found, SPEC, whole=True) == found
