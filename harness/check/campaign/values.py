"""Random arguments: what a type's ends, a contract's constants and its present state suggest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from random import Random
from typing import Any

from harness.check.campaign.ground import Ground
from harness.check.views import Cell, Entries
from harness.check.views.binding import snake
from harness.compiler.layout import Mapping
from harness.evm.codec import AbiType, ArrayType, BlobType, TupleType, WordType
from harness.lang import ConcreteTable

LONGEST = 3
"""Elements of a dynamic array, words of a byte string, that are made at most."""

INVOLVED = 0.5
"""The share of addresses that are those of people in the state."""


class Scene:
    """What is at hand for one call: randomness, the people of the sequence, the model's state.

    `focus` is the person whose deadline it is, if it is anybody's.
    """

    __slots__ = ("crowd", "everybody", "focus", "pool", "random", "rng")

    def __init__(self, rng: Random, crowd: Sequence[int], everybody: Sequence[int], pool: Any) -> None:
        self.rng = rng
        self.random = rng.random
        self.crowd = crowd
        self.everybody = everybody
        self.pool = pool
        self.focus: int | None = None


Maker = Callable[[Scene], Any]


class Values:
    """Makes values of ABI types for one target."""

    def __init__(self, ground: Ground) -> None:
        self.constants = _constants(ground)
        self._words = _words(ground)
        self._about = [*_about(ground)]
        """The tables of a state that are about addresses, and whether these are what they hold."""
        self._fields = [field.name for field in fields(ground.spec.model.state)]

    def maker(self, kind: AbiType) -> Maker:
        """Return what makes values of a type."""
        if isinstance(kind, WordType):
            return self._word_maker(kind)
        if isinstance(kind, BlobType):
            text = kind.name == "string"
            return lambda scene: _blob(scene, text)
        if isinstance(kind, TupleType):
            members = [self.maker(member) for member in kind.members]
            return lambda scene: tuple(make(scene) for make in members)
        return self._array_maker(kind)

    def _array_maker(self, kind: ArrayType) -> Maker:
        make, length = self.maker(kind.element), kind.length

        def array(scene: Scene) -> tuple[Any, ...]:
            count = int(scene.random() * (LONGEST + 1)) if length is None else length
            return tuple(make(scene) for _ in range(count))

        return array

    def _word_maker(self, kind: WordType) -> Maker:
        if kind.kind == "address":
            return self._address
        if kind.kind == "bool":
            return lambda scene: int(scene.random() < 0.5)
        if kind.kind in ("bytes", "function"):
            return lambda scene: self._name(scene, kind.bits)
        low = -(1 << kind.bits - 1) if kind.kind == "int" else 0
        high = (1 << kind.bits - (kind.kind == "int")) - 1
        return lambda scene: self.number(scene, low, high)

    def number(self, scene: Scene, low: int, high: int) -> int:
        """Return a number of ``[low, high]``: an end, a threshold, a value of the state, or any width."""
        random = scene.random
        draw = random()
        if draw < 0.30:
            value = scene.rng.getrandbits(int(random() * high.bit_length()) + 1)
        elif draw < 0.40:
            value = (low, 0, 1, high, high - 1, high >> 1)[int(random() * 6)]
        elif draw < 0.60:
            value = self.constants[int(random() * len(self.constants))] + int(random() * 3) - 1
        elif draw < 0.80:
            value = self.of_state(scene) + int(random() * 3) - 1
        elif draw < 0.92:
            value = int(random() * 64)
        else:
            value = scene.rng.randrange(low, high + 1)
        return value if low <= value <= high else high if value > high else low

    def of_state(self, scene: Scene) -> int:
        """Return a number that the state holds somewhere."""
        random = scene.random
        value = getattr(scene.pool, self._fields[int(random() * len(self._fields))])
        while isinstance(value, ConcreteTable):
            if not value:
                return 0
            keys = tuple(value)
            value = value[keys[int(random() * len(keys))]]
        if is_dataclass(value):
            names = fields(value)
            value = getattr(value, names[int(random() * len(names))].name)
        return value if isinstance(value, int) else 0

    def _address(self, scene: Scene) -> int:
        """Return an address: whose moment it is, who is in the state, anybody of the sequence, or any."""
        random = scene.random
        if scene.focus is not None and random() < 0.5:
            return scene.focus
        draw = random()
        if draw < INVOLVED and (person := self._involved(scene)):
            return person
        if draw < 0.72:
            return scene.crowd[int(random() * len(scene.crowd))]
        if draw < 0.80:
            return 0
        if draw < 0.95:
            return scene.everybody[int(random() * len(scene.everybody))]
        return scene.rng.getrandbits(160)

    def _involved(self, scene: Scene) -> int:
        """Return an address that the state is about, 0 if none."""
        random = scene.random
        if not self._about:
            return 0
        name, is_held = self._about[int(random() * len(self._about))]
        table = getattr(scene.pool, name)
        people = tuple(table.values() if is_held else table)
        return people[int(random() * len(people))] if people else 0

    def _name(self, scene: Scene, bits: int) -> int:
        if self._words and scene.random() < 0.7:
            return self._words[int(scene.random() * len(self._words))] >> (256 - bits)
        return scene.rng.getrandbits(bits)


def _blob(scene: Scene, text: bool) -> Any:
    size = int(scene.random() * (32 * LONGEST + 1))
    return "x" * size if text else scene.rng.randbytes(size)


def _constants(ground: Ground) -> tuple[int, ...]:
    """Return the contract's constants, and the products of two of them: what its thresholds are made of."""
    single = [value for value in ground.spec.model.constants.values() if isinstance(value, int)]
    products = [a * b for place, a in enumerate(single) for b in single[place:]]
    return tuple(dict.fromkeys([*single, *products])) or (0, 1)


def keyed_by_address(ground: Ground) -> frozenset[str]:
    """Return the fields of the state that are mappings whose keys are addresses."""
    variables = ground.target.layout.variables
    mappings = [(one.label, one.type.key.kind) for one in variables if isinstance(one.type, Mapping)]
    return frozenset(snake(label) for label, kind in mappings if kind == "address")


def _about(ground: Ground) -> Iterator[tuple[str, bool]]:
    """Yield the tables of the state that are about addresses, and whether these are what they hold."""
    by_address = keyed_by_address(ground)
    for name, shape in ground.target.shapes.items():
        if isinstance(shape, Entries):
            if isinstance(shape.value, Cell) and shape.value.scalar.kind == "address":
                yield name, True
            elif name in by_address:
                yield name, False


def _words(ground: Ground) -> tuple[int, ...]:
    """Return the short texts of the deployment as left-aligned words: names that contracts know."""
    recipe = ground.spec.deployment
    steps = recipe.setup if recipe is not None else ()
    texts = [text for step in steps for text in _texts(step.arguments)]
    return tuple(dict.fromkeys(int.from_bytes(text.encode().ljust(32, b"\0"), "big") for text in texts))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and len(value.encode()) <= 32:
        yield value
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _texts(inner)
