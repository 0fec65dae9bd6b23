"""What it means that a model is a contract, function by function, as obligations.

The model's paths are taken one by one: on each, the contract's post-state is looked at as it is under the
path's condition, where most of it folds away, and has to be what the model says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from harness.check.equiv.compare import effects, same_data, same_state, same_trace
from harness.check.equiv.explore import Leaf, explore, settled
from harness.check.equiv.footprint import Bounds, elsewhere_unchanged
from harness.check.equiv.meet import Meeting
from harness.check.equiv.narrow import narrowed
from harness.check.equiv.outcome import Outcome, outcome
from harness.check.prove.build import Named, Steps
from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution
from harness.lang import Revert, Step
from harness.symbolic import trace
from harness.symbolic.path import Path
from harness.symbolic.result import Failure, PostState
from harness.term.core import FALSE, TRUE, Term, and_, const, eq, implies, not_

IN_BOUNDS = "model_stays_in_bounds"
SUCCEEDS = "succeeds_alike"
REVERTS = "reverts_alike"
RETURNS = "returns_alike"
ACTS = "emits_and_calls_alike"
STORES = "stores_alike"
REFUSES_MALFORMED = "malformed_calls_fail_without_data"

CLAIMS = (IN_BOUNDS, SUCCEEDS, REVERTS, RETURNS, ACTS, STORES)
"""What is claimed of a function that the model has, in order."""

Transition = Callable[..., Step[Any]]


@dataclass(frozen=True, slots=True)
class Case:
    """One path of the model: where it leads, that it stays inside the arrays, and the contract there."""

    name: str
    path: Path
    outcome: Outcome
    inside: Term
    execution: Execution

    @property
    def result(self) -> PostState:
        """What the contract does."""
        return self.execution.result


class ModelClaims:
    """The claims that one function's model is what one execution does."""

    def __init__(self, execution: Execution, transition: Transition, meeting: Meeting) -> None:
        self.execution = execution
        self.steps = Steps(execution)
        self._transition = transition
        self._meeting = meeting
        self._plain: dict[str, list[Named]] = {}
        self._regular = [("well-formed call", execution.well_formed), *self.steps.callees()]

    @cached_property
    def cases(self) -> list[Case]:
        """The model's paths, each with the contract as it is there."""
        execution = self.execution
        bounds = Bounds(execution.before, execution.subject.shapes)
        arguments = execution.arguments.values()
        known = Path().extended(and_(*(term for _, term in (*self._regular, *self.steps.assumed))))
        leaves, inside = [], []
        for leaf in explore(lambda: self._transition(bounds.pool, execution.env, *arguments), known):
            leaves.append(leaf)
            inside.append(and_(*bounds.claims(None if isinstance(leaf.end, Revert) else leaf.end.pool)))
        start = narrowed(execution.result, known.facts)
        found = _narrow(leaves, inside, len(known.conditions), start)
        return [
            Case(
                f"path {place}",
                Path(leaf.path.conditions[len(known.conditions) :]),
                outcome(leaf.end, execution),
                within,
                replace(execution, result=narrowed(result, leaf.path.facts, leaf.path.conditions)),
            )
            for place, (leaf, within, result) in enumerate(found)
        ]

    def all(self) -> Iterator[tuple[str, Iterator[Obligation]]]:
        """Yield the claims by name, with their obligations."""
        for name, claim in (
            (IN_BOUNDS, self._in_bounds),
            (SUCCEEDS, self._succeeds),
            (REVERTS, self._reverts),
            (RETURNS, self._returns),
            (ACTS, self._acts),
            (STORES, self._stores),
        ):
            yield name, self._obligations(name, claim)

    def _obligations(self, name: str, claim: Callable[[Case], Iterator[Claim]]) -> Iterator[Obligation]:
        for case in self.cases:
            for given, goal in claim(case):
                yield from self._parts(name, case, given, goal)

    def _in_bounds(self, case: Case) -> Iterator[Claim]:
        yield [], case.inside

    def _succeeds(self, case: Case) -> Iterator[Claim]:
        if case.outcome.refuses:
            yield self._success(case), FALSE
        else:
            for failure in case.result.failures:
                yield _failure(failure), FALSE

    def _reverts(self, case: Case) -> Iterator[Claim]:
        if case.outcome.refuses:
            for failure in case.result.failures:
                yield _failure(failure), same_data(failure.data, case.outcome.output, head=4)

    def _returns(self, case: Case) -> Iterator[Claim]:
        if not case.outcome.refuses:
            yield self._success(case), same_data(case.result.returndata, case.outcome.output)

    def _acts(self, case: Case) -> Iterator[Claim]:
        if not case.outcome.refuses:
            yield self._success(case), same_trace(effects(case.result.trace), case.outcome.trace)

    def _stores(self, case: Case) -> Iterator[Claim]:
        if not case.outcome.refuses:
            shapes = self.execution.subject.shapes
            after = case.execution.seen(case.result.storage, case.execution.ghosts)
            kept = elsewhere_unchanged(case.result, shapes)
            yield self._success(case), and_(kept, same_state(after, case.outcome.pool, shapes))

    def _success(self, case: Case) -> list[Named]:
        return [("success", case.result.success)]

    def _learnt(self, case: Case) -> list[Named]:
        """Return what the invariants say plainly on a case's path."""
        known = self._plain.get(case.name)
        if known is None:
            known = self._plain[case.name] = list(self._plainly(case))
        return known

    def _plainly(self, case: Case) -> Iterator[Named]:
        terms = [case.path.condition, case.result.success]
        for name, claim in self.steps.between.at(terms):
            simple = settled(claim, case.path)
            if simple.op != "not" or simple.args[0].op != "and":
                yield name, simple

    def _parts(self, name: str, case: Case, given: list[Named], goal: Term) -> Iterator[Obligation]:
        """Yield the claim that `goal` holds in a case, part by part once its two sides have met."""
        path = case.path
        for _, term in (*self.steps.assumed, *self._learnt(case), *given):
            simple = settled(term, path)
            if simple is FALSE:
                return
            path = path.extended(simple)
        simple = settled(goal, path)
        if simple is TRUE:
            return
        simple = self._meeting.simplified(simple)
        parts = simple.args if simple.op == "and" else (simple,)
        known = [("path", case.path.condition), *given, *self._regular]
        for place, part in enumerate(parts):
            label = f"{case.name}, part {place}" if len(parts) > 1 else case.name
            yield self.steps.obligation(name, label, known, part, self.steps.between)


Claim = tuple[list[Named], Term]
"""What is given in a case, and what must hold then."""


def _narrow(
    leaves: Sequence[Leaf], inside: Sequence[Term], depth: int, result: PostState
) -> Iterator[tuple[Leaf, Term, PostState]]:
    """Yield leaves that share the first `depth` conditions with the contract's post-state on their paths."""
    if len(leaves) == 1:
        yield leaves[0], inside[0], result
        return
    first = leaves[0].path.conditions[depth]
    for taken in (True, False):
        chosen = [
            place
            for place, leaf in enumerate(leaves)
            if (leaf.path.conditions[depth] is first) is taken
        ]
        some = leaves[chosen[0]].path
        facts = Path(some.conditions[: depth + 1]).facts
        there = narrowed(result, facts)
        yield from _narrow(
            [leaves[place] for place in chosen], [inside[place] for place in chosen], depth + 1, there
        )


def _failure(failure: Failure) -> list[Named]:
    """Return that a call fails so, and not because somebody refused."""
    return [("failure", failure.condition), ("nobody refused", accepted(failure.attempted))]


def accepted(attempted: trace.Trace) -> Term:
    """Return that no contract that was called refused."""
    calls = [entry for entry in attempted if isinstance(entry, trace.Call)]
    return and_(*(implies(one.condition, one.success) for one in calls))


def fails_without_data(steps: Steps) -> Iterator[Obligation]:
    """Yield that calls that the ABI does not describe fail, and say nothing.

    Of a way in that is no function that is every call.
    """
    execution = steps.execution
    malformed = not_(execution.well_formed) if execution.function is not None else TRUE
    given = [("malformed call", malformed)]
    yield steps.obligation(REFUSES_MALFORMED, "success", [steps.returns], not_(malformed), steps.always)
    for place, failure in enumerate(execution.result.failures):
        silent = eq(failure.data.size, const(0))
        case = f"failure {place}"
        failing = [("failure", failure.condition), *given]
        yield steps.obligation(REFUSES_MALFORMED, case, failing, silent, steps.always)
