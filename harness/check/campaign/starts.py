"""States to begin with that no call has led to: written straight into storage, at layout paths."""

from __future__ import annotations

from random import Random
from typing import Any

from harness.check.campaign.generate import Generator
from harness.check.campaign.prediction import Predictor
from harness.check.campaign.run import DEPLOYMENT, Start
from harness.check.campaign.values import Scene
from harness.check.views import Entries
from harness.check.views.binding import snake
from harness.evm.watch import Field

LOW_KEYS = 40
"""Elements of arrays beyond this are seldom written."""

WALK = 60

HELD = 0.7
"""The share of changes to a state that calls led to that are made where it holds something.

Few of a table's entries do, and how these hang together is what a change can tell about.
"""

LOST, GREAT = 0.3, 0.65
"""Up to here such a change takes away what is held, and up to there it makes it great."""


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
        """Return the fields that the specification speaks of, and whether they lie in a table."""
        found: dict[str, tuple[Field, bool]] = {}
        for slot in self._atlas.slots:
            for field in self._atlas.fields(slot):
                label, bracket, rest = field.path.partition("[")
                shape = self._target.shapes.get(snake(label.partition(".")[0]))
                key = rest.partition("]")[0]
                high = isinstance(shape, Entries) and shape.length is not None and int(key) > LOW_KEYS
                if shape is not None and not high and not self._is_modelled(slot, field):
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
        if rng.random() < 0.6:
            pool = self._walked(index, rng.randrange(WALK))
            values = self._values_of(pool)
            changes = rng.choice((0, 1, 2, 3, 5))
        else:
            changes = rng.choice((2, 5, 10, 30, 100))
        scene = Scene(rng, self._generator.ground.people, self._generator.ground.addresses, pool)
        held = [field for field in self._entries if values.get(field.path)]
        for _ in range(changes):
            among = self._scalars if rng.random() < 0.02 and self._scalars else self._entries
            if held and rng.random() < HELD:
                field = held[int(rng.random() * len(held))]
                values[field.path] = self._extreme(scene, field)
            elif among:
                field = among[int(rng.random() * len(among))]
                values[field.path] = self._value(scene, field)
        return Start(values) if values else DEPLOYMENT

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

    def _extreme(self, scene: Scene, field: Field) -> int:
        """Return nothing or something great for a field that holds something, if not any value."""
        draw = scene.random()
        if draw < LOST:
            return 0
        return (
            field.mask - int(field.mask * scene.random() / 2) if draw < GREAT else self._value(scene, field)
        )

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
