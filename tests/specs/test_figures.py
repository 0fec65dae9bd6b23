"""The pictures of the pools show what their models compute."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest

from harness.lang import Figure, Spec
from specs import v1, v2, v3
from specs.common.figures import DRAWS


def picture(spec: Spec[Any], title: str) -> dict[str, tuple[tuple[float, float], ...]]:
    figures: list[Figure] = [figure() for figure in spec.figures]
    [found] = [one for one in figures if one.title == title]
    return {one.name: one.points for one in found.series}


@pytest.mark.parametrize("spec", [v1.SPEC, v2.SPEC, v3.SPEC], ids=lambda spec: spec.name)
def test_no_slash_takes_more_than_there_is(spec: Spec[Any]) -> None:
    curves = picture(spec, "What a slash takes")

    assert len(curves) >= 2
    assert all(lost <= stake for points in curves.values() for stake, lost in points)


@pytest.mark.parametrize("spec", [v1.SPEC, v2.SPEC], ids=lambda spec: spec.name)
def test_the_first_two_pools_take_a_twentieth(spec: Spec[Any]) -> None:
    taken = dict(picture(spec, "What a slash takes")["the penalty"])

    assert {stake: taken[stake] for stake in (20.0, 50.0, 100_000.0)} == {20.0: 1, 50.0: 2, 100_000.0: 5_000}


@pytest.mark.parametrize("spec", [v1.SPEC, v2.SPEC, v3.SPEC], ids=lambda spec: spec.name)
def test_seats_are_drawn_as_often_as_they_weigh(spec: Spec[Any]) -> None:
    shown = picture(spec, "Who is drawn")

    for (_, weight), (_, drawn) in zip(shown["weight"], shown["drawn"], strict=True):
        assert abs(drawn - weight) < 4 * sqrt(weight * (1 - weight) / DRAWS)
