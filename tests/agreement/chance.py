"""Random scenes, biased towards where contracts decide: constants of the code, deadlines, ends of types."""

from __future__ import annotations

import random
from collections.abc import Callable

from harness.bytecode.disassembly import sweep
from harness.compiler.layout import DynamicArray, Scalar
from harness.symbolic.regions import LONGEST, Field
from tests.agreement.stage import ACTORS, REGISTRY, TOKEN, Scene, Stage


class Chance:
    """Random scenes whose storage appears as the post-state asks for it."""

    def __init__(self, rng: random.Random, stage: Stage) -> None:
        self.rng = rng
        self.stage = stage
        self.magic = sorted({found.operand for found in sweep(stage.code).values() if found.operand})

    def number(self, bits: int) -> int:
        """A number of that width: small, at an end, near a constant of the code, or anything."""
        rng, top = self.rng, (1 << bits) - 1
        kind = rng.randrange(8)
        if kind < 2:
            return rng.randrange(min(top, 5) + 1)
        if kind == 2:
            return rng.randrange(min(top, 40) + 1)
        if kind == 3:
            return top - rng.choice((0, 0, 1, 2))
        if kind == 4:
            return (rng.choice(self.magic) + rng.choice((-1, 0, 1))) & top
        if kind == 5:
            return (
                self.now + rng.choice((-1, 1)) * rng.choice((0, *self.magic)) + rng.choice((-1, 0, 1))
            ) & top
        return rng.getrandbits(rng.randint(1, bits))

    def address(self) -> int:
        """Some address: mostly one that plays a role."""
        return self.rng.choice((0, *ACTORS, *ACTORS, REGISTRY, TOKEN, self.rng.getrandbits(160)))

    def field(self, part: Field) -> int:
        """A field's value."""
        if isinstance(part.type, DynamicArray):
            return self.number(LONGEST.bit_length() - 1)  # the assumption LONG_ARRAYS
        rng = self.rng
        if not isinstance(part.type, Scalar):
            return self.number(part.bits) if rng.randrange(4) == 0 else 0
        if part.type.kind in ("address", "contract"):
            if "anager" in part.label or part.label == "reg":
                return REGISTRY if rng.randrange(8) else self.address()
            return self.address()
        if part.type.kind == "enum":
            return rng.choice((0, 1, 2, 2, rng.getrandbits(8)))
        if part.type.kind == "bool":
            return rng.choice((0, 0, 0, 1, 1, rng.getrandbits(8)))
        return self.number(part.bits)

    def scene(self, calldata: Callable[[Chance], bytes]) -> Scene:
        """A call in a block, without storage yet."""
        rng = self.rng
        self.now = rng.choice(
            (1, 10**6, 1_700_000_000, (1 << 64) - 1, rng.getrandbits(40), rng.getrandbits(64))
        )
        refusal = 0 if rng.randrange(4) else rng.getrandbits(200)
        return Scene(
            calldata=calldata(self),
            caller=rng.choice(ACTORS),
            value=0 if rng.randrange(10) else rng.getrandbits(20),
            number=rng.choice((1, 2, 255, 256, 257, 10**7, rng.getrandbits(50) + 1)),
            timestamp=self.now,
            refusal=refusal,
        )
