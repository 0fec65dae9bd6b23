"""A series of questions gives the answers that each question gets by itself."""

from __future__ import annotations

import re

import pytest

from harness.solver import Model, Questions, Solver, Status, questions, z3_backend
from harness.solver.z3_backend import Run, Series
from harness.term.core import Function, and_, apply, const, eq, le, lt, not_, var
from harness.term.integer import iadd, imul
from harness.term.linear import combine

A, B, C = (var(name, 0, 1000) for name in "abc")
F = Function("f", 1, 0, 9)
SOLVER = Solver()
CIRCLE = and_(lt(A, B), lt(B, C), lt(C, A))

CLAIMS = [
    eq(A, const(3)),
    and_(eq(A, const(4)), lt(B, A)),
    CIRCLE,
    and_(eq(apply(F, A), const(3)), eq(A, B), not_(eq(apply(F, B), const(3)))),
    and_(eq(apply(F, A), const(3)), not_(eq(apply(F, B), const(3)))),
    lt(const(9), iadd(apply(F, A), apply(F, B))),
    and_(le(const(990), A), le(iadd(A, B), const(990)), lt(const(0), B)),
    lt(const(2990), iadd(A, iadd(B, C))),
]


def test_every_question_of_a_series_is_answered_as_by_itself() -> None:
    for claims in (CLAIMS, CLAIMS[::-1]):
        series = Questions(SOLVER)
        for claim in claims:
            answer = series.satisfiable(claim)
            assert answer.status is SOLVER.satisfiable(claim).status
            assert answer.stage == "series"
            assert answer.model is None or answer.model.value(claim)


def test_a_claim_that_was_told_for_good_would_exclude_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def for_good(solver: object, lines: list[str]) -> None:
        load(solver, [re.sub(r"^\(assert \(=> \|[^|]*\| (.*)\)\)$", r"(assert \1)", line) for line in lines])

    load = z3_backend._load
    monkeypatch.setattr(z3_backend, "_load", for_good)
    series = Questions(SOLVER)

    assert series.satisfiable(eq(A, const(3))).status is Status.MODEL
    assert series.satisfiable(eq(A, const(4))).status is Status.PROVED


def test_a_symbol_with_other_bounds_begins_another_series(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow, wide = eq(var("n", 0, 5), const(3)), eq(var("n", 0, 10), const(7))

    def asked() -> Status:
        series = Questions(SOLVER)
        assert series.satisfiable(narrow).status is Status.MODEL
        return series.satisfiable(wide).status

    assert asked() is Status.MODEL
    monkeypatch.setattr(Questions, "_series_for", lambda one, encoding: one._series)
    assert asked() is Status.PROVED


def test_only_a_model_that_evaluation_confirms_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Series, "check", lambda *args: Run("sat", model=Model({"a": 1, "b": 2}, {})))

    assert Questions(SOLVER).satisfiable(CIRCLE).status is Status.PROVED
    monkeypatch.setattr(questions, "confirmed", lambda model, query: True)
    assert Questions(SOLVER).satisfiable(CIRCLE).status is Status.MODEL


def test_what_a_series_gives_up_on_is_asked_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Series, "check", lambda *args: Run("unknown", reason="out of memory"))

    for claim in CLAIMS:
        assert Questions(SOLVER).satisfiable(claim).status is SOLVER.satisfiable(claim).status


def test_too_little_memory_leaves_a_question_undecided_and_says_so() -> None:
    poor = Solver(memory_mb=1)
    series = Questions(poor)

    for claim in CLAIMS[:2]:
        for answer in (series.satisfiable(claim), poor.satisfiable(claim)):
            assert answer.status is Status.UNKNOWN
            assert answer.reason == z3_backend.OUT_OF_MEMORY


def test_a_series_that_ran_out_of_memory_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    series = Questions(SOLVER)
    series._series = Series(memory_mb=1)

    assert [series.satisfiable(claim).stage for claim in CLAIMS[:2]] != ["series", "series"]
    assert series.satisfiable(CLAIMS[1]).stage == "series"


def test_products_are_asked_about_by_themselves() -> None:
    answer = Questions(SOLVER).satisfiable(and_(eq(imul(A, B), const(35)), lt(const(1), A), lt(A, B)))

    assert answer.model is not None
    assert answer.stage != "series"
    assert {answer.model.value(A), answer.model.value(B)} == {5, 7}


SLOTS = combine(*((1, apply(F, const(slot))) for slot in range(questions.LOOP)))
"""What a loop over slots adds up."""

NOTHING_IS_ENOUGH = and_(le(iadd(SLOTS, apply(F, apply(F, const(3)))), const(5)), lt(A, B))


def test_a_state_in_which_nothing_happened_is_a_witness_where_one_is_enough() -> None:
    model = Questions(SOLVER).blank(NOTHING_IS_ENOUGH)

    assert model is not None
    assert model.value(NOTHING_IS_ENOUGH)


def test_that_nothing_happened_is_only_a_guess() -> None:
    claim = and_(lt(const(2), SLOTS), le(SLOTS, const(5)))

    assert Questions(SOLVER).blank(claim) is None
    assert Questions(SOLVER).satisfiable(claim).status is Status.MODEL


def test_no_guess_is_made_where_no_loop_reads_anything() -> None:
    assert Questions(SOLVER).blank(le(apply(F, const(3)), A)) is None


def test_a_symbol_that_is_one_of_the_numbers_reads_what_is_there() -> None:
    claim = and_(NOTHING_IS_ENOUGH, le(A, const(5)), eq(apply(F, A), const(1)))

    assert Questions(SOLVER).blank(claim) is None
    assert Questions(SOLVER).satisfiable(claim).status is Status.MODEL
