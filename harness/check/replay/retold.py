"""Scenarios, evaluated on the calls that a replay made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.check.campaign.executed import ExecutedCall
from harness.lang import Address, Int, Play, Prop, Revert, Run, Scenario

Made = tuple[Any, ExecutedCall, Any]
"""The state before a call, the call, the state after."""


class OtherStory(Exception):
    """The replay's calls are not the scenario's."""


class Retold(Play[Any]):
    """A scenario's play in which every call was made already; its numbers are a replay file's."""

    def __init__(self, made: Sequence[Made], keys: Mapping[str, int]) -> None:
        self._made = made
        self._keys = keys
        self._told = 0
        self._state, first, _ = made[0]
        self._now: Int = first.timestamp

    @property
    def pool(self) -> Any:
        """The state after the calls told so far."""
        return self._state

    @property
    def now(self) -> Int:
        """The time of the last call; that of the first, before it."""
        return self._now

    @property
    def is_over(self) -> bool:
        """Whether every call was told."""
        return self._told == len(self._made)

    def any_number(self, name: str, low: int, high: int) -> Int:
        """Return the number that the file has under this name."""
        if name not in self._keys or not low <= self._keys[name] <= high:
            raise OtherStory
        return self._keys[name]

    def suppose(self, premise: Prop) -> None:
        """Refuse to go on where the premise does not hold."""
        if not premise:
            raise OtherStory

    def call(self, function: str, *args: Int, sender: Address, at: Int) -> Run[Any]:
        """Return the next call, which must be this one."""
        if self.is_over:
            raise OtherStory
        before, call, after = self._made[self._told]
        same = (call.sender, call.timestamp, *call.arguments.values()) == (sender, at, *args)
        if not (same and call.is_call_of(function)):
            raise OtherStory
        self._told, self._now, self._state = self._told + 1, at, after
        return Run(before, call, after)


def breaks(claim: Scenario, made: Sequence[Made], keys: Mapping[str, int]) -> bool:
    """Say whether the last of some calls are a scenario's, and its claim is false of them."""
    quantified = {name: keys[name] for name, _ in claim.quantified if name in keys}
    if len(quantified) < len(claim.quantified):
        return False
    for first in range(len(made)):
        play = Retold(made[first:], keys)
        try:
            holds = claim.predicate(play.pool, play, **quantified)
        except (OtherStory, Revert):
            continue
        if play.is_over and not holds:
            return True
    return False
