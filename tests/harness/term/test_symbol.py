"""Terms as the numbers and truths of specifications."""

import pytest

from harness.term.core import TermError, const, eq, not_, var
from harness.term.symbol import condition_of, deciding, number

X = var("x", 0, 9)


def test_a_number_is_true_unless_it_is_zero():
    assert condition_of(number(X)) is not_(eq(X, const(0)))
    assert [condition_of(number(const(value))) for value in (0, 1, 2)] == [
        condition_of(False),
        condition_of(True),
        condition_of(True),
    ]


def test_python_asks_whether_a_number_is_zero():
    asked = []

    def decide(condition):
        asked.append(condition)
        return False

    with deciding(decide):
        assert not number(X)
    assert asked == [not_(eq(X, const(0)))]


@pytest.mark.parametrize("claim", [None, (True,), "holds"])
def test_what_is_no_proposition_is_refused(claim):
    with pytest.raises(TermError, match="not a proposition"):
        condition_of(claim)
