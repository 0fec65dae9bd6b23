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


Moments = Callable[[Any], Iterable[int]]
"""The times (seconds) at which something becomes possible in a state of the model."""

Thresholds = Callable[[Any, Mapping[str, Any]], Iterable[int]]
"""The numbers at which what an argument does changes, in a state of the model.

They may depend on the call's arguments, which are given by their names in the ABI.
"""


@dataclass(frozen=True, slots=True)
class Hints:
    """What makes random calls of a target telling; none of it bears on what is right.

    `callers` says by function name which roles are meant to call it, `often` how often relative to 1
    it is called. `deadlines` tells the moments of a state, `thresholds` by an argument's name those of an
    argument: a least amount that depends on another argument, say, or what is to be exceeded in a state.
    """

    callers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    often: Mapping[str, float] = field(default_factory=dict)
    deadlines: Moments | None = None
    thresholds: Mapping[str, Thresholds] = field(default_factory=dict)
