"""What it means that a model is a contract, function by function, as obligations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from harness.check.equiv.compare import effects, same_data, same_state, same_trace
from harness.check.equiv.explore import Leaf, explore
from harness.check.equiv.footprint import Bounds, elsewhere_unchanged
from harness.check.equiv.meet import Meeting
from harness.check.equiv.outcome import Outcome, Writer
from harness.check.prove.build import Named, Steps
from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution
from harness.lang import Revert, Step
from harness.symbolic import trace
from harness.symbolic.data import Known
from harness.symbolic.path import Path
from harness.symbolic.result import Failure
from harness.term.context import simplify_under
from harness.term.core import TRUE, Term, and_, const, eq, implies, not_

SUCCEEDS = "succeeds_alike"
REVERTS = "reverts_alike"
RETURNS = "returns_alike"
ACTS = "emits_and_calls_alike"
STORES = "stores_alike"
IN_BOUNDS = "model_stays_in_bounds"
REFUSES_MALFORMED = "malformed_calls_fail_without_data"

CLAIMS = (IN_BOUNDS, SUCCEEDS, REVERTS, RETURNS, ACTS, STORES)
"""What is claimed of a function that the model has, in order."""

Transition = Callable[..., Step[Any]]


class ModelClaims:
    """The claims that one function's model is what one execution does."""

    def __init__(self, execution: Execution, transition: Transition, meeting: Meeting) -> None:
        self._meeting = meeting
        self.execution = execution
        self.steps = Steps(execution)
        self._transition = transition
        assert execution.function is not None
        self._writer = Writer(execution.subject.abi, execution.function, execution.result)

    @cached_property
    def _explored(self) -> tuple[list[Leaf], list[Term]]:
        """The model's paths, and that each stays inside the arrays."""
        execution = self.execution
        bounds = Bounds(execution.before, execution.subject.shapes)
        arguments = execution.arguments.values()
        leaves, claims = [], []
        for leaf in explore(lambda: self._transition(bounds.pool, execution.env, *arguments)):
            after = None if isinstance(leaf.end, Revert) else leaf.end.pool
            inside = and_(*bounds.claims(after))
            claims.append(implies(leaf.path.condition, inside))
            leaves.append(leaf)
        return leaves, claims

    @cached_property
    def outcome(self) -> Outcome:
        """What the model says."""
        return self._writer.outcome(self._explored[0])

    def all(self) -> Iterator[tuple[str, Iterator[Obligation]]]:
        """Yield the claims by name, with their obligations."""
        yield IN_BOUNDS, self._in_bounds()
        yield SUCCEEDS, self._succeeds()
        yield REVERTS, self._reverts()
        yield RETURNS, self._on_success(RETURNS, lambda: self._same_output())
        yield ACTS, self._on_success(ACTS, lambda: self._same_effects())
        yield STORES, self._on_success(STORES, lambda: self._same_storage())

    def _in_bounds(self) -> Iterator[Obligation]:
        yield from self._claim(IN_BOUNDS, "every call", [], and_(*self._explored[1]))

    def _succeeds(self) -> Iterator[Obligation]:
        yield from self._claim(SUCCEEDS, "success", [self.steps.returns], self.outcome.success)
        for case, failure in self._failures():
            given = [("failure", failure.condition), ("nobody refused", accepted(failure.attempted))]
            yield from self._claim(SUCCEEDS, case, given, not_(self.outcome.success))

    def _reverts(self) -> Iterator[Obligation]:
        for case, failure in self._failures():
            given = [("failure", failure.condition), ("nobody refused", accepted(failure.attempted))]
            for place, refusal in enumerate(self.outcome.refusals):
                assert isinstance(refusal.data, Known)
                when = (f"refusal {place}", refusal.condition)
                goal = same_data(failure.data, refusal.data, head=4)
                yield from self._claim(REVERTS, f"{case}, refusal {place}", [*given, when], goal)

    def _failures(self) -> Iterator[tuple[str, Failure]]:
        for place, failure in enumerate(self.execution.result.failures):
            yield f"failure {place}", failure

    def _on_success(self, name: str, goal: Callable[[], Term]) -> Iterator[Obligation]:
        yield from self._claim(name, "success", [self.steps.returns], goal())

    def _same_output(self) -> Term:
        output = self.outcome.output
        assert isinstance(output, Known)
        return same_data(self.execution.result.returndata, output)

    def _same_effects(self) -> Term:
        return same_trace(effects(self.execution.result.trace), self.outcome.trace)

    def _same_storage(self) -> Term:
        execution = self.execution
        shapes = execution.subject.shapes
        kept = elsewhere_unchanged(execution.result, shapes)
        if self.outcome.pool is None:
            return kept
        after = execution.seen(execution.result.storage, execution.ghosts)
        return and_(kept, same_state(after, self.outcome.pool, shapes))

    def _claim(self, name: str, case: str, given: list[Named], goal: Term) -> Iterator[Obligation]:
        """Yield the claim that `goal` holds in a case, part by part once its two sides have met."""
        steps = self.steps
        known = [*given, ("well-formed call", self.execution.well_formed), *steps.callees()]
        facts = Path().extended(and_(*(term for _, term in (*known, *steps.assumed)))).facts
        simple = self._meeting.simplified(simplify_under(goal, facts))
        parts = simple.args if simple.op == "and" else (simple,)
        for place, part in enumerate(parts):
            label = f"{case}, part {place}" if len(parts) > 1 else case
            yield steps.obligation(name, label, known, part, steps.between)


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
    yield steps.obligation(
        REFUSES_MALFORMED, "success", [steps.returns], not_(malformed), steps.always
    )
    for place, failure in enumerate(execution.result.failures):
        silent = eq(failure.data.size, const(0))
        case = f"failure {place}"
        yield steps.obligation(
            REFUSES_MALFORMED, case, [("failure", failure.condition), *given], silent, steps.always
        )
