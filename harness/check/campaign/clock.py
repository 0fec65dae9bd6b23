"""The time of random calls: mostly a little later, often just around when something becomes possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from random import Random
from typing import Any

from harness.lang import Moments

FORTNIGHT = 14 * 24 * 3600
LATEST = 2**63

NEAR = 2**28
"""A number of the state this many seconds from now, or fewer, is taken for a time."""


class Clock:
    """Tells the time of one sequence's calls, in seconds.

    `durations` are the contract's constants that may be periods; `deadlines` tells the times at which a
    state says that something becomes possible, where the specification knows.
    """

    def __init__(
        self,
        rng: Random,
        start: int,
        durations: Sequence[int],
        deadlines: Moments | None,
    ) -> None:
        self.now = start
        if rng.random() < 0.1:
            self.now += rng.getrandbits(rng.randrange(1, 50))
        self._random = rng.random
        self._durations = (0, *durations)
        self._deadlines = deadlines

    def advance(self, pool: Any, crowd: Sequence[int]) -> int | None:
        """Let time pass; return the person whose deadline it is, if it is somebody's."""
        random = self._random
        draw = random()
        person: int | None = None
        if draw < 0.40:
            return None
        if draw < 0.62:
            then = self.now + int(random() * 13)
        elif draw < 0.70:
            then = self.now + int(random() * 7200)
        elif draw < 0.96:
            then, person = self._deadline(pool, crowd)
        else:
            then = self.now + int(random() * FORTNIGHT)
        if self.now < then < LATEST:
            self.now = then
        return person

    def _deadline(self, pool: Any, crowd: Sequence[int]) -> tuple[int, int | None]:
        """Return one second before, at, or after a time of the state plus one of the contract's periods."""
        random = self._random
        jitter = int(random() * 3) - 1
        if self._deadlines is not None and random() < 0.5:
            earliest = self.now - 1
            times = [time for time in self._deadlines(pool) if time >= earliest]
            return (times[int(random() * len(times))] + jitter if times else self.now), None
        person = crowd[int(random() * len(crowd))]
        times = [time for time in _times(pool, person) if -NEAR < time - self.now < NEAR]
        if not times:
            return self.now + int(random() * 7200), None
        period = self._durations[int(random() * len(self._durations))]
        return times[int(random() * len(times))] + period + jitter, person


def _times(pool: Any, person: int) -> Iterator[int]:
    """Yield the numbers of a state that are about a person, or about nobody in particular."""
    for name in _names(pool.__class__):
        value = getattr(pool, name)
        if isinstance(value, dict):  # a concrete table
            value = value.get(person)
        if isinstance(value, int):
            yield value
        else:
            for member in _names(value.__class__):
                number = getattr(value, member)
                if isinstance(number, int):
                    yield number


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """Return the fields of a record's class, none of anything else."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
