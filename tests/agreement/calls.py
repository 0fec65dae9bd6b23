"""Random calldata for an ABI item: well-formed, with wild words, too short, too long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.symbolic import selector_of, signature
from tests.agreement.chance import Chance


def calldata_of(item: dict[str, Any]) -> Callable[[Chance], bytes]:
    """A source of calldata for one function."""
    head = selector_of(signature(item)).to_bytes(4, "big")
    kinds = [str(parameter["type"]) for parameter in item["inputs"]]

    def draw(chance: Chance) -> bytes:
        rng = chance.rng
        words = [_word(kind, chance) if rng.randrange(30) else rng.getrandbits(256) for kind in kinds]
        data = head + b"".join(word.to_bytes(32, "big") for word in words)
        shape = rng.randrange(20)
        if shape == 0:
            return data[: rng.randint(4, len(data))]
        return data + rng.randbytes(rng.randrange(70)) if shape == 1 else data

    return draw


def _word(kind: str, chance: Chance) -> int:
    if kind == "address":
        return chance.address()
    if kind == "bool":
        return chance.rng.randrange(2)
    if kind.startswith("uint"):
        return chance.number(int(kind[4:]))
    if kind.startswith("int"):
        drawn = chance.number(int(kind[3:]))
        return drawn - (drawn >> (int(kind[3:]) - 1) << int(kind[3:])) & (1 << 256) - 1
    if kind.startswith("bytes") and kind != "bytes":
        return chance.number(8 * int(kind[5:])) << (256 - 8 * int(kind[5:]))
    return chance.rng.getrandbits(256)
