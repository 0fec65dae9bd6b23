"""Random sequences of calls: the same seed gives the same sequences, whoever runs them."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate
from random import Random
from typing import Any

from harness.check.campaign.call import Planned
from harness.check.campaign.clock import Clock
from harness.check.campaign.ground import Ground
from harness.check.campaign.prediction import Predictor
from harness.check.campaign.surface import Operation
from harness.check.campaign.values import Maker, Scene, Values
from harness.evm.abi import Function
from harness.evm.codec import WordType
from harness.lang import Hints, Thresholds

CROWDS = (2, 3, 3, 4, 5, 6, 8, 12, 20, 60)
"""How many of a crowd (roles that differ in their number only) take part in a sequence, at most."""

MALFORMED = 0.04
"""The share of calls whose calldata or value is not what the function takes."""

VIEW, CONSTANT = 0.12, 0.02
"""How often views and constants' getters are called, relative to functions that change something."""

PARADES = 0.25
"""The share of sequences that begin with everybody of a crowd calling the same function."""

SPARED = 0.5
"""The share of these that have none where the state was written: there may have been one on the way to it."""

TOUR = 16
"""Every so many sequences one calls all functions equally often."""

RARE = 0.02
"""A function that gets a smaller share of the calls is rare."""

AT_THRESHOLD = 0.15
"""The share of arguments with thresholds that are at one, or one beside it."""

BESIDE = (-1, 0, 0, 1)
"""How far from it they are."""

PRACTICE = 2_000
"""How many calls are tried on the models alone to learn which arguments are accepted."""


class Generator:
    """Makes the sequences of one campaign for one ground."""

    def __init__(self, ground: Ground, seed: int) -> None:
        self.ground = ground
        self.seed = seed
        self.values = Values(ground)
        hints = ground.spec.hints
        self._operations = ground.surface.operations
        self._makers = {one: self._arguments_of(one.function) for one in self._operations}
        self._thresholds = list(accumulate(self._weight(one, hints.often) for one in self._operations))
        self._groups = _groups(dict(ground.site.roles))
        self.durations = [one for one in ground.spec.model.constants.values() if 30 <= one < 2**32]
        self._callers = {
            one: [self._groups[name] for name in hints.callers.get(one.function.name, ())]
            for one in self._operations
        }

        self.thresholds: dict[Operation, list[tuple[int, int, Thresholds]]] = {
            one: [] for one in self._operations
        }
        self.successes: dict[Operation, list[tuple[Any, ...]]] = {}
        self._practise()
        self.thresholds = {one: [*_thresholds(one.function, hints)] for one in self._operations}

    def sequence(self, index: int, written: bool = False) -> Sequence:
        """Return the sequence with this number; some call every function equally often.

        `written` says whether the state in which it begins was written. The one before number i that leads to
        the state in which that begins is -1 - i: with the same people.
        """
        people = Random(f"{self.seed}/people/{max(index, -1 - index)}")
        return Sequence(self, Random(f"{self.seed}/{index}"), people, index % TOUR == 0, written)

    def _practise(self) -> None:
        """Try random calls on the models alone; remember arguments that were accepted and changed something.

        Where a function asks for a rare combination, variations of these get further than chance, in this
        practice already. It is the same for every sequence, so that sequences don't depend on each other.
        """
        predictor, ground = Predictor(self.ground), self.ground
        start, states = ground.begin(), ground.companion_states()
        found: dict[Operation, list[tuple[Any, ...]]] = {one: [] for one in self._operations}
        for number in range(PRACTICE // 50):
            calls = Sequence(self, Random(f"practice/{number}"), Random(f"practice/people/{number}"))
            pool, companions = start, states
            for _ in range(50):
                call = calls.next(pool)
                result = predictor.predict(call, pool, companions)
                if result.undefined:
                    break
                changed = result.after != pool
                pool, companions = result.after, dict(result.companions)
                known = found[call.operation] if call.operation is not None else []
                if changed and call.arguments and call.arguments not in known:
                    known.append(call.arguments)
            self.successes = {one: kept[:64] for one, kept in found.items() if kept}

    def _weight(self, operation: Operation, often: Any) -> float:
        function = operation.function
        usual = 1.0 if not function.is_view else VIEW
        if function.name in self.ground.spec.model.constants:
            usual = CONSTANT
        return float(often.get(function.name, usual))

    def _arguments_of(self, function: Function) -> list[Maker]:
        return [self.values.maker(one.type) for one in function.inputs]

    def is_rare(self, operation: Operation) -> bool:
        """Return whether a function is called so seldom that each call of it counts."""
        place = self._operations.index(operation)
        before = self._thresholds[place - 1] if place else 0.0
        return self._thresholds[place] - before < RARE * self._thresholds[-1]

    def pick_operation(self, draw: float, even: bool) -> Operation:
        """Return the operation at a number of ``[0, 1)``, in proportion to how often it is to be called."""
        if even:
            return self._operations[int(draw * len(self._operations))]
        return self._operations[bisect(self._thresholds, draw * self._thresholds[-1])]


class Sequence:
    """Makes one call after the other; the model's state tells what would be interesting."""

    def __init__(
        self,
        generator: Generator,
        rng: Random,
        people: Random,
        even: bool = False,
        written: bool = False,
    ) -> None:
        self._generator = generator
        self._even = even
        self._ground = generator.ground
        self.rng = rng
        crowded = people.random() < PARADES
        size = CROWDS[-1] if crowded else people.choice(CROWDS)
        crowd: list[int] = []
        for group in generator._groups.values():
            crowd += group if len(group) == 1 else people.sample(group, min(size, len(group)))
        chosen = set(crowd)
        self._crowds = {
            name: [person for person in group if person in chosen]
            for name, group in generator._groups.items()
        }
        self._callers = {
            one: [[person for person in group if person in chosen] for group in groups]
            for one, groups in generator._callers.items()
        }
        self._names = list(self._crowds)
        self._scene = Scene(rng, crowd, self._ground.addresses, None)
        self._number = self._ground.start_number
        self._clock = Clock(
            rng, self._ground.start_time, generator.durations, self._ground.spec.hints.deadlines
        )
        parade = crowded and not even and not (written and rng.random() < SPARED)
        self._parade = self._line_up() if parade else []

    def next(self, pool: Any) -> Planned:
        """Return the next call, made for a state of the model."""
        scene = self._scene
        scene.pool = pool
        random = scene.random
        self._number += 1
        focus = scene.focus = self._clock.advance(pool, scene.crowd)
        if self._parade:
            operation, sender = self._parade.pop()
            if random() < 0.85:
                return self._planned(operation, *self._proven(operation), sender)
        else:
            operation = self._generator.pick_operation(random(), self._even)
            sender = self._sender(operation, focus)
        if random() < MALFORMED:
            return self._malformed(operation, sender)
        arguments = self._arguments(operation)
        data = operation.function.encode(*arguments)
        return Planned(operation, arguments, data, sender, self._clock.now, self._number)

    def _line_up(self) -> list[tuple[Operation, int]]:
        """Return one and the same function for everybody of a crowd, so that what is limited gets full."""
        choices = [
            (operation, group)
            for operation in self._generator.successes
            for group in self._callers[operation] or self._crowds.values()
            if len(group) > 1
        ]
        if not choices:
            return []
        operation, group = self.rng.choice(choices)
        return [(operation, person) for person in self.rng.sample(group, len(group))]

    def _proven(self, operation: Operation) -> tuple[tuple[Any, ...], bytes]:
        """Return arguments that were accepted once, and their encoding."""
        successes = self._generator.successes[operation]
        arguments = successes[int(self._scene.random() * len(successes))]
        return arguments, operation.function.encode(*arguments)

    def _sender(self, operation: Operation, focus: int | None) -> int:
        """Return who calls: somebody who is meant to, mostly; the person whose moment it is, if that fits."""
        random = self._scene.random
        groups = self._callers[operation]
        if focus is not None and random() < 0.6 and (not groups or any(focus in group for group in groups)):
            return focus
        if groups and random() < 0.88:
            group = groups[int(random() * len(groups))]
        else:
            group = self._crowds[self._names[int(random() * len(self._names))]]
        return group[int(random() * len(group))]

    def _arguments(self, operation: Operation) -> tuple[Any, ...]:
        """Return arguments: at a threshold of the state where one is known, like accepted ones, or any."""
        arguments = self._usual(operation)
        random = self._scene.random
        for place, greatest, thresholds in self._generator.thresholds[operation]:
            if random() >= AT_THRESHOLD:
                continue
            names = [one.name for one in operation.function.inputs]
            if known := [*thresholds(self._scene.pool, dict(zip(names, arguments, strict=True)))]:
                value = known[int(random() * len(known))] + BESIDE[int(random() * len(BESIDE))]
                arguments = (*arguments[:place], min(max(value, 0), greatest), *arguments[place + 1 :])
        return arguments

    def _usual(self, operation: Operation) -> tuple[Any, ...]:
        scene = self._scene
        makers = self._generator._makers[operation]
        successes = self._generator.successes.get(operation)
        if successes is not None and scene.random() < 0.6:
            return self._variation(operation.function, successes, makers)
        arguments = [make(scene) for make in makers]
        if len(arguments) > 1 and scene.random() < 0.25:
            self._tie(operation.function, arguments)
        return tuple(arguments)

    def _variation(
        self, function: Function, successes: list[tuple[Any, ...]], makers: list[Maker]
    ) -> tuple[Any, ...]:
        """Return arguments that were accepted once, with people exchanged and some numbers moved."""
        scene, random = self._scene, self._scene.random
        arguments = list(successes[int(random() * len(successes))])
        for place, one in enumerate(function.inputs):
            kind = one.type
            if not isinstance(kind, WordType) or kind.kind != "uint":
                arguments[place] = makers[place](scene)
                continue
            draw = random()
            if draw < 0.12:
                arguments[place] = makers[place](scene)
            elif draw < 0.35:
                moved = (
                    arguments[place] + (1, -1, arguments[place], -(arguments[place] // 2))[int(random() * 4)]
                )
                if 0 <= moved < 1 << kind.bits:
                    arguments[place] = moved
        return tuple(arguments)

    def _tie(self, function: Function, arguments: list[Any]) -> None:
        """Make one number a multiple of another by a constant, give or take one: where thresholds are."""
        random = self._scene.random
        numbers = [
            place
            for place, one in enumerate(function.inputs)
            if isinstance(one.type, WordType) and one.type.kind == "uint"
        ]
        if len(numbers) < 2:
            return
        place, other = self.rng.sample(numbers, 2)
        constants = self._generator.values.constants
        value = arguments[other] * constants[int(random() * len(constants))] + int(random() * 3) - 1
        kind = function.inputs[place].type
        if isinstance(kind, WordType) and 0 <= value < 1 << kind.bits:
            arguments[place] = value

    def _malformed(self, operation: Operation, sender: int) -> Planned:
        """Return a call that the contract's decoding, or its refusal of value, has to deal with."""
        random, rng = self._scene.random, self.rng
        function = operation.function
        arguments = self._arguments(operation)
        data = function.encode(*arguments)
        kind = int(random() * 6)
        if kind == 0:
            return self._planned(operation, arguments, data + rng.randbytes(rng.randrange(1, 70)), sender)
        if kind == 1:
            return self._planned(operation, arguments, data, sender, value=rng.randrange(1, 10**18))
        if kind == 2 and (dirty := _dirty(function, data, rng)) is not None:
            return self._planned(operation, None, dirty, sender)
        if kind == 3 and function.inputs and function.arguments.size is not None:
            return self._planned(operation, None, data[: rng.randrange(4, len(data))], sender)
        return self._unknown(sender, rng.randrange(0, 5) if kind == 4 else rng.randrange(0, 100))

    def _unknown(self, sender: int, size: int) -> Planned:
        data = self.rng.randbytes(size)
        if data[:4] in self._ground.surface.selectors:
            data = data[:3]
        value = self.rng.randrange(1, 1000) if self.rng.random() < 0.3 else 0
        return self._planned(None, None, data, sender, value=value)

    def _planned(
        self, operation: Operation | None, arguments: Any, data: bytes, sender: int, value: int = 0
    ) -> Planned:
        return Planned(operation, arguments, data, sender, self._clock.now, self._number, value)


def _thresholds(function: Function, hints: Hints) -> Iterator[tuple[int, int, Thresholds]]:
    """Yield the places of numbers that have thresholds, the greatest number of each, and the thresholds."""
    for place, one in enumerate(function.inputs):
        if isinstance(one.type, WordType) and one.type.kind == "uint" and one.name in hints.thresholds:
            yield place, (1 << one.type.bits) - 1, hints.thresholds[one.name]


def _dirty(function: Function, data: bytes, rng: Random) -> bytes | None:
    """Return the calldata with bits set outside one argument's type, None where no type leaves room."""
    narrow = [
        (place, one.type)
        for place, one in enumerate(function.inputs)
        if isinstance(one.type, WordType) and one.type.bits < 256 and one.type.kind != "int"
    ]
    if not narrow:
        return None
    place, kind = rng.choice(narrow)
    at = 4 + 32 * place
    if any(not isinstance(one.type, WordType) for one in function.inputs[:place]):
        return None
    room = 256 - kind.bits
    bit = rng.randrange(room) + (0 if kind.shift else kind.bits)
    word = int.from_bytes(data[at : at + 32], "big") | 1 << bit
    return data[:at] + word.to_bytes(32, "big") + data[at + 32 :]


def _groups(roles: dict[str, int]) -> dict[str, list[int]]:
    """Return people by what they are: roles that differ in a trailing number only are one crowd."""
    groups: dict[str, list[int]] = {}
    for name, address in roles.items():
        groups.setdefault(re.sub(r"_?\d+$", "", name), []).append(address)
    return groups
