"""The connectives on plain values; the symbolic side is tested with the term layer."""

import pytest

from harness.lang import clamp, first_lowest, iff, implies, ite, negate, pick, record, within
from harness.lang.table import at


@record
class Pair:
    left: int = 0
    right: int = 0


@pytest.mark.parametrize("premise", [False, True])
@pytest.mark.parametrize("conclusion", [False, True])
def test_connectives_agree_with_their_truth_tables(premise, conclusion):
    assert implies(premise, conclusion) is (conclusion if premise else True)
    assert iff(premise, conclusion) is (premise == conclusion)
    assert negate(premise) is (not premise)


def test_ite_chooses_records_whole():
    assert ite(True, Pair(1, 2), Pair(3, 4)) == Pair(1, 2)
    assert ite(False, Pair(1, 2), Pair(3, 4)) == Pair(3, 4)


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"), [(5, 1, 9, 5), (0, 1, 9, 1), (10, 1, 9, 9), (5, 9, 1, 9)]
)
def test_clamp_moves_a_value_into_the_interval_and_prefers_its_lower_end(value, low, high, expected):
    assert clamp(value, low, high) == expected


def test_within_includes_both_ends():
    assert within(1, 1, 3) and within(3, 1, 3)
    assert not within(0, 1, 3) and not within(4, 1, 3)


def test_first_lowest_prefers_the_first_of_equals():
    stakes = {1: 7, 2: 3, 3: 3, 4: 9}
    assert first_lowest(range(1, 5), stakes.__getitem__) == (2, 3)


@pytest.mark.parametrize(("point", "index"), [(0, 1), (4, 1), (5, 3), (6, 3), (7, 4), (10**9, 4)])
def test_pick_skips_weightless_entries_and_says_so_when_none_is_hit(point, index):
    assert pick([0, 5, 0, 2], point) == index


def test_at_clamps_an_index_beyond_the_end():
    assert at([10, 20, 30], 1) == 20
    assert at([10, 20, 30], 7) == 30
