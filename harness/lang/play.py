"""What relations and scenarios are given: finished runs, and a way to make the next call."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from harness.lang.call import Call
from harness.lang.domain import Address
from harness.lang.logic import Int, Prop
from harness.lang.record import record

S_co = TypeVar("S_co", covariant=True)


@record
class Run(Generic[S_co]):
    """One call with the states around it."""

    before: S_co
    call: Call
    after: S_co


class Play(ABC, Generic[S_co]):
    """Makes calls one after the other from the scenario's state."""

    @property
    @abstractmethod
    def pool(self) -> S_co:
        """The state after the calls made so far."""

    @property
    @abstractmethod
    def now(self) -> Int:
        """The time of the last call; calls never go back in time."""

    @abstractmethod
    def call(self, function: str, *args: Int, sender: Address, at: Int) -> Run[S_co]:
        """Make a call at time `at`; a reverted call leaves the state as it was."""

    @abstractmethod
    def any_number(self, name: str, low: int, high: int) -> Int:
        """Return an arbitrary number of ``[low, high]`` (universally quantified), each under its own name."""

    @abstractmethod
    def suppose(self, premise: Prop) -> None:
        """Restrict the scenario to where `premise` holds."""
