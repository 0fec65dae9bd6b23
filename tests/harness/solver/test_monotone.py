"""Quotients are ordered as their operands say, and no further."""

import pytest

from harness.solver import Query, Solver, Status
from harness.term.core import const, le, var
from harness.term.integer import idiv

X, Y, D, E = (var(name, 0, 2**64 - 1) for name in "xyde")


def decide(*hypotheses):
    named = [(f"h{place}", term) for place, term in enumerate(hypotheses)]
    return Solver(10_000).check(Query(named, le(idiv(X, D), idiv(Y, E)))).status


def test_more_divided_by_less_is_not_less():
    assert decide(le(X, Y), le(E, D), le(const(1), E)) is Status.PROVED


@pytest.mark.parametrize(
    "hypotheses",
    [
        (le(X, Y), le(E, D)),  # E may be 0, and what is divided by 0 is 0
        (le(X, Y), le(const(1), E)),
        (le(E, D), le(const(1), E)),
    ],
)
def test_nothing_is_claimed_where_an_operand_is_not_ordered(hypotheses):
    assert decide(*hypotheses) is Status.MODEL
