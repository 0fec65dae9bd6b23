"""One call as the EVM made it, seen as rules see calls; no model has a say in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from harness.evm.abi import Abi, Function
from harness.evm.codec import AbiType, ArrayType, BlobType, TupleType, WordType
from harness.evm.decoded import EmittedEvent
from harness.evm.errors import EvmError
from harness.evm.keccak import keccak256
from harness.evm.raw import RawOutcome
from harness.evm.recorder import Recorded
from harness.lang import Call, Env, Int, Prop


@dataclass(frozen=True, slots=True)
class Transaction:
    """A call to be made: `time` in seconds, `number` the block's, `value` in wei."""

    data: bytes
    sender: int
    time: int
    number: int
    value: int = 0


@dataclass(frozen=True)
class EvmCall(Call):
    """What was observed of one call of the target.

    `events` are the target's own, `made` what other contracts were asked; `function` is None where the
    calldata selects none, `names` are what the specification calls its arguments. `agreed` says that no
    contract that was called refused.
    """

    abi: Abi
    function: Function | None
    names: Sequence[str]
    transaction: Transaction
    surroundings: Env
    raw: RawOutcome
    events: Sequence[EmittedEvent]
    made: Sequence[Recorded]
    agreed: bool

    @property
    def env(self) -> Env:
        """The call's surroundings."""
        return self.surroundings

    @property
    def succeeds(self) -> Prop:
        """The call did not revert."""
        return self.raw.success

    @property
    def accepted(self) -> Prop:
        """No contract that was called refused."""
        return self.agreed

    def reverts_with(self, name: str, *args: Int) -> Prop:
        """The call reverted with exactly this error."""
        if self.raw.success:
            return False
        if not name:
            return not self.raw.output
        found = [one for one in self.abi.errors.values() if one.name == name and len(one.inputs) == len(args)]
        return any(self._encoded(one, args) == self.raw.output for one in found)

    @staticmethod
    def _encoded(error: Any, args: Sequence[Int]) -> bytes | None:
        try:
            return bytes(error.encode(*args))
        except EvmError:  # a value that the error cannot hold: no contract can have reverted with it
            return None

    def returned(self, position: int = 0) -> Any:
        """Return the return value at `position`; its type's zero where the call failed."""
        if self.function is None:
            return 0
        if self.raw.success:
            return _numbers(self._returned[position])
        return zero_of(self.function.outputs[position].type)

    @cached_property
    def _returned(self) -> tuple[Any, ...]:
        assert self.function is not None
        return self.function.decode_returned(self.raw.output)

    def emitted(self, event: Any) -> Prop:
        """The contract emitted an event equal to this record."""
        return any(self._is(one, event) for one in self.events)

    def emits_only(self, *events: Any) -> Prop:
        """The contract emitted exactly these events in this order."""
        return len(events) == len(self.events) and all(map(self._is, self.events, events))

    def _is(self, emitted: EmittedEvent, event: Any) -> bool:
        given = tuple(getattr(event, field.name) for field in fields(event))
        return (emitted.name, tuple(emitted.args)) == (type(event).__name__, given)

    def sent(self, signature: str, amount: Callable[..., Int]) -> Int:
        """Return the sum of ``amount(*args)`` over the calls made to others' function `signature`."""
        selector = keccak256(signature.encode())[:4]
        count = 0 if signature.endswith("()") else signature.count(",") + 1
        result: Int = 0
        for one in self.made:
            if one.data[:4] == selector:
                result = result + amount(*(word_at(one.data, place) for place in range(count)))
        return result

    def is_call_of(self, *functions: str) -> Prop:
        """The call is one of these functions."""
        if self.function is None:
            return False
        return self.function.name in functions or self.function.signature in functions

    @property
    def is_regular(self) -> bool:
        """Whether the calldata is what the ABI describes: all words there, each a value of its type."""
        function, data = self.function, self.transaction.data
        if function is None or (self.transaction.value and function.mutability != "payable"):
            return False
        try:
            function.decode(data)
        except EvmError:
            return False
        return True

    def argument(self, name: str) -> Int:
        """Return the argument with this snake_case name; 0 if there is none."""
        return self.arguments.get(name, 0)

    @cached_property
    def arguments(self) -> Mapping[str, int]:
        """The one-word arguments by name, as a contract decodes clean calldata."""
        found: dict[str, int] = {}
        if self.function is None:
            return found
        for place, (label, parameter) in enumerate(zip(self.names, self.function.inputs, strict=True)):
            if isinstance(parameter.type, WordType):
                word = word_at(self.transaction.data, place)
                signed = parameter.type.kind == "int" and word >> 255
                found[label] = word - 2**256 if signed else word >> parameter.type.shift
        return found


def word_at(data: bytes, place: int) -> int:
    """Return argument word `place` of calldata, bytes beyond its end as zeros."""
    start = 4 + 32 * place
    return int.from_bytes(data[start : start + 32].ljust(32, b"\0"), "big")


def zero_of(kind: AbiType) -> Any:
    """Return the zero value of a type."""
    match kind:
        case TupleType(members):
            return tuple(map(zero_of, members))
        case ArrayType(element, int(length)):
            return (zero_of(element),) * length
        case ArrayType():
            return ()
        case BlobType():
            return b""
    return 0


def _numbers(value: Any) -> Any:
    """Return a decoded value with truths as numbers, as terms have them."""
    if isinstance(value, bool):
        return int(value)
    return tuple(map(_numbers, value)) if isinstance(value, tuple) else value
