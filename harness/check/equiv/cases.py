"""The paths of a model, each with the contract as it is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from harness.check.equiv.explore import Leaf, explore, refined
from harness.check.equiv.footprint import Bounds
from harness.check.equiv.narrow import narrowed
from harness.check.equiv.outcome import Outcome, outcome
from harness.check.prove.subject import Execution
from harness.lang import Revert, Step
from harness.symbolic.path import Path
from harness.symbolic.result import PostState
from harness.term.core import Term, and_

Transition = Callable[..., Step[Any]]


@dataclass(frozen=True, slots=True)
class Case:
    """One path of the model: where it leads, that it stays inside the arrays, and the contract there.

    `path` is what holds there: what the model asked, and what is assumed of every call.
    """

    name: str
    path: Path
    outcome: Outcome
    inside: Term
    execution: Execution

    @property
    def result(self) -> PostState:
        """What the contract does."""
        return self.execution.result


def cases(execution: Execution, transition: Transition, known: Path) -> list[Case]:
    """Return every path of a transition on which what is `known` of every call can hold.

    Raises:
        EquivError: if what the model returns, emits or refuses with is not in the ABI.
        Unsupported: if there are too many paths.
    """
    bounds = Bounds(execution.before, execution.subject.shapes)
    arguments = execution.arguments.values()
    start = narrowed(execution.result, known.facts)
    found: list[Case] = []
    for leaf in explore(lambda: transition(bounds.pool, execution.env, *arguments), known):
        after = None if isinstance(leaf.end, Revert) else leaf.end.pool
        inside = and_(*bounds.claims(after))
        found.append(_case(f"path {len(found)}", leaf, inside, start, execution))
    return found


def _case(name: str, leaf: Leaf, inside: Term, result: PostState, execution: Execution) -> Case:
    path = refined(leaf.path)
    there = replace(execution, result=narrowed(result, path.facts))
    return Case(name, path, outcome(leaf.end, execution), inside, there)
