"""Whatever the smart constructors simplify, the value stays that of the naive semantics."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.term import core
from harness.term.context import simplifier, simplify_under
from harness.term.evaluate import compile_terms, evaluate
from harness.term.facts import Facts, facts_of
from harness.term.substitute import rebuild, substitute
from harness.term.walk import postorder
from tests.harness.term.oracle import (
    ENVIRONMENT,
    EVERYTHING_SMALL,
    FLAGS,
    PROGRAM,
    SMALL_PROGRAM,
    SYMBOLS,
    f,
    run,
)

ENVIRONMENTS = st.lists(ENVIRONMENT, min_size=3, max_size=3)
RELAXED = settings(deadline=None, max_examples=250, suppress_health_check=list(HealthCheck))


@RELAXED
@given(PROGRAM, ENVIRONMENTS)
def test_every_simplification_preserves_the_value(program, environments):
    machine = run(program, environments)
    terms = [term for term, _ in machine.everything()]
    for index, environment in enumerate(environments):
        expected = [values[index] for _, values in machine.everything()]
        assert evaluate(terms, environment, {"f": f}) == expected


@RELAXED
@given(SMALL_PROGRAM)
def test_every_simplification_preserves_the_value_everywhere_in_a_small_world(program):
    machine = run(program, EVERYTHING_SMALL, small=True)
    everything = machine.everything()
    compiled = compile_terms([term for term, _ in everything])
    for index, environment in enumerate(EVERYTHING_SMALL):
        assert compiled(environment, {"f": f}) == tuple(values[index] for _, values in everything)


@RELAXED
@given(PROGRAM, ENVIRONMENTS)
def test_every_value_lies_within_its_bounds(program, environments):
    machine = run(program, environments)
    nodes = postorder(term for term, _ in machine.everything())
    for environment in environments:
        for node, value in zip(nodes, evaluate(nodes, environment, {"f": f}), strict=True):
            assert node.lo is None or value >= node.lo
            assert node.hi is None or value <= node.hi


@RELAXED
@given(PROGRAM, ENVIRONMENTS)
def test_compiled_evaluation_agrees_with_evaluation_node_by_node(program, environments):
    machine = run(program, environments)
    terms = [term for term, _ in machine.everything()]
    compiled = compile_terms(terms)
    for environment in environments:
        assert list(compiled(environment, {"f": f})) == evaluate(terms, environment, {"f": f})


@RELAXED
@given(PROGRAM, ENVIRONMENTS)
def test_rebuilding_a_term_from_its_parts_preserves_the_value(program, environments):
    machine = run(program, environments)
    nodes = postorder(term for term, _ in machine.everything())
    rebuilt = [rebuild(node, node.args) for node in nodes]
    for environment in environments:
        assert evaluate(rebuilt, environment, {"f": f}) == evaluate(nodes, environment, {"f": f})


@RELAXED
@given(PROGRAM, ENVIRONMENT)
def test_substituting_constants_gives_the_constant_value(program, environment):
    machine = run(program, [environment])
    replace = {SYMBOLS[name]: core.const(environment[name]) for name in SYMBOLS}
    replace |= {FLAGS[name]: core.boolean(bool(environment[name])) for name in FLAGS}
    terms = [term for term, _ in machine.everything()]
    functions = {core.Function("f", 1, 0, 2**64 - 1): lambda x: core.const(f(core.value(x)))}
    for term, (_, (value,)) in zip(substitute(terms, replace, functions), machine.everything(), strict=True):
        assert core.value(term) == value


@RELAXED
@given(PROGRAM, ENVIRONMENTS, st.lists(st.integers(0, 400), max_size=6))
def test_simplifying_under_facts_preserves_the_value_wherever_they_hold(program, environments, chosen):
    machine = run(program, environments)
    picked = [machine.truths[-1 - index % len(machine.truths)][0] for index in chosen]
    for index, environment in enumerate(environments):
        facts = [
            term if held else core.not_(term)
            for term, held in zip(picked, evaluate(picked, environment, {"f": f}), strict=True)
        ]
        everything = [(term, values[index]) for term, values in machine.everything()]
        terms = [simplify_under(term, facts_of(core.and_(*facts))) for term, _ in everything]
        assert evaluate(terms, environment, {"f": f}) == [value for _, value in everything]


@RELAXED
@given(PROGRAM, ENVIRONMENTS, st.lists(st.integers(0, 400), min_size=2, max_size=6))
def test_simplifying_under_facts_that_extend_others_preserves_the_value(program, environments, chosen):
    machine = run(program, environments)
    picked = [machine.truths[-1 - index % len(machine.truths)][0] for index in chosen]
    shared: dict[tuple[Facts, core.Term], Facts] = {}
    start = Facts()
    for index, environment in enumerate(environments):  # what begins alike goes on from the very facts
        values = [value[index] for _, value in machine.everything()]
        facts = start
        for term, held in zip(picked, evaluate(picked, environment, {"f": f}), strict=True):
            fact = term if held else core.not_(term)
            facts = shared.setdefault((facts, fact), facts.extended([fact]))
            simple = list(map(simplifier(facts), [term for term, _ in machine.everything()]))
            assert evaluate(simple, environment, {"f": f}) == values
