"""What stands around a target: the contracts that it calls, and hints for those who call it at random."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from harness.lang.transition import Transition

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Companion(Generic[S]):
    """A contract that the target calls, executable as far as the target uses it.

    `contract` is its name in the deployment; `state` the record of the part of its storage that is
    modelled; `calls` its functions as transitions ``(state, env, *arguments) -> Step`` with their
    signatures, where ``env.sender`` is the target, and a refusal is a `Revert` with `by_callee`.
    """

    contract: str
    state: type[S]
    calls: tuple[Transition[S], ...]


Thresholds = Callable[[Any], Iterable[int]]
"""The numbers at which something changes in a state of the model."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What makes random calls of a target telling; none of it bears on what is right.

    `callers` says by function name which roles are meant to call it, `often` how often relative to 1
    it is called. `deadlines` returns the times (seconds) at which something becomes possible in a state,
    `thresholds` by an argument's name the numbers at which what it does in a state changes.
    """

    callers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    often: Mapping[str, float] = field(default_factory=dict)
    deadlines: Thresholds | None = None
    thresholds: Mapping[str, Thresholds] = field(default_factory=dict)
