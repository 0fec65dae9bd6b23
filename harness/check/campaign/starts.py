"""States to begin with that no call has led to: written straight into storage, at layout paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from harness.check.campaign.generate import Generator
from harness.check.campaign.prediction import Predictor
from harness.check.campaign.run import DEPLOYMENT, Start
from harness.check.campaign.values import Scene, keyed_by_address
from harness.check.views import Entries
from harness.check.views.binding import snake
from harness.evm.watch import Field

_KEY = re.compile(r"\[[^]]*\]")

LOW_KEYS = 40
"""Elements of arrays beyond this are seldom written."""

WALK = 60

HELD = 0.7
"""The share of changes to a state that calls led to that are made where it holds something.

Few of a table's entries do, and how these hang together is what a change can tell about. All kinds of
fields are changed equally often: what few entries have is no less telling than what all have.
"""

LOST, LITTLE, GREAT = 0.25, 0.6, 0.85
"""Up to here such a change takes away what is held, then it leaves little of it, then it makes it great."""

EVERYWHERE = 0.3
"""The share of such states in which one kind of field is changed wherever it holds something, no other."""

LITTLE_BITS = 6
"""The greatest width of a number that is little."""


class Starts:
    """Makes starting states for one campaign."""

    def __init__(self, generator: Generator) -> None:
        ground = generator.ground
        self._generator = generator
        self._target = ground.target
        self._predictor = Predictor(ground)
        self._pool = ground.begin()
        self._companions = ground.companion_states()
        self._atlas = self._target.atlas()
        bound = self._bound_fields()
        self._scalars = [field for field, table in bound if not table]
        self._entries = [field for field, table in bound if table]

    def _bound_fields(self) -> list[tuple[Field, bool]]:
        """Return the fields that the specification speaks of, and whether they lie in a table.

        Of mappings by address only the entries of known ones: no invariant is evaluated at others, so nobody
        would notice that what is written there makes no sense.
        """
        found: dict[str, tuple[Field, bool]] = {}
        by_address, known = keyed_by_address(self._generator.ground), self._generator.ground.addresses
        for slot in self._atlas.slots:
            for field in self._atlas.fields(slot):
                label, bracket, rest = field.path.partition("[")
                name, key = snake(label.partition(".")[0]), rest.partition("]")[0]
                shape = self._target.shapes.get(name)
                high = isinstance(shape, Entries) and shape.length is not None and int(key) > LOW_KEYS
                foreign = name in by_address and int(key, 0) not in known
                if high or foreign or shape is None or self._atlas.is_free(field.path):
                    continue
                if not self._is_modelled(slot, field):
                    found[field.path] = (field, bool(bracket))
        return list(found.values())

    def _is_modelled(self, slot: int, field: Field) -> bool:
        """Return whether a field names a contract with a model: of calls of another nothing is known."""
        held = self._target.memory.at(slot) >> field.shift & field.mask
        return held in self._generator.ground.companions

    def start(self, index: int, share: float) -> Start:
        """Return the start of a sequence: a written state in `share` of them, else the deployment."""
        rng = Random(f"start/{self._generator.seed}/{index}")
        if rng.random() >= share:
            return DEPLOYMENT
        values: dict[str, int] = {}
        pool = self._pool
        if rng.random() < 0.8:
            pool = self._walked(index, rng.randrange(WALK))
            values = self._values_of(pool)
            changes = rng.choice((1, 3, 5, 8))
        else:
            changes = rng.choice((2, 5, 10, 30, 100))
        scene = Scene(rng, self._generator.ground.people, self._generator.ground.addresses, pool)
        held = _by_kind(field for field in self._entries if values.get(field.path))
        if held and rng.random() < EVERYWHERE:
            extreme = self._extreme(rng.random())
            values |= {field.path: extreme(scene, field) for field in rng.choice(held)}
            return Start(values)
        for _ in range(changes):
            self._change(scene, values, held)
        return Start(values) if values else DEPLOYMENT

    def _change(self, scene: Scene, values: dict[str, int], held: list[list[Field]]) -> None:
        """Change a field, mostly one of those that are `held`, by kind."""
        rng = scene.rng
        among = self._scalars if rng.random() < 0.02 and self._scalars else self._entries
        if held and rng.random() < HELD:
            field = rng.choice(rng.choice(held))
            values[field.path] = self._extreme(rng.random())(scene, field)
        elif among:
            field = rng.choice(among)
            values[field.path] = self._value(scene, field)

    def _walked(self, index: int, length: int) -> Any:
        """Return the state that the models reach by some random calls."""
        calls = self._generator.sequence(-1 - index)
        pool, companions = self._pool, self._companions
        for _ in range(length):
            result = self._predictor.predict(calls.next(pool), pool, companions)
            if result.undefined:
                break
            pool, companions = result.after, dict(result.companions)
        return pool

    def _values_of(self, pool: Any) -> dict[str, int]:
        values: dict[str, int] = {}
        for slot, (_, word) in self._target.packer.everything(pool).items():
            for field in self._atlas.fields(slot):
                values[field.path] = word >> field.shift & field.mask
        return values

    def _extreme(self, draw: float) -> Callable[[Scene, Field], int]:
        """Return what makes nothing, little or something great of what a field holds, if not any value."""
        if draw < LOST:
            return lambda scene, field: 0
        if draw < LITTLE:
            return _little
        return _great if draw < GREAT else self._value

    def _value(self, scene: Scene, field: Field) -> int:
        scalar = field.scalar
        if scalar.kind in ("address", "contract"):
            people = scene.everybody
            return people[int(scene.random() * len(people))]
        if scalar.kind == "bool":
            return int(scene.random() < 0.5)
        low = -(1 << scalar.bits - 1) if scalar.kind == "int" else 0
        high = (1 << scalar.bits - (scalar.kind == "int")) - 1
        return self._generator.values.number(scene, low, high)


def _little(scene: Scene, field: Field) -> int:
    return field.mask & (scene.rng.getrandbits(int(scene.random() * LITTLE_BITS)) or 1)


def _great(scene: Scene, field: Field) -> int:
    return field.mask - int(field.mask * scene.random() / 2)


def _by_kind(fields: Iterable[Field]) -> list[list[Field]]:
    """Return the fields by what they are, whatever the entry's key."""
    kinds: dict[str, list[Field]] = {}
    for field in fields:
        kinds.setdefault(_KEY.sub("[]", field.path), []).append(field)
    return list(kinds.values())
