"""Records: copied, compared and kept as they are."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from harness.lang import record, replace
from harness.term.core import var
from harness.term.symbol import number


@record
class Point:
    x: Any
    y: Any = 2


@record
class Other:
    x: Any
    y: Any = 2


def test_a_copy_differs_where_it_was_asked_to() -> None:
    point = Point(1)

    copy = replace(point, y=5)

    assert (point.x, point.y, copy.x, copy.y) == (1, 2, 1, 5)
    assert type(copy) is Point
    assert replace(point) == point
    assert pickle.loads(pickle.dumps(copy)) == copy


def test_a_copy_can_be_changed_as_little_as_the_original() -> None:
    copy: Any = replace(Point(1), y=5)

    with pytest.raises(FrozenInstanceError):
        copy.x = 7
    with pytest.raises(FrozenInstanceError):
        del copy.x


def test_a_field_that_there_is_not_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match="z"):
        replace(Point(1), z=3)


def test_records_are_equal_field_by_field_and_of_one_class() -> None:
    assert Point(1) == Point(1, 2)
    assert hash(Point(1)) == hash(Point(1, 2))
    assert Point(1) != Point(2)
    assert Point(1) != Point(1, 3)
    assert Point(1) != Other(1)


def test_an_equality_that_is_symbolic_is_not_taken_for_a_plain_one() -> None:
    unknown = number(var("unknown", 0, 9))

    for left, right in ((Point(unknown), Point(3)), (Point(3, unknown), Point(3, 4))):
        with pytest.raises(TypeError, match="no truth value"):
            assert left == right
