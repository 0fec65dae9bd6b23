"""Which premises of a proved claim can hold, asked only where the proof has not said it."""

from __future__ import annotations

from typing import Any

from harness.check.prove.obligation import Obligation
from harness.check.prove.vacuity import Witnesses, met_premises
from harness.solver import Solver
from harness.term.core import TRUE, Term, and_, const, eq, lt, not_, var
from harness.term.hashing import keccak

A, B = var("a"), var("b")


class Nothing:
    """A state of which nothing is assumed."""

    def at(self, terms: list[Term]) -> list[tuple[str, Term]]:
        return []


class Steps:
    between = Nothing()


def met(goal: Term, *premises: Term) -> tuple[list[bool | None], list[str]]:
    asked: list[str] = []
    witnesses = Witnesses(Solver(), lambda name, claim: asked.append(name))
    steps: Any = Steps()
    known = (("entry", lt(A, const(5))),)
    return met_premises(
        witnesses, steps, [Obligation("p", "f()", "success", known, goal, premises=premises)]
    ), asked


def test_a_premise_whose_negation_was_the_goal_is_impossible_and_not_asked_about() -> None:
    impossible = eq(A, const(7))

    assert met(not_(impossible), impossible) == ([False], [])


def test_a_premise_that_is_only_a_part_of_the_goal_is_asked_about() -> None:
    possible, impossible = eq(A, const(3)), eq(A, const(7))

    found, asked = met(not_(and_(possible, eq(B, const(1)))), possible, impossible)

    assert found == [True, False]
    assert len(asked) == 2


def test_of_a_goal_that_always_holds_every_premise_is_asked_about() -> None:
    assert met(TRUE, eq(A, const(3)))[0] == [True]


def test_a_model_that_was_not_asked_about_hashes_has_none_that_collide() -> None:
    witnesses = Witnesses(Solver())
    apart, alike = not_(eq(A, B)), eq(keccak((A,)), keccak((B,)))

    assert witnesses.possible([], apart, "apart") is True
    assert witnesses.possible([("apart", apart)], alike, "alike") is False


def test_a_model_is_none_of_a_claim_whose_symbols_have_other_bounds() -> None:
    witnesses, other, narrow = Witnesses(Solver()), var("c"), var("a", 0, 9)
    more = lt(const(9), other)

    assert witnesses.possible([("more", more)], eq(A, other), "wide") is True
    assert witnesses.possible([("more", more)], eq(narrow, other), "narrow") is False
