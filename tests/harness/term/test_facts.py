"""Facts decide what follows from them cheaply, and simplify a term wherever they have a say in it."""

from __future__ import annotations

import gc

import pytest

from harness.term.context import simplify_under
from harness.term.core import Function, Term, and_, apply, bvar, const, eq, ite, le, lt, not_, var
from harness.term.facts import Facts
from harness.term.integer import iadd, imod, imul, isub
from harness.term.touch import bits_of

A, B, X = var("a", 0, 2**64 - 1), var("b", 0, 2**64 - 1), var("x", 0, 100)
P, Q = bvar("p"), bvar("q")
F = Function("owner", 1, 0, 2**160 - 1)
OWNER = apply(F, A)

DECIDED = {
    "another comparison of one number": (lt(const(31), A), not_(eq(A, const(0)))),
    "another comparison of one sum": (lt(A, B), not_(eq(iadd(A, const(3)), iadd(B, const(5))))),
    "a condition by itself": (P, P),
    "a refuted conjunction": (not_(and_(P, lt(A, B))), not_(and_(P, lt(A, B), Q))),
    "what is nested in conjunctions": (and_(P, lt(A, B)), not_(and_(Q, not_(and_(P, lt(A, B)))))),
    "a conjunction nested in them that is refuted": (
        not_(and_(P, not_(and_(Q, lt(A, B))))),
        not_(and_(P, not_(and_(Q, lt(A, B))), lt(X, B))),
    ),
}


@pytest.mark.parametrize("case", DECIDED)
def test_a_fact_decides_deep_inside_a_term(case: str) -> None:
    fact, claim = DECIDED[case]
    inside = iadd(ite(claim, A, B), imul(B, X))

    assert simplify_under(inside, Facts([fact])) is iadd(A, imul(B, X))


NUMBERS = {
    "said outright": [eq(OWNER, const(7))],
    "between two bounds": [le(const(7), OWNER), le(OWNER, const(7))],
}


@pytest.mark.parametrize("case", NUMBERS)
def test_facts_that_leave_one_number_put_it_in(case: str) -> None:
    facts = Facts()
    for fact in NUMBERS[case]:
        facts = facts.extended([fact])

    assert simplify_under(imul(B, iadd(OWNER, X)), facts) is imul(B, iadd(const(7), X))


def test_a_wrap_goes_where_facts_exclude_it() -> None:
    wrapped = imod(iadd(A, B), const(2**64))

    assert simplify_under(imul(X, wrapped), Facts([le(iadd(A, B), const(9))])) is imul(X, iadd(A, B))


def test_facts_one_after_the_other_simplify_as_all_at_once() -> None:
    term = ite(lt(A, B), ite(P, isub(B, A), OWNER), ite(eq(OWNER, const(2)), A, B))
    facts: list[Term] = [not_(lt(A, B)), P, eq(OWNER, const(2))]
    grown = Facts()
    for fact in facts:
        grown = grown.extended([fact])

    assert simplify_under(term, grown) is simplify_under(term, Facts(facts)) is A


def test_what_facts_say_nothing_about_shares_no_bits_with_them() -> None:
    assert not Facts([lt(A, B), P]).news & bits_of(ite(eq(OWNER, const(2)), A, B))


def test_facts_that_say_nothing_keep_no_terms_alive() -> None:
    nothing = Facts()
    nothing.decide(lt(A, B))
    simplify_under(iadd(A, B), nothing)
    kept = [one for one in gc.get_referents(nothing) if isinstance(one, dict)]

    assert kept == [{}] * len(kept)
