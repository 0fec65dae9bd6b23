"""Terms that mean the same thing meet: each test is one rule of the normal form."""

from __future__ import annotations

import pytest

from harness.term import core, word
from harness.term.choice import under
from harness.term.core import FALSE, ONE, TRUE, ZERO, and_, apply, const, eq, ite, le, lt, not_, or_, var
from harness.term.facts import facts_of
from harness.term.integer import iadd, idiv, imin, imod, imul, isub
from harness.term.linear import combine
from harness.term.pack import extract, pack, segments

A, B, C = (var(name, 0, 2**64 - 1) for name in ("a", "b", "c"))
INDEX, J = (var(name, 0, 31) for name in ("i", "j"))
X, Y = var("x"), var("y")
P, Q, R = (core.bvar(name) for name in ("p", "q", "r"))


def scaled(factor: int, term: core.Term) -> core.Term:
    return combine((factor, term))


def test_equal_terms_are_the_same_object() -> None:
    assert iadd(A, B) is iadd(B, A)
    assert and_(P, Q, R) is and_(R, and_(Q, P))


def test_a_term_has_no_truth_value() -> None:
    with pytest.raises(core.TermError, match="write &"):
        bool(P)


def test_a_wrap_vanishes_where_bounds_exclude_it() -> None:
    assert word.add(A, B) is iadd(A, B)
    assert word.add(X, Y).op == "mod"


def test_an_outer_wrap_absorbs_an_inner_one() -> None:
    assert word.wrap(word.sub(A, B), 64) is word.wrap(isub(A, B), 64)
    assert word.wrap(imul(word.sub(A, B), C), 64) is word.wrap(imul(isub(A, B), C), 64)


def test_a_difference_that_wraps_back_cancels() -> None:
    assert word.sub(word.add(X, Y), Y) is X


def test_sums_cancel_through_coefficients() -> None:
    delta = isub(iadd(scaled(10**8, A), B), iadd(scaled(10**8, A), C))
    assert delta is isub(B, C)


def test_adding_a_number_gives_the_sum_that_combining_gives() -> None:
    tree = ite(P, const(7), ite(Q, const(3), ZERO))
    unbounded = var("u", None, None)
    mixed = combine((3, X), (-1, tree))
    for term in (X, ZERO, const(5), tree, unbounded, iadd(X, const(2)), iadd(X, Y), mixed):
        for k in (-5, -2, 0, 2, 5):
            wanted = combine((1, term), (k, ONE))
            assert iadd(term, const(k)) is wanted
            assert iadd(const(k), term) is wanted
            assert isub(term, const(-k)) is wanted
            assert None in (term.lo, wanted.lo) or wanted.lo == term.lo + k


def test_masks_and_shifts_of_a_packed_word_give_its_segments() -> None:
    packed = pack([(0, 64, A), (64, 64, B), (128, 64, C)])
    assert word.and_(packed, const(2**64 - 1)) is A
    assert word.and_(word.shr(const(64), packed), const(2**64 - 1)) is B
    assert extract(packed, 128, 64) is C
    cleared = word.and_(packed, word.not_(const((2**64 - 1) << 64)))
    assert word.or_(cleared, word.shl(const(64), C)) is pack([(0, 64, A), (64, 64, C), (128, 64, C)])


def test_multiplying_by_a_power_of_two_is_shifting() -> None:
    assert word.mul(A, const(2**32)) is word.shl(const(32), A)
    assert word.div(X, const(2**32)) is word.shr(const(32), X)


def test_segments_of_a_packed_word_are_found_in_its_sum() -> None:
    packed = pack([(0, 64, A), (96, 64, B)])
    assert [(s.offset, s.term) for s in segments(packed)] == [(0, A), (96, B)]


def test_packing_refuses_what_does_not_fit() -> None:
    with pytest.raises(core.TermError, match="32 bits at bit 0"):
        pack([(0, 32, A)])


def test_a_choice_between_packed_words_is_made_field_by_field() -> None:
    one, two = pack([(0, 64, A), (64, 64, B)]), pack([(0, 64, A), (64, 64, C)])
    assert extract(ite(P, one, two), 64, 64) is ite(P, B, C)
    assert extract(ite(P, one, two), 0, 64) is A


def test_packed_words_are_equal_field_by_field() -> None:
    one, two = pack([(0, 64, A), (64, 64, B)]), pack([(0, 64, B), (64, 64, C)])
    assert eq(one, two) is and_(eq(A, B), eq(B, C))


def test_constants_are_pushed_into_trees_of_constants() -> None:
    tree = ite(P, const(3), ite(Q, const(5), const(9)))
    assert iadd(tree, ONE) is ite(P, const(4), ite(Q, const(6), const(10)))
    assert idiv(tree, const(2)) is ite(P, const(1), ite(Q, const(2), const(4)))
    assert eq(tree, const(5)) is and_(not_(P), Q)
    assert lt(tree, const(5)) is P
    assert eq(tree, const(4)) is FALSE


def test_equal_contributions_of_trees_meet_inside_a_sum() -> None:
    up, down = ite(P, const(5), const(3)), ite(P, ZERO, const(2))
    assert iadd(iadd(A, up), down) is iadd(A, const(5))


def test_a_product_with_a_tree_of_constants_is_linear() -> None:
    assert imul(ite(P, ONE, ZERO), A) is ite(P, A, ZERO)


def test_division_by_a_constant_is_pushed_through_a_choice() -> None:
    assert idiv(ite(P, A, B), const(100)) is ite(P, idiv(A, const(100)), idiv(B, const(100)))


def test_divisions_by_constants_join() -> None:
    assert idiv(idiv(A, const(100)), const(100)) is idiv(A, const(10_000))
    assert idiv(scaled(500, A), const(10_000)) is idiv(A, const(20))


def test_division_by_a_factor_cancels_unless_it_is_zero() -> None:
    assert idiv(imul(A, B), B) is ite(eq(B, ZERO), ZERO, A)


def test_the_overflow_check_of_a_product_disappears_where_it_cannot_fail() -> None:
    product = word.mul(A, B)
    checked = word.or_(word.iszero(A), word.eq(word.div(product, A), B))
    assert word.truth(checked) is TRUE


def test_nested_choices_are_brought_into_one_order() -> None:
    assert ite(and_(not_(P), Q), A, ite(P, B, C)) is ite(P, B, ite(Q, A, C))


def test_a_choice_knows_its_condition_in_its_arms() -> None:
    assert ite(P, ite(P, A, B), C) is ite(P, A, C)
    assert ite(and_(P, Q), ite(P, A, B), C) is ite(and_(P, Q), A, C)
    assert ite(le(A, const(5)), ite(le(A, const(9)), B, C), C) is ite(le(A, const(5)), B, C)


def test_equal_arms_join() -> None:
    assert ite(P, A, ite(Q, A, B)) is ite(or_(P, Q), A, B)
    assert ite(P, A, A) is A


def test_what_both_arms_share_is_taken_out() -> None:
    assert ite(P, iadd(A, B), A) is iadd(A, ite(P, B, ZERO))


def test_taking_out_does_not_lose_a_bound() -> None:
    capped = ite(le(A, const(2**64 - 2)), iadd(A, ONE), A)
    assert capped.hi == 2**64 - 1
    assert word.wrap(capped, 64) is capped


def test_a_clamp_is_bounded_by_its_limit() -> None:
    assert imin(A, const(100)).hi == 100


def test_a_comparison_and_its_negation_share_an_atom() -> None:
    assert not_(le(A, B)) is lt(B, A)
    assert lt(A, const(1)) is eq(A, ZERO)
    assert and_(le(A, B), lt(B, A)) is FALSE


def test_common_factors_of_a_comparison_are_rounded_away() -> None:
    assert le(scaled(4, A), const(7)) is le(A, ONE)
    assert eq(scaled(4, A), const(7)) is FALSE


def test_comparisons_fold_by_bounds() -> None:
    assert le(INDEX, const(31)) is TRUE
    assert lt(const(31), INDEX) is FALSE
    assert le(A, const(2**64 - 2)) is not_(eq(A, const(2**64 - 1)))


def test_a_masked_word_equal_to_itself_is_a_bound() -> None:
    assert eq(X, word.wrap(X, 160)) is le(X, const(2**160 - 1))


def test_a_quotient_is_compared_without_the_division() -> None:
    assert le(idiv(A, const(100)), const(7)) is le(A, const(799))
    assert eq(idiv(A, const(100)), ZERO) is le(A, const(99))
    assert le(const(10), idiv(A, J)) is and_(not_(eq(J, ZERO)), le(scaled(10, J), A))


def test_a_conjunction_drops_what_the_rest_implies() -> None:
    assert and_(le(A, const(5)), le(A, const(9))) is le(A, const(5))
    assert and_(eq(A, const(3)), le(A, const(5))) is eq(A, const(3))
    assert and_(P, or_(P, Q)) is P
    assert and_(P, or_(not_(P), Q)) is and_(P, Q)
    assert and_(P, not_(P)) is FALSE


def test_comparison_words_become_conditions_again() -> None:
    assert word.truth(word.lt(A, B)) is lt(A, B)
    assert word.iszero(word.iszero(word.lt(A, B))) is word.lt(A, B)
    assert word.truth(word.and_(word.lt(A, B), word.eq(A, C))) is and_(lt(A, B), eq(A, C))
    assert word.truth(word.xor(X, Y)) is not_(eq(X, Y))


def test_a_signed_comparison_of_small_differences_needs_no_wrap() -> None:
    size = var("size", 0, 2**64 - 1)
    assert word.truth(word.slt(word.sub(size, const(4)), const(32))) is le(size, const(35))


def test_a_shift_by_a_bounded_term_is_a_table() -> None:
    shifted = word.shl(scaled(8, var("k", 0, 3)), const(1))
    assert {1, 2**8, 2**16, 2**24} == {core.value(word.shl(const(8 * k), ONE)) for k in range(4)}
    assert shifted.leaves == 4


def test_powers_of_ten_are_a_table() -> None:
    assert word.exp(const(10), var("n", 0, 5)).leaves == 6


@pytest.mark.parametrize("base", [const(3), X])
def test_a_power_without_a_finite_table_is_unsupported(base) -> None:
    with pytest.raises(word.Unsupported, match="EXP"):
        word.exp(base, Y)


def test_an_application_takes_its_functions_arity() -> None:
    f = core.Function("f", 2)
    with pytest.raises(core.TermError, match="takes 2 arguments"):
        apply(f, A)


def test_facts_unwrap_a_word_that_keeps_its_bounds() -> None:
    wrapped = word.wrap(iadd(A, B), 64)
    assert under(wrapped, facts_of(le(iadd(A, B), const(2**64 - 1)))) is iadd(A, B)
    assert under(word.wrap(X, 64), facts_of(le(X, const(5)))) is word.wrap(X, 64)


def test_remainders_of_the_same_value_meet() -> None:
    assert imod(iadd(A, const(100)), const(10)) is imod(A, const(10))
