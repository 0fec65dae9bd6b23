"""Parallel work: order, crashes, and a pool that an impatient caller leaves."""

import os
import time

import pytest

from harness.check.parallel import TIME_IS_UP, Crashed, Finished, each


def square(number: int) -> int:
    return number * number


def square_or_die(number: int) -> int:
    if number == 3:
        os._exit(1)
    return number * number


def test_every_item_gets_its_own_result():
    assert sorted((f.index, f.result) for f in each(square, range(6), workers=2)) == [
        (number, number * number) for number in range(6)
    ]


def test_one_worker_needs_no_process():
    assert list(each(lambda number: number + 1, [1, 2])) == [Finished(0, 2), Finished(1, 3)]


def test_a_dead_worker_costs_only_its_own_item():
    results = {finished.index: finished.result for finished in each(square_or_die, range(6), workers=2)}

    assert isinstance(results.pop(3), Crashed)
    assert results == {number: number * number for number in (0, 1, 2, 4, 5)}


def test_leaving_early_ends_the_workers():
    results = each(square, range(100), workers=2)
    first = next(results)
    results.close()
    assert isinstance(first.result, int)


def square_or_sleep(number: int) -> int:
    if number == 3:
        time.sleep(600)
    return number * number


def test_what_is_not_finished_when_the_time_is_up_has_no_result_and_the_rest_keeps_its_own():
    until = time.monotonic() + 5
    results = {f.index: f.result for f in each(square_or_sleep, range(4), workers=2, until=until)}
    assert results.pop(3) == TIME_IS_UP
    assert all(result in (number * number, TIME_IS_UP) for number, result in results.items())
    assert sorted(results) == [0, 1, 2]


@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_is_begun_after_the_time_is_up(workers):
    results = each(square, range(3), workers=workers, until=time.monotonic())
    assert [finished.result for finished in results] == [TIME_IS_UP] * 3
