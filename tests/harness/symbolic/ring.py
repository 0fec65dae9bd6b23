"""Assembled programs on both sides: the merged symbolic EVM, and revm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from harness.compiler.layout import Layout
from harness.symbolic import Blank, Options, Storage, execute, pieces, raw
from harness.symbolic.entry import argument
from harness.symbolic.slots import labels_of
from tests.agreement.bench import CONCRETE, Probe
from tests.agreement.chance import Chance
from tests.agreement.duel import Duel
from tests.agreement.stage import Summaries
from tests.harness.bytecode.assembler import assemble

NOTHING = Layout(())

EDGES = (
    0, 1, 2, 7, 8, 30, 31, 32, 33, 127, 128, 255, 256, 257, 2**64 - 1, 2**64, 2**128, 2**255 - 1, 2**255,
    2**255 + 1, 2**256 - 256, 2**256 - 32, 2**256 - 2, 2**256 - 1,
)  # fmt: skip


def words(count: int):
    """A source of calldata: `count` words, at edges, small, or anything."""

    def draw(chance: Chance) -> bytes:
        rng = chance.rng
        drawn = [
            rng.choice((rng.choice(EDGES), rng.choice(EDGES), rng.getrandbits(rng.randint(1, 256))))
            for _ in range(count)
        ]
        return b"".join(word.to_bytes(32, "big") for word in drawn)

    return draw


def agree(
    program: str | bytes,
    count: int,
    runs: int,
    seed: int = 0,
    libraries: Mapping[int, str] = MappingProxyType({}),
) -> Counter[str]:
    """Run a program that takes `count` argument words `runs` times on both sides; how often it ended how.

    `libraries` are programs at their addresses, to which it may delegate.
    """
    code = assemble(program) if isinstance(program, str) else program
    codes = {address: assemble(library) for address, library in libraries.items()}
    entry = raw("words", pieces.of_words([argument(index) for index in range(count)]))
    blank = Storage(labels_of(NOTHING, "transient"), Blank())
    world = replace(CONCRETE, codes=codes)
    post = execute(code, NOTHING, entry, Options(), world=world, environment=Summaries(), transient=blank)
    probe = Probe(post, NOTHING)
    duel = Duel(code, seed)
    for address, library in codes.items():
        duel.stage.chain.set_code(address, library)
    draw = words(count)
    return Counter(duel.fight(probe, draw, head=0) for _ in range(runs))
