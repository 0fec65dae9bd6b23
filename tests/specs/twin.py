"""A bench's calls on the real EVM: each one from the same state, with the same outcome."""

from __future__ import annotations

from functools import cache
from typing import Any

from harness.check.campaign.ground import Bound, Ground, parts
from harness.check.views.packing import Bits
from harness.cli.options import Tree
from harness.cli.targets import load_targets

OWNER, PROTOCOL_ROLE, STRANGER = (0xACC0_0000_0000_0000_0000_0000_0000_0000_0000_0000 + n for n in (1, 2, 3))
REGISTRY = 0x02B183DC4766B8020ACAEE1C2A7913748366D47F
TOKEN_AT = 0x7402AE270F5B6A31A88FA37E86B9C1C8D1B6FAA8
POOL_AT = 0x953BAB5AB59B89A1CF626B848917BD097CB6E569


@cache
def twin_of(target: str) -> Twin:
    """Return the chain beside the benches of one target; it is at its deployment between two calls."""
    return Twin(target)


class Twin:
    """Makes single calls of a deployed pool, from states of its model."""

    def __init__(self, target: str) -> None:
        [found] = load_targets([target], Tree())
        self.ground = Ground(parts(found))
        roles = self.ground.site.roles
        assert (roles["owner"], roles["protocol"], roles["stranger"]) == (OWNER, PROTOCOL_ROLE, STRANGER)
        addresses = {name: one.address for name, one in self.ground.site.contracts.items()}
        assert addresses == {"address_manager": REGISTRY, "taiko_token": TOKEN_AT, "pool": POOL_AT}

    def check(self, bench: Any, before: Any, token: Any, call: Any, args: tuple[int, ...]) -> None:
        """Make a call that a bench has made, from the same state, and compare everything."""
        ground, chain = self.ground, self.ground.chain
        coin = ground.companions[TOKEN_AT][1]
        function = ground.abi.function(call.function)
        with chain.rolled_back():
            self._name(bench.world.names)
            written = self._write(ground.target, before), self._write(coin, token)
            chain.set_block(bench.number, call.env.timestamp)
            raw = chain.call(call.env.sender, ground.address, function.encode(*args))

            assert raw.success is call.succeeds, ground.decoder.decode_revert(raw.output)
            if call.error is not None:
                assert raw.output == ground.refusals.encode(call.error)
            else:
                assert raw.output == function.results.encode(call.returns)
                events = [ground.events.log(event, POOL_AT) for event in call.events]
                assert [tuple(log) for log in raw.logs if log.address == POOL_AT] == events
            self._compare(ground.target, bench.pool, written[0])
            self._compare(coin, bench.token, written[1])

    def _name(self, names: dict[tuple[int, int], int]) -> None:
        """Let the registry hold what the bench's does."""
        site = self.ground.site
        for name in (b"taiko", b"taiko_token", b"prover_pool"):
            word = int.from_bytes(name.ljust(32, b"\0"), "big")
            bearer = names.get((site.chain.chain_id, word), 0)
            outcome = site.call(OWNER, "setAddress", site.chain.chain_id, word, bearer, to="address_manager")
            assert outcome.success

    def _write(self, bound: Bound, state: Any) -> Bits:
        bits = bound.packer.everything(state)
        chain = self.ground.chain
        for slot, (mask, value) in bits.items():
            chain.write(bound.address, slot, chain.read(bound.address, slot) & ~mask | value)
        return bits

    def _compare(self, bound: Bound, state: Any, before: Bits) -> None:
        expected = {slot: (mask, 0) for slot, (mask, _) in before.items()} | bound.packer.everything(state)
        for slot, (mask, value) in expected.items():
            assert self.ground.chain.read(bound.address, slot) & mask == value, hex(slot)
