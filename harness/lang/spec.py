"""A target's specification: everything that the harness is told about one contract."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Generic, TypeVar

from harness.lang.assumption import Assumption
from harness.lang.deployment import Deployment
from harness.lang.figure import Figure
from harness.lang.property import Invariant, Property, Relation, Rule, Scenario
from harness.lang.surroundings import Companion, Hints
from harness.lang.transition import Transition

S = TypeVar("S")
P = TypeVar("P", bound=Property)


@dataclass(frozen=True, slots=True)
class Model(Generic[S]):
    """The executable reference: a state's type, its start, and a transition per function.

    `state` is a record whose fields name state variables in snake_case: numbers,
    records for structs, `Table`s for mappings and arrays. `ghosts` names the fields that
    are not storage but ledgers; `ghost` computes them from an observed successful
    call: ``(before, call, after) -> record of ghosts``; a failed one changes none.
    `constants` are the values of the public constants by their ABI name.
    """

    state: type[S]
    initial: S
    transitions: tuple[Transition[S], ...]
    constants: Mapping[str, int] = field(default_factory=dict)
    ghosts: tuple[str, ...] = ()
    ghost: Callable[..., Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Spec(Generic[S]):
    """A target: its model, its properties, and what is taken for granted.

    `views` are the views of other contracts that the target asks, by signature, each with the width in
    bits of the one word that it answers; how they answer is one of the `assumptions`. `companions` are
    executable models of contracts that the target calls, for where everything is executed; `hints` help to
    call it at random. `figures` make pictures of the model's arithmetic for the report.

    `limitations` are what the contract is known not to guarantee: claims that one would expect, and that
    have to be refuted. One that is not refuted any more fails a run, as a property that does not hold does.
    """

    name: str
    title: str
    model: Model[S]
    invariants: tuple[Invariant, ...]
    rules: tuple[Rule, ...] = ()
    relations: tuple[Relation, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    deployment: Deployment | None = None
    limitations: tuple[Rule | Scenario, ...] = ()
    views: Mapping[str, int] = field(default_factory=dict)
    companions: tuple[Companion[Any], ...] = ()
    hints: Hints = field(default_factory=Hints)
    figures: tuple[Callable[[], Figure], ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """A specification is made of functions, so another process imports it from where it is defined."""
        for module in [*sys.modules.values()]:
            for name, value in [*getattr(module, "__dict__", {}).items()]:
                if value is self and module.__name__ != "__main__":
                    return _imported, (module.__name__, name)
        raise TypeError(f"{self.name}: assign the Spec to a name of a module, so that it can be found again")

    @property
    def properties(self) -> tuple[Property, ...]:
        """Every property that must hold, in the order of its kind."""
        return (*self.invariants, *self.rules, *self.relations, *self.scenarios)

    @property
    def claims(self) -> tuple[Property, ...]:
        """Everything that is stated: the properties, and the known limitations, which are not true."""
        return (*self.properties, *self.limitations)


def _imported(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


def collect(kind: type[P], modules: Iterable[ModuleType]) -> tuple[P, ...]:
    """Return the properties of one kind that `modules` define, in definition order, each name once."""
    found: dict[str, P] = {}
    for module in modules:
        for value in vars(module).values():
            if type(value) is kind and found.setdefault(value.name, value) is not value:
                raise ValueError(f"{module.__name__}: two properties are called `{value.name}`; rename one")
    return tuple(found.values())
