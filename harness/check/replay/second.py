"""A replay made again on a second EVM, call by call, with what contracts ask of each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.check.campaign.call import Planned
from harness.check.campaign.ground import Ground, Parts
from harness.check.replay.anvil import Anvil, running
from harness.check.replay.convert import planned_of
from harness.check.replay.format import Replay
from harness.check.replay.names import Names, shown
from harness.evm.abi import Abi
from harness.evm.codec import Codec
from harness.evm.errors import EvmError
from harness.evm.raw import RawOutcome

Frame = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SecondStep:
    """One call on the second EVM: in what it differs from ours (nothing, one hopes), and who called whom."""

    number: int
    differences: tuple[str, ...]
    tree: tuple[str, ...]


def second_opinion(file: Replay, material: Parts) -> list[SecondStep]:
    """Make a replay's calls on anvil as well as on our own EVM, and compare what comes of each.

    Block hashes differ between the two, so a call that draws lots may too.

    Raises:
        ReplayError: if there is no anvil, it fails, or the file does not fit the contract.
    """
    ground = Ground(material)
    planned = planned_of(file, ground)
    names = Names(ground.site)
    chain = ground.chain
    with chain.rolled_back():
        for address, code in file.start.code.items():
            chain.set_code(names.address(address), code)
        ground.site.storage().load(file.start.storage)
        with running(chain) as anvil:
            anvil.copy(ground.site)
            for address, code in file.start.code.items():
                anvil.set_code(names.address(address), code)
            teller = Teller(ground)
            return [_step(number, call, ground, anvil, teller) for number, call in enumerate(planned, 1)]


def _step(number: int, call: Planned, ground: Ground, anvil: Anvil, teller: Teller) -> SecondStep:
    chain = ground.chain
    chain.set_block(call.number, call.time)
    mark = chain.frames
    raw = chain.call(call.sender, ground.address, call.data, call.value)
    span = chain.history([mark, chain.frames])[0]
    frame = anvil.call(call.sender, ground.address, call.data, call.value, call.number, call.time)
    differences = [*_answers(raw, frame)]
    for (account, slot), (_, new) in span.items():
        found = anvil.read(account, slot)
        if found != new:
            differences.append(f"{teller.name(account)}, slot {slot:#x}: {new:#x} here, {found:#x} on anvil")
    return SecondStep(number, tuple(differences), tuple(teller.lines(frame)))


def _answers(raw: RawOutcome, frame: Frame) -> Iterator[str]:
    success, output = "error" not in frame, _bytes(frame, "output")
    if raw.success is not success:
        here, there = ("succeeds" if one else "fails" for one in (raw.success, success))
        yield f"the call {here} here and {there} on anvil"
    elif raw.output != output:
        yield f"the call answers 0x{raw.output.hex()} here and 0x{output.hex()} on anvil"


class Teller:
    """Puts call frames into words."""

    def __init__(self, ground: Ground) -> None:
        self._names = Names(ground.site)
        self._decoder = ground.decoder
        self._abis: dict[int, Abi] = {}
        self._behind: dict[int, str] = {}
        for name, one in ground.site.contracts.items():
            self._abis[one.address] = one.abi
            if one.implementation is not None:
                self._abis[one.implementation] = one.abi
                self._behind[one.implementation] = f"code of {name}"

    def name(self, address: int) -> str:
        """Return what an address is called."""
        return self._behind.get(address) or self._names.name(address)

    def lines(self, frame: Frame, depth: int = 0) -> Iterator[str]:
        """Yield a frame and those within it, one line each, indented."""
        kind = str(frame.get("type", "CALL")).lower()
        how = "" if kind == "call" else f"{kind} "
        yield f"{'  ' * depth}{how}{self._called(frame)} -> {self._answered(frame)}"
        for inner in frame.get("calls", ()):
            yield from self.lines(inner, depth + 1)

    def _called(self, frame: Frame) -> str:
        target, data = int(str(frame.get("to", "0x0")), 16), _bytes(frame, "input")
        value = int(str(frame.get("value", "0x0")), 16)
        paid = f" with {value} wei" if value else ""
        abi = self._abis.get(target)
        for function in abi.functions.values() if abi is not None else ():
            if function.selector == data[:4]:
                try:
                    pairs = list(zip(function.inputs, function.decode(data), strict=True))
                except EvmError:
                    break
                told = ", ".join(shown(value, self._names, one.type) for one, value in pairs)
                return f"{self.name(target)}.{function.name}({told}){paid}"
        return f"{self.name(target)}.0x{data.hex()}{paid}"

    def _answered(self, frame: Frame) -> str:
        output = _bytes(frame, "output")
        if "error" in frame:
            reason = self._decoder.decode_revert(output) if output else frame["error"]
            return f"reverts: {self._names.in_text(str(reason))}"
        abi = self._abis.get(int(str(frame.get("to", "0x0")), 16))
        selector = _bytes(frame, "input")[:4]
        for function in abi.functions.values() if abi is not None else ():
            if function.selector == selector and function.outputs:
                types: Sequence[Any] = [one.type for one in function.outputs]
                try:
                    values = Codec(types).decode(output)
                except EvmError:
                    break
                return ", ".join(
                    shown(value, self._names, kind) for value, kind in zip(values, types, strict=True)
                )
        return f"0x{output.hex()}" if output else "nothing"


def _bytes(frame: Frame, field: str) -> bytes:
    return bytes.fromhex(str(frame.get(field) or "0x").removeprefix("0x"))
