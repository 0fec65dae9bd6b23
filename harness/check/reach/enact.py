"""Scenarios that fail, played on the EVM from deployment with numbers chosen by chance, then made small."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import process_time
from typing import Any

from harness.check.triage.observed import Transaction
from harness.check.triage.scene import Scene, Situation
from harness.evm.errors import EvmError
from harness.lang import Address, Int, Play, Prop, Revert, Run, Scenario

GREATEST_ADDRESS = 2**160 - 1
TRIES = 4_000

Choose = Callable[[str, int, int], int]


class Unsupposed(Exception):
    """The scenario is not about this case, or the case cannot be played."""


@dataclass(frozen=True, slots=True)
class Enacted:
    """Calls from deployment after which a scenario's claim is false, and the numbers that it is false at."""

    calls: tuple[Transaction, ...]
    keys: Mapping[str, int]


class ScenePlay(Play[Any]):
    """A scenario's calls, made on a scene from deployment, with numbers that `choose` chooses."""

    def __init__(self, scene: Scene, choose: Choose) -> None:
        self._scene = scene
        self._choose = choose
        self._state = scene.view({}, scene.first_ghosts)
        self._time = scene.start_time + 1
        self.calls: list[Transaction] = []
        self.numbers: dict[str, int] = {}
        self.limits: dict[str, tuple[int, int]] = {}

    @property
    def pool(self) -> Any:
        """The state after the calls made so far."""
        return self._state

    @property
    def now(self) -> Int:
        """The time of the last call, or at which the first one may be made."""
        return self._time

    def any_number(self, name: str, low: int, high: int) -> Int:
        """Return a number of the range."""
        self.limits[name] = low, high
        self.numbers[name] = self._choose(name, low, high)
        return self.numbers[name]

    def suppose(self, premise: Prop) -> None:
        """Give the case up where the premise does not hold."""
        if not premise:
            raise Unsupposed

    def call(self, function: str, *args: Int, sender: Address, at: Int) -> Run[Any]:
        """Make a call. Raises Unsupposed where no transaction can be made of it."""
        numbers = (sender, at, *args)
        plain = [number for number in numbers if isinstance(number, int)]
        if len(plain) < len(numbers) or at < self._time or at >= 2**64:
            raise Unsupposed
        last = self.calls[-1] if self.calls else None
        block = self._scene.start_number + 1 if last is None else last.number + (plain[1] > last.time)
        kind = self._scene.instance.abi.function(function)
        try:
            data = kind.encode(*plain[2:])
            self.calls.append(Transaction(data, plain[0], plain[1], block))
            with self._scene.played(Situation(), self.calls) as acts:
                act = acts[-1]
        except EvmError as error:
            raise Unsupposed from error
        self._time, self._state = plain[1], act.after
        return Run(act.before, act.call, act.after)


def enacted(scene: Scene, claim: Scenario, seconds: float) -> Enacted | None:
    """Return a way to play `claim` from deployment after which it is false; None if chance finds none.

    Chance begins where it always does, so that the same is found again, unless time runs out before.
    """
    rng = random.Random(1)
    deadline = process_time() + seconds
    for _ in range(TRIES):
        if process_time() > deadline:
            return None
        keys = {name: rng.choice(scene.values(domain, ())) for name, domain in claim.quantified}
        play = ScenePlay(scene, _chance(rng, scene))
        if _fails(claim, play, keys):
            return _smallest(scene, claim, play, keys)
    return None


def _fails(claim: Scenario, play: ScenePlay, keys: Mapping[str, int]) -> bool:
    """Say whether a claim is false of a play; where it is not about this case it says nothing."""
    try:
        return not claim.predicate(play.pool, play, **keys)
    except (Unsupposed, Revert):  # the latter where the world refuses an answer
        return False


def _smallest(scene: Scene, claim: Scenario, play: ScenePlay, keys: Mapping[str, int]) -> Enacted:
    """Return a play with its numbers, other than addresses, as small as halving makes them."""
    numbers = dict(play.numbers)
    for name, (low, high) in play.limits.items():
        if high == GREATEST_ADDRESS:
            continue
        top = numbers[name]
        while low < top:
            middle = (low + top) // 2
            attempt = ScenePlay(scene, _given({**numbers, name: middle}))
            if _fails(claim, attempt, keys):
                top, numbers, play = middle, attempt.numbers, attempt
            else:
                low = middle + 1
    return Enacted(tuple(play.calls), {**keys, **numbers})


def _given(numbers: Mapping[str, int]) -> Choose:
    return lambda name, low, _high: numbers.get(name, low)


def _chance(rng: random.Random, scene: Scene) -> Choose:
    """Return a choice of people where addresses are asked for, else of the ends, of times, of any size."""

    def choose(_name: str, low: int, high: int) -> int:
        if high == GREATEST_ADDRESS:
            return rng.choice([one for one in scene.addresses if one >= low])
        size = int(2 ** (rng.random() * math.log2(high - low + 1)))
        near = [low, high, low + size - 1, scene.start_time + 1 + min(size, high) % 2**24]
        return min(max(rng.choice(near), low), high)

    return choose
