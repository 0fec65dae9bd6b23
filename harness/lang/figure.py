"""Pictures of what a model computes, as data: for readers who would rather look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["line", "dashed", "bars", "marks"]


@dataclass(frozen=True, slots=True)
class Series:
    """Points (x, y) under one name, drawn in one style."""

    name: str
    points: tuple[tuple[float, float], ...]
    style: Style = "line"


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: its title, what it shows in a sentence or two, its axes with their units, its series.

    `logarithmic` draws both axes so; every coordinate must then be above 0.
    """

    title: str
    caption: str
    x: str
    y: str
    series: tuple[Series, ...]
    logarithmic: bool = False
