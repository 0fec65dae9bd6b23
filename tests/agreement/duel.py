"""One call on both sides: the EVM, and the merged post-state evaluated on the same values."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cached_property

from harness.evm.raw import RawOutcome
from harness.symbolic.data import Calldata
from harness.symbolic.regions import Field, Region
from harness.term.core import var
from harness.term.hashing import keccak_bytes
from harness.term.pack import segments
from tests.agreement.bench import Happened, Probe
from tests.agreement.chance import Chance
from tests.agreement.places import slot_of
from tests.agreement.stage import FUNDS, POOL, REGISTRY, REGISTRY_CODE, TOKEN, TOKEN_CODE, Scene, Stage
from tests.harness.bytecode.assembler import assemble

BLOCK = ("coinbase", "prevrandao", "gaslimit", "basefee", "gasprice", "blobbasefee")


class Duel:
    """A stage and a source of scenes."""

    def __init__(self, code: bytes, seed: int) -> None:
        self.stage = Stage(code)
        self.rng = random.Random(seed)
        self.chance = Chance(self.rng, self.stage)

    @cached_property
    def block(self) -> dict[str, int]:
        """What the chain answers to the block's opcodes."""
        chain = self.stage.chain
        found = {}
        for name in BLOCK:
            with chain.rolled_back():
                chain.set_code(0xB10C, assemble(f"{name} 0 mstore 32 0 return"))
                found[name] = int.from_bytes(chain.call(0xB10D, 0xB10C).output, "big")
        return found

    def fight(self, probe: Probe, calldata: Callable[[Chance], bytes], head: int = 4) -> str:
        """Make one random call on both sides and compare; returns the kind of outcome.

        Argument words start after `head` bytes of calldata.
        """
        scene = self.chance.scene(calldata)
        expected = probe.evaluate(self._values(probe, scene, head), self._functions(probe, scene))
        before = dict(scene.storage)
        outcome, after, written = self.stage.play(scene)
        compare(expected, outcome, before, after, written)
        return expected.kind

    def _values(self, probe: Probe, scene: Scene, head: int) -> dict[str, int]:
        padded = scene.calldata + bytes(4 + 32 * 40)
        values = {
            "caller": scene.caller,
            "origin": scene.caller,
            "callvalue": scene.value,
            "number": scene.number,
            "timestamp": scene.timestamp,
            "calldatasize": len(scene.calldata),
            "selector": int.from_bytes(padded[:4], "big"),
            "this.codesize": len(self.stage.code),
            **self.block,
        }
        start = head if len(scene.calldata) >= head else 0
        for index in range(40):
            at = start + 32 * index
            word = int.from_bytes(padded[at : at + 32], "big")
            calldata = probe.post.entry.calldata
            argument = calldata.argument(index) if isinstance(calldata, Calldata) else var(f"arg{index}")
            for part in segments(argument):
                values[part.term.data[0]] = (word >> part.offset) & ((1 << part.width) - 1)
        return values

    def _functions(self, probe: Probe, scene: Scene) -> dict[str, Callable[..., int]]:
        sizes = {REGISTRY: len(REGISTRY_CODE), TOKEN: len(TOKEN_CODE), POOL: len(self.stage.code)}
        funds = {scene.caller: FUNDS - scene.value, POOL: scene.value}
        functions: dict[str, Callable[..., int]] = {
            "blockhash": self._blockhash,
            "codesize": lambda address: sizes.get(address, 0),
            "balance": lambda address: funds.get(address, 0),
            "viewed": lambda target: int(target != TOKEN),
            "answers": lambda target: int(target == REGISTRY or (target == TOKEN and scene.refusal != 0)),
            "registered": lambda target, name: self._registered(scene, target, name),
            "refusal": lambda target: scene.refusal if target == TOKEN else 0,
        }
        for epoch in range(1, 9):  # no contract is created meanwhile
            functions[f"codesize'{epoch}"] = functions["codesize"]
        for name, (region, part) in probe.words.items():
            functions[name] = self._reader(probe, scene, region, part)
        for size in range(1, 512):
            functions[f"keccak_of_{size}_bytes"] = lambda *words, size=size: hash_of(words, size)
        return functions

    def _reader(self, probe: Probe, scene: Scene, region: Region, part: Field) -> Callable[..., int]:
        mask = (1 << part.bits) - 1

        def read(*keys: int) -> int:
            offset = part.offset
            if part.lanes > 1:
                offset = part.bits * (keys[-1] % part.lanes)
                keys = (*keys[:-1], keys[-1] // part.lanes)
            slot = slot_of(probe.layout, region, keys)
            if slot not in scene.storage:
                scene.storage[slot] = sum(self.chance.field(one) << one.offset for one in region.fields)
            return (scene.storage[slot] >> offset) & mask

        return read

    def _registered(self, scene: Scene, target: int, name: int) -> int:
        if target != REGISTRY:
            return scene.refusal if target == TOKEN else 0
        if name not in scene.registered:
            token = b"taiko_token".ljust(32, b"\0") == name.to_bytes(32, "big")
            likely = TOKEN if token else scene.caller
            scene.registered[name] = likely if self.rng.randrange(5) else self.chance.address()
        return scene.registered[name]

    def _blockhash(self, number: int) -> int:
        return keccak_bytes(str(number).encode())


def hash_of(words: tuple[int, ...], size: int) -> int:
    """keccak256 of the first `size` bytes of words."""
    return keccak_bytes(b"".join(word.to_bytes(32, "big") for word in words)[:size])


def compare(
    expected: Happened, outcome: RawOutcome, before: dict[int, int], after: dict[int, int], written: set[int]
) -> None:
    """Assert that the EVM did what the post-state says: outcome, output, logs, and the whole storage."""
    kind = "success" if outcome.success else "halt" if outcome.halted else "revert"
    assert kind == expected.kind, f"{kind} {outcome!r}, not {expected.kind}"
    assert outcome.output == expected.output, f"{outcome.output.hex()}, not {expected.output.hex()}"
    logs = [
        (log.address, tuple(int.from_bytes(topic, "big") for topic in log.topics), log.data)
        for log in outcome.logs
    ]
    assert logs == expected.logs
    changed = {slot: after[slot] for slot in after if after[slot] != before.get(slot, 0)}
    claimed = {slot: word for slot, word in expected.storage.items() if word != before.get(slot, 0)}
    assert changed == claimed
    assert written >= changed.keys()
