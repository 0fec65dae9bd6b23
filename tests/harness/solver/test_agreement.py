"""The solver, the encoder and evaluation mean the same by a term."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from harness.solver import Query, Solver, Status
from harness.term import core
from tests.harness.term.oracle import ENVIRONMENT, FLAGS, PROGRAM, SYMBOLS, run

RELAXED = settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
SOLVER = Solver(timeout_ms=2_000)


def facts_about(machine, environment):
    """Say what every symbol and every application in the machine's terms is."""
    facts = [(name, core.eq(term, core.const(environment[name]))) for name, term in SYMBOLS.items()] + [
        (name, core.eq(term, core.boolean(bool(environment[name])))) for name, term in FLAGS.items()
    ]
    for index, (term, (value,)) in enumerate((t, v) for t, v in machine.words if t.op == "apply"):
        facts.append((f"f{index}", core.eq(term, core.const(value))))
    return facts


@RELAXED
@given(PROGRAM, ENVIRONMENT)
def test_with_all_symbols_known_each_term_is_proved_to_have_its_value(program, environment):
    machine = run(program, [environment])
    facts = facts_about(machine, environment)
    goal = core.and_(
        *(core.eq(term, core.const(value)) for term, (value,) in machine.numbers[-3:] + machine.words[-3:]),
        *(core.eq(term, core.boolean(bool(value))) for term, (value,) in machine.truths[-3:]),
    )
    answer = SOLVER.check(Query(facts, goal))
    assert answer.status is Status.PROVED or "canceled" in answer.reason or "timeout" in answer.reason, answer
    refuted = SOLVER.check(Query(facts, core.not_(goal)))
    assert refuted.status is Status.MODEL, refuted
