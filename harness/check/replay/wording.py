"""What happened in a call, in words: decoded, with addresses by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.check.campaign.call import Planned
from harness.check.campaign.ground import Bound, Ground
from harness.check.replay.names import Names, shown
from harness.evm.outcome import Outcome
from harness.evm.places import from_bits
from harness.evm.raw import RawLog, RawOutcome
from harness.evm.watch import Field

Span = Mapping[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class PlayedChange:
    """A storage field before and after a call, as texts."""

    path: str
    before: str
    after: str


class Wording:
    """Puts the calls of one ground into words."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._names = Names(ground.site)

    def call(self, call: Planned) -> str:
        """Return the function with its arguments, or what the calldata is."""
        if call.operation is None:
            return f"calldata 0x{call.data.hex()}" if call.data else "a bare transfer"
        function = call.operation.function
        if call.arguments is None:
            return f"{function.name} with calldata that does not decode: 0x{call.data.hex()}"
        texts = []
        for one, value in zip(function.inputs, call.arguments, strict=True):
            text = shown(value, self._names, one.type)
            texts.append(f"{one.name}={text}" if one.name else text)
        extra = len(call.data) - len(function.encode(*call.arguments))
        more = f" and {extra} more bytes of calldata" if extra > 0 else ""
        return f"{function.name}({', '.join(texts)}){more}"

    def result(self, raw: RawOutcome, call: Planned) -> str:
        """Return what the call answered."""
        function = call.operation.function if call.operation is not None else None
        outcome = Outcome(raw, self._ground.decoder, function)
        if not outcome.success:
            return f"reverted: {self._names.in_text(str(outcome.reverted))}"
        if function is None or not function.outputs:
            return "succeeded"
        pairs = zip(function.outputs, outcome.returned, strict=True)
        return "returned " + ", ".join(shown(value, self._names, one.type) for one, value in pairs)

    def events(self, logs: list[RawLog]) -> Iterator[str]:
        """Yield the events in order; those of other contracts with their name in front."""
        decoder = self._ground.decoder
        for log in logs:
            event = decoder.decode_event(log)
            found = [one for one in decoder.events if one.name == event.name]
            kinds = [one.type for one in found[0].inputs] if found else [None] * len(event.args)
            values = [shown(value, self._names, kind) for value, kind in zip(event.args, kinds, strict=False)]
            text = f"{event.name}({', '.join(values)})"
            own = log.address == self._ground.address
            yield text if own else f"{self._names.name(log.address)}: {text}"

    def changes(self, span: Span, call: Planned) -> Iterator[PlayedChange]:
        """Yield the fields that a call changed, of the target first, then of the contracts around it."""
        ground = self._ground
        keys = [value for value in call.arguments or () if isinstance(value, int)]
        bounds: dict[int, tuple[str, Bound]] = {ground.address: ("", ground.target)}
        for address, (companion, bound) in ground.companions.items():
            bounds[address] = (f"{companion.contract}: ", bound)
        for address, (prefix, bound) in bounds.items():
            atlas = bound.atlas(keys, [slot for account, slot in span if account == address])
            for (account, slot), (old, new) in sorted(span.items()):
                if account == address and old != new:
                    fields = atlas.fields(slot)
                    for one in fields:
                        yield from self._change(prefix, one, old, new)
                    if not fields:
                        yield PlayedChange(f"{prefix}slot {slot:#x}", f"{old:#x}", f"{new:#x}")

    def _change(self, prefix: str, field: Field, old: int, new: int) -> Iterator[PlayedChange]:
        before, after = (from_bits(field.scalar, word >> field.shift & field.mask) for word in (old, new))
        if before != after:
            is_address = field.scalar.kind in ("address", "contract")
            show = self._names.name if is_address else str
            yield PlayedChange(self._names.in_text(prefix + field.path), show(before), show(after))
