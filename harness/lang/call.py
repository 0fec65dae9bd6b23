"""One call: what it is made with, what a model says it does, what is observed of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from harness.lang.domain import Address
from harness.lang.logic import Int, Prop
from harness.lang.record import record

S = TypeVar("S")


class Revert(Exception):
    """A transition's refusal: an error of the contract (or of a callee) by name, with its arguments.

    ``Revert()`` is a revert without data; ``Revert("Panic", 0x11)`` is solc's
    panic. `by_callee` tells a refusal by the contract called from one of its caller's.
    """

    def __init__(self, name: str = "", *args: Int, by_callee: bool = False) -> None:
        super().__init__(name, *args)
        self.name = name
        self.values = args
        self.by_callee = by_callee


NO_HASH = -1
"""What stands for the hash of a number that has no 32-byte encoding: no contract has it."""


class World(ABC):
    """What a transition may ask of the rest of the chain."""

    @abstractmethod
    def blockhash(self, number: Int) -> Int:
        """Return the hash of block `number` (0 beyond the last 256)."""

    @abstractmethod
    def keccak(self, *words: Int) -> Int:
        """Return keccak256 of the words' 32-byte encodings in order; `NO_HASH` where one is no word."""

    @abstractmethod
    def ask(self, target: Address, signature: str, *args: Int) -> Int:
        """Return the one word that the view `signature` of `target` answers; a `Revert` if it refuses."""


@record
class Env:
    """The call's surroundings: who calls, when, on which chain, and the world to ask."""

    sender: Address
    timestamp: Int
    number: Int
    chain_id: Int
    this: Address
    world: World


@record
class ExternalCall:
    """A state-changing call to another contract: which one, which function, with what."""

    target: Address
    signature: str
    args: tuple[Int, ...]


@record
class Step(Generic[S]):
    """What a successful transition does.

    `returns` has one entry per return value (tuples for structs and arrays);
    `events` are instances of event records, in order; `calls` are made after
    everything else, in order, and the whole step is undone if one is refused.
    """

    pool: S
    returns: tuple[Any, ...] = ()
    events: tuple[Any, ...] = ()
    calls: tuple[ExternalCall, ...] = ()


class Call(ABC):
    """One observed call, executed or symbolic, as rules see it."""

    @property
    @abstractmethod
    def env(self) -> Env:
        """The call's surroundings."""

    @property
    @abstractmethod
    def succeeds(self) -> Prop:
        """The call did not revert."""

    @property
    @abstractmethod
    def accepted(self) -> Prop:
        """No contract that was called refused; else the caller reverts with the callee's reason."""

    @abstractmethod
    def reverts_with(self, name: str, *args: Int) -> Prop:
        """The call reverted with exactly this error of the contract (`Panic` and code for solc's panics)."""

    @abstractmethod
    def returned(self, position: int = 0) -> Any:
        """Return the return value at `position`: a number, or tuples for structs and arrays.

        Where the call reverted, every number in it is zero; how long an array is then is not said.
        """

    @abstractmethod
    def emitted(self, event: Any) -> Prop:
        """The contract emitted an event equal to this event record, at least once."""

    @abstractmethod
    def emits_only(self, *events: Any) -> Prop:
        """The contract emitted exactly these events in this order."""

    @abstractmethod
    def sent(self, signature: str, amount: Callable[..., Int]) -> Int:
        """Return the sum of ``amount(*args)`` over the calls of `signature` that others took."""

    @abstractmethod
    def is_call_of(self, *functions: str) -> Prop:
        """The call is one of these functions (ABI name, or signature where overloaded)."""

    @abstractmethod
    def argument(self, name: str) -> Int:
        """Return the argument with this snake_case name; 0 where only other functions have it."""

    @property
    def sender(self) -> Address:
        """Who made the call."""
        return self.env.sender

    @property
    def timestamp(self) -> Int:
        """The block's time, in seconds."""
        return self.env.timestamp
