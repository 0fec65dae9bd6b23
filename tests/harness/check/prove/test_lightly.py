"""What an unrolled loop asks of every slot is left out of the first question, and nothing else is."""

from __future__ import annotations

from harness.check.prove.build import MANY, lightly
from harness.check.prove.decided import Decided
from harness.check.prove.instances import Instances, at_numbers
from harness.lang import Domain, Int, Invariant, Prop
from harness.solver import Answer, Query, Solver, Status
from harness.term.core import Function, Term, apply, const, le, var
from harness.term.linear import combine
from harness.term.symbol import number, term_of

HELD = Function("held", 1)
KEY = var("key")


def small(_pool: object, slot: Int) -> Prop:
    """Nobody holds more than 3."""
    return number(apply(HELD, term_of(slot))) <= 3


SMALL = Invariant("small", "", "", small, (("slot", Domain("slot", 0, 1000)),), ())


def hypotheses(count: int) -> list[tuple[str, Term]]:
    """Return the instances that a loop over `count` slots, and a read at a key, call for."""
    read = [*map(const, range(count)), KEY]
    return Instances.of([SMALL], None).at([combine(*((1, apply(HELD, key)) for key in read))])


def test_instances_at_numbers_say_so_in_their_names() -> None:
    names = [name.rpartition(" ")[0] for name, _ in hypotheses(3)]

    assert sorted(names) == ["invariant small", *(f"invariant small at {at}" for at in range(3))]
    assert [at_numbers(name) for name, _ in hypotheses(3)] == [name != "invariant small" for name in names]


def test_a_proof_with_an_instance_at_a_number_rests_on_the_invariant() -> None:
    answer = Answer(Status.PROVED, 0.0, core=("invariant small at 2 7 of run 1", "success"))

    assert Decided("claim", answers=[answer]).used == ["invariant small", "success"]


def test_only_a_loop_s_instances_are_left_out() -> None:
    few, many = hypotheses(MANY - 1), hypotheses(MANY)

    assert lightly(few) == few
    assert lightly(many) == [one for one in many if not at_numbers(one[0])]
    assert len(lightly(many)) == 1


def test_what_is_left_out_can_be_what_a_proof_needs() -> None:
    known = hypotheses(MANY)
    claim = le(apply(HELD, const(5)), const(3))

    assert Solver().check(Query(lightly(known), claim)).status is Status.MODEL
    assert Solver().check(Query(known, claim)).status is Status.PROVED
