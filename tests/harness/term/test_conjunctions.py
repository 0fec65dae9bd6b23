"""Conjunctions of conjunctions: what is simple within each is not looked at again, and nothing is missed."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.term.boolean import some_of
from harness.term.core import Term, and_, bvar, const, eq, ite, le, lt, not_, or_, var
from harness.term.integer import iadd
from harness.term.pack import bit_and

A, B = var("a", 0, 20), var("b", 0, 20)
ATOMS = [
    *(bvar(name) for name in "pqr"),
    *(le(A, const(bound)) for bound in (3, 7, 12)),
    *(eq(B, const(number)) for number in (0, 4, 9)),
    lt(A, B),
    le(iadd(A, B), const(15)),
]
CONDITION = st.recursive(
    st.sampled_from(ATOMS).flatmap(lambda atom: st.sampled_from([atom, not_(atom)])),
    lambda inner: st.one_of(
        st.builds(and_, inner, inner),
        st.builds(or_, inner, inner),
        st.builds(ite, inner, inner, inner),
    ),
    max_leaves=6,
)
GROUP = st.lists(CONDITION, min_size=1, max_size=5)
RELAXED = settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))


def members(condition: Term) -> list[Term]:
    """The members of a conjunction, or the condition alone."""
    return list(condition.args) if condition.op == "and" else [condition]


@RELAXED
@given(st.lists(GROUP, min_size=2, max_size=3))
def test_conjunctions_join_to_what_all_their_members_at_once_give(groups: list[list[Term]]) -> None:
    joined = [and_(*group) for group in groups]

    assert and_(*joined) is and_(*(member for one in joined for member in members(one)))


@RELAXED
@given(st.lists(CONDITION, min_size=2, max_size=7), st.lists(st.booleans(), min_size=30, max_size=30))
def test_some_members_of_a_conjunction_are_one_as_they_stand(group: list[Term], kept: list[bool]) -> None:
    chosen = [member for member, keep in zip(members(and_(*group)), kept, strict=False) if keep]

    assert some_of(chosen) is and_(*chosen)


def test_what_two_conjunctions_say_together_is_found_in_a_member_of_either() -> None:
    p, q, r, s = (bvar(name) for name in ("p", "q", "r", "s"))
    either = or_(and_(p, q), s)

    assert and_(and_(either, p, r), and_(q, r)) is and_(p, q, r)
    assert and_(and_(either, not_(p)), r) is and_(s, not_(p), r)


def test_a_mask_leaves_a_number_that_it_covers_as_it_is() -> None:
    packed = iadd(A, iadd(B, const(2**40)))

    assert bit_and(const(2**64 - 1), packed) is packed
    assert bit_and(packed, const(0xFF << 40)) is const(2**40)
