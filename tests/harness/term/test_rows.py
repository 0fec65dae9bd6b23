"""A row of terms read at a symbolic position is what stands there, however alike its members look."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.lang import at
from harness.term.core import Function, apply, const, eq, ite, lt, var
from harness.term.evaluate import evaluate
from harness.term.integer import iadd, idiv, imul
from harness.term.row import at_position, behind_row
from harness.term.substitute import substitute
from harness.term.symbol import number, term_of
from harness.term.walk import size
from tests.harness.term.oracle import ENVIRONMENT, PROGRAM, SYMBOLS, f, run

RELAXED = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
INDEX = SYMBOLS["index"]
STORED = Function("stored", 1)


def members(term, length=32):
    return [substitute([term], {INDEX: const(place)})[0] for place in range(length)]


@RELAXED
@given(PROGRAM, st.lists(ENVIRONMENT, min_size=3, max_size=3), st.integers(0, 31))
def test_a_row_at_a_position_is_the_member_there(program, environments, odd):
    numbers = [term for term, _ in run(program, environments).everything() if not term.boolean]
    for term in numbers:
        row = members(term)
        for values in (row, [*row[:odd], SYMBOLS["amount"], *row[odd + 1 :]]):
            chosen = at_position(values, INDEX)
            for environment in environments:
                expected = values[environment["index"]]
                assert evaluate([chosen], environment, {"f": f}) == evaluate(
                    [expected], environment, {"f": f}
                )


def test_a_position_beyond_the_row_reads_the_last_member():
    row = [iadd(apply(STORED, const(place)), const(place)) for place in range(4)]
    position = var("position", 0, 9)
    chosen = at_position(row, position)
    values = [
        evaluate([chosen], {"position": place}, {"stored": lambda key: 100 * key}) for place in range(10)
    ]
    assert values == [[101 * min(place, 3)] for place in range(10)]


def test_what_an_unrolled_loop_leaves_is_one_small_term():
    def weight(place):
        staked = apply(STORED, iadd(place, const(1)))
        least = idiv(imul(SYMBOLS["small"], const(3)), const(4))
        return ite(lt(least, staked), idiv(staked, iadd(least, const(1))), const(0))

    row = [weight(const(place)) for place in range(32)]
    assert behind_row(row) is not None
    assert at_position(row, INDEX) is weight(INDEX)
    assert size(at_position(row, INDEX)) < 20


def test_members_that_are_unlike_have_no_term_behind_them():
    alike = [apply(STORED, const(place)) for place in range(8)]
    assert behind_row(alike) is not None
    for odd in range(8):
        assert behind_row([*alike[:odd], SYMBOLS["amount"], *alike[odd + 1 :]]) is None
    assert behind_row([*alike[:7], apply(STORED, const(8))]) is None
    assert behind_row([const(place * place) for place in range(8)]) is None


def test_specifications_read_rows_of_records_and_of_truths():
    stored = [apply(STORED, const(place)) for place in range(32)]
    pairs = [(number(term), place) for place, term in enumerate(stored)]
    value, place = at(pairs, number(INDEX))
    assert term_of(value) is apply(STORED, INDEX)
    assert term_of(place) is INDEX
    claims = [number(term) == 0 for term in stored]
    chosen = at(claims, number(INDEX)).term
    for position in range(32):
        held = evaluate([chosen], {"index": position}, {"stored": lambda key: key % 2})
        assert held == evaluate([eq(stored[position], const(0))], {}, {"stored": lambda key: key % 2})
