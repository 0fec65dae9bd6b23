"""What the solver answers: proofs with the hypotheses they used, models that evaluation confirms."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from importlib import import_module

import pytest

from harness.solver import (
    KECCAK_INJECTIVE,
    Answer,
    Opinion,
    Query,
    Solver,
    SolverError,
    Status,
    encode,
    second_opinion,
)
from harness.solver.cases import is_branched, splitter
from harness.solver.crosscheck import crosscheck
from harness.solver.encode import Level
from harness.solver.fragment import fragment
from harness.solver.z3_backend import Session
from harness.term import word
from harness.term.core import FALSE, ONE, TRUE, ZERO, Function, and_, apply, const, eq, ite, le, lt, not_, var
from harness.term.hashing import keccak, keccak_words
from harness.term.integer import iadd, idiv, imod, imul, isub

A, B, D = (var(name, 0, 2**64 - 1) for name in ("a", "b", "d"))
X = var("x")
F = Function("f", 1, 0, 2**64 - 1)
SOLVER = Solver(timeout_ms=20_000)

PROVABLE = {
    "a bound of a symbol": Query([], le(A, const(2**64 - 1))),
    "order": Query([("a <= b", le(A, B))], le(word.sub(B, A), B)),
    "a wrapped sum": Query([("sum", lt(word.wrap(iadd(A, B), 64), A))], lt(const(2**64 - 1), iadd(A, B))),
    "congruence": Query([("same", eq(A, B))], eq(apply(F, A), apply(F, B))),
    "a quotient by a constant": Query([], le(imul(idiv(A, const(7)), const(7)), A)),
    "a remainder by a term": Query([("d", lt(ZERO, D))], lt(imod(A, D), D)),
    "a share": Query([("d", le(A, D))], le(idiv(imul(A, B), D), B)),
    "a slope": Query([("ab", le(A, B))], le(idiv(imul(A, D), const(10)), idiv(imul(B, D), const(10)))),
    "a square": Query([], le(ZERO, imul(isub(A, B), isub(A, B)))),
    "bits": Query([], le(word.and_(A, B), word.or_(A, B))),
    "a difference of words": Query([], eq(word.truth(word.sub(A, B)), not_(eq(A, B)))),
}

REFUTABLE = {
    "a sum": Query([], le(iadd(A, B), const(2**64 - 1))),
    "a sum that wraps": Query([], le(A, word.wrap(iadd(A, B), 64))),
    "a difference that wraps": Query([("small", le(B, const(9)))], le(word.sub(A, B), A)),
    "functions differ": Query([], eq(apply(F, A), apply(F, B))),
    "a quotient by a term": Query([("d", lt(const(9), D))], le(idiv(A, D), const(1000))),
    "a product": Query([("a", lt(const(1), A))], not_(eq(imul(A, B), const(91)))),
    "two divisions": Query(
        [("d", lt(ZERO, D)), ("b", lt(ZERO, B))],
        le(idiv(idiv(imul(A, const(10**6)), D), B), const(10**6)),
    ),
    "bits": Query([("both", lt(const(3), A))], not_(eq(word.xor(A, B), const(12)))),
}


@pytest.mark.parametrize("name", PROVABLE)
def test_what_always_holds_is_proved(name: str) -> None:
    answer = SOLVER.check(PROVABLE[name])
    assert answer.status is Status.PROVED, answer
    assert set(answer.core) <= {label for label, _ in PROVABLE[name].hypotheses}


@pytest.mark.parametrize("name", REFUTABLE)
def test_what_can_fail_gets_a_model_that_evaluation_confirms(name: str) -> None:
    query = REFUTABLE[name]
    answer = SOLVER.check(query)
    assert answer.status is Status.MODEL, answer
    assert answer.model is not None
    assert answer.model.value(query.goal) == 0
    assert all(answer.model.evaluate(term for _, term in query.hypotheses))


def test_the_core_leaves_out_what_was_not_used() -> None:
    answer = SOLVER.check(Query([("used", le(A, B)), ("idle", le(D, B))], le(A, iadd(B, D))))
    assert answer.core == ("used",)


def test_claims_that_exclude_each_other_are_not_satisfiable_together() -> None:
    assert SOLVER.satisfiable(le(A, B)).status is Status.MODEL
    assert SOLVER.satisfiable(and_(lt(A, B), lt(iadd(B, D), A))).status is Status.PROVED


def test_true_goals_and_false_hypotheses_need_no_solver() -> None:
    assert SOLVER.check(Query([], TRUE)).stage == "trivial"
    answer = SOLVER.check(Query([("never", FALSE)], le(A, B)))
    assert (answer.status, answer.core) == (Status.PROVED, ("never",))


def test_what_one_hypothesis_says_by_itself_needs_no_solver() -> None:
    both = and_(le(const(4), A), eq(B, D))
    answer = SOLVER.check(Query([("idle", le(D, B)), ("says so", both)], le(const(3), A)))
    assert (answer.status, answer.core, answer.stage) == (Status.PROVED, ("says so",), "facts")


def test_what_takes_two_hypotheses_or_does_not_follow_is_asked_about() -> None:
    two = SOLVER.check(Query([("one", le(const(4), A)), ("other", eq(A, B))], le(const(4), B)))
    assert (two.status, two.stage) == (Status.PROVED, "opaque")
    wrong = SOLVER.check(Query([("one", and_(le(const(4), A), eq(B, D)))], le(const(5), A)))
    assert wrong.status is Status.MODEL


def test_that_hashes_do_not_collide_is_an_assumption_by_name() -> None:
    same = Query([("same hash", eq(keccak((A, X)), keccak((B, X))))], eq(A, B))
    answer = SOLVER.check(same)
    assert answer.status is Status.PROVED
    assert KECCAK_INJECTIVE in answer.core
    known = Query([("known", eq(keccak((A,)), keccak((const(7),))))], eq(A, const(7)))
    assert KECCAK_INJECTIVE in SOLVER.check(known).core
    lengths = Query([], not_(eq(keccak((A,)), keccak((A, B)))))
    assert KECCAK_INJECTIVE in SOLVER.check(lengths).core


def test_a_model_has_tables_of_functions_and_values_for_what_it_was_not_asked() -> None:
    answer = SOLVER.check(Query([("f", eq(apply(F, A), const(5)))], not_(eq(A, const(3)))))
    assert answer.model is not None
    assert answer.model.functions["f"](3) == 5
    assert answer.model.value(var("unheard", 4, 9)) == 4


def test_a_model_has_the_hashes_that_it_was_asked_about_and_true_ones_elsewhere() -> None:
    answer = SOLVER.check(Query([("a", eq(A, const(3)))], not_(eq(keccak((A,)), const(5)))))
    assert answer.model is not None
    assert answer.model.value(keccak((A,))) == 5
    assert answer.model.value(keccak((var("unheard", 4, 9),))) == keccak_words(4)
    assert answer.model.value(keccak((A, A))) == keccak_words(3, 3)


def test_a_symbol_with_few_values_is_split_into_cases() -> None:
    slot = var("slot", 1, 8)
    table = ZERO
    for index in range(1, 9):
        table = ite(eq(slot, const(index)), imul(var(f"w{index}", 0, 99), A), table)
    goal = le(table, imul(const(99), A))
    answer = SOLVER.check(Query([], goal))
    assert answer.status is Status.PROVED


def test_a_witness_is_looked_for_at_one_value_of_a_symbol_after_the_other() -> None:
    slot, square = var("slot", 1, 8), imul(A, A)
    table = ZERO
    for index in range(1, 9):
        table = ite(eq(slot, const(index)), imul(apply(F, const(index)), A), table)
    claim = and_(eq(table, const(36)), eq(square, const(16)), lt(const(2), slot))

    found = SOLVER.satisfiable(claim)
    assert (found.status, found.stage) == (Status.MODEL, "cases")
    assert found.model is not None
    assert found.model.value(claim)
    assert SOLVER.satisfiable(and_(claim, lt(square, const(9)))).status is Status.PROVED


def test_a_query_that_goes_by_a_symbols_values_is_split_at_once_with_and_without_a_counterexample() -> None:
    slot = var("slot", 1, 32)
    prefix = ZERO
    for place in range(1, 33):
        prefix = iadd(prefix, ite(lt(const(place), slot), apply(F, const(place)), ZERO))
    grown = iadd(prefix, apply(F, slot))
    query = Query([("taken", le(grown, A))], le(apply(F, ite(eq(slot, ONE), ONE, const(2))), A))
    symbol = splitter(query)
    assert symbol is slot
    assert is_branched(query, slot)
    proved = SOLVER.check(query)
    assert (proved.status, proved.stage, proved.core) == (Status.PROVED, "cases", ("taken",))
    refuted = SOLVER.check(Query(query.hypotheses, le(apply(F, const(3)), A)))
    assert refuted.model is not None
    assert refuted.model.value(slot) < 3


def test_a_symbol_that_only_functions_read_is_not_split() -> None:
    slot = var("slot", 1, 32)
    query = Query([], le(imul(apply(F, slot), apply(F, slot)), const(2**128)))
    assert splitter(query) is None
    assert splitter(Query([], lt(slot, apply(F, slot)))) is slot


def test_time_is_limited_and_the_reason_is_given() -> None:
    names = [var(f"n{index}", 2, 2**40) for index in range(4)]
    hard = eq(
        imul(imul(names[0], names[0]), imul(names[0], names[1])), imul(imul(names[2], names[2]), names[3])
    )
    cubes = Query(
        [("odd", eq(imod(names[0], const(1009)), const(7)))], not_(and_(hard, lt(names[3], names[1])))
    )
    answer = SOLVER.check(cubes, timeout_ms=50)
    assert answer.status is not Status.PROVED
    assert answer.status is Status.MODEL or answer.reason
    assert answer.seconds < 5
    session = Session(encode(cubes), cubes.roots(), Level.EXACT, 1_000)
    assert session.check(0.05).reason == "timeout"
    assert session.check(20, case=("n0", 3)).result == "unsat"


def test_names_are_checked() -> None:
    with pytest.raises(SolverError, match="used twice"):
        Query([("h", TRUE), ("h", TRUE)], TRUE)
    with pytest.raises(SolverError, match="not a boolean"):
        Query([("h", A)], TRUE)
    with pytest.raises(SolverError, match="two different domains"):
        encode(Query([("h", le(var("a", 0, 5), A))], le(A, B)))
    with pytest.raises(SolverError, match="is reserved"):
        encode(Query([], le(var("a|b"), A)))


def test_two_terms_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    alike = replace(fragment(iadd(A, B)), name=fragment(isub(A, B)).name)
    encoder = import_module("harness.solver.encode")
    monkeypatch.setattr(encoder, "fragment", lambda node: alike if node is iadd(A, B) else fragment(node))

    with pytest.raises(SolverError, match="share the digest"):
        encode(Query([], eq(imul(iadd(A, B), D), imul(isub(A, B), D))))


def test_the_text_does_not_depend_on_what_was_built_before() -> None:
    script = (
        "from harness.solver import Query, encode\n"
        "from harness.term.core import *\n"
        "from harness.term.integer import *\n"
        "names = {order}\n"
        "made = {{name: var(name, 0, 2**64 - 1) for name in names}}\n"
        "noise = [imul(made['b'], made['a']), le(made['b'], made['a']), eq(made['d'], made['a'])]\n"
        "a, b, d = made['a'], made['b'], made['d']\n"
        "total = iadd(imul(a, b), iadd(b, idiv(a, d)))\n"
        "goal = and_(eq(a, b), le(total, d), not_(eq(total, b)))\n"
        "print(encode(Query([('h', le(a, b))], goal)).smt())\n"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", script.format(order=order)], capture_output=True, text=True, check=True
        ).stdout
        for order in (["a", "b", "d"], ["d", "b", "a"], ["b", "d", "a"])
    }
    assert len(texts) == 1


@pytest.mark.parametrize("query", [*PROVABLE.values(), *REFUTABLE.values()], ids=[*PROVABLE, *REFUTABLE])
@pytest.mark.parametrize("level", Level)
def test_the_text_has_no_operator_with_one_operand_and_no_negative_numeral(
    query: Query, level: Level
) -> None:
    text = encode(query).smt(level)
    assert not re.search(r"\((\+|\*|and|or) [^ ()]+\)", text)
    assert not re.search(r"[ (]-\d", text)
    assert text.endswith("(check-sat)\n")


@pytest.mark.parametrize("name", PROVABLE)
def test_a_second_solver_agrees_with_the_proofs(name: str) -> None:
    assert crosscheck(PROVABLE[name]).status is Status.PROVED


@pytest.mark.parametrize("name", PROVABLE)
def test_a_second_opinion_is_asked_about_the_hypotheses_that_the_proof_used(name: str) -> None:
    answer = SOLVER.check(PROVABLE[name])
    second = second_opinion(PROVABLE[name], answer)
    assert second.status is Status.PROVED
    assert second.second is (None if answer.stage == "trivial" else Opinion.AGREES)


@pytest.mark.parametrize("name", REFUTABLE)
def test_a_proof_that_the_second_solver_contradicts_is_unknown(name: str) -> None:
    everything = tuple(label for label, _ in REFUTABLE[name].hypotheses)
    wrong = Answer(Status.PROVED, 0.0, core=everything, stage="linear")
    second = second_opinion(REFUTABLE[name], wrong)
    assert (second.status, second.second) == (Status.UNKNOWN, Opinion.CONTRADICTS)
    assert "contradicts" in second.reason


def test_a_cross_check_without_the_second_solver_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.solver.crosscheck.find_spec", lambda name: None)
    with pytest.raises(SolverError, match="pip install cvc5"):
        crosscheck(PROVABLE["order"])
