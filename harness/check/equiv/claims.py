"""What it means that a model is a contract, function by function.

The model's paths are taken one by one: on each, the contract's post-state is looked at as it is under the
path's conditions, where most of it folds away, and has to be what the model says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from harness.check.campaign.surface import Operation
from harness.check.equiv.agreement import agreement
from harness.check.equiv.bytes import same_bytes, same_entries
from harness.check.equiv.cases import Case, cases
from harness.check.equiv.compare import effects, same_state
from harness.check.equiv.decide import Decider
from harness.check.equiv.footprint import elsewhere_unchanged
from harness.check.equiv.meet import Meeting
from harness.check.equiv.narrow import narrowed
from harness.check.equiv.outcome import Outcome
from harness.check.prove.build import Steps
from harness.check.prove.decided import Decided
from harness.check.prove.obligation import Obligation
from harness.check.prove.prover import Prover
from harness.check.prove.subject import Execution
from harness.symbolic import trace
from harness.symbolic.data import Known
from harness.symbolic.result import Failure
from harness.term.core import FALSE, TRUE, Term, and_, const, eq, implies, not_

IN_BOUNDS = "model_stays_in_bounds"
SUCCEEDS = "succeeds_alike"
REVERTS = "reverts_alike"
RETURNS = "returns_alike"
ACTS = "emits_and_calls_alike"
STORES = "stores_alike"
PASSES_ON = "refusals_are_passed_on"
REFUSES_MALFORMED = "malformed_calls_fail_without_data"

CLAIMS = (IN_BOUNDS, SUCCEEDS, REVERTS, PASSES_ON, RETURNS, ACTS, STORES)
"""What is claimed of a function that the model has, in order."""

Claim = tuple[list[Term], Term]
"""What is given in a case, and what must hold then."""


class ModelClaims:
    """The claims that one function's model is what one execution does."""

    def __init__(self, execution: Execution, operation: Operation, prover: Prover, meeting: Meeting) -> None:
        subject = execution.subject
        steps = Steps(execution)
        rule = agreement(operation, subject.shapes, list(subject.spec.views))
        self.execution = execution
        self._operation = operation
        self._decider = Decider(steps, prover, rule, meeting)
        self._grounds = tuple(name for name, term in steps.assumed if term is not TRUE)
        self._claims = {
            IN_BOUNDS: self._in_bounds,
            SUCCEEDS: self._succeeds,
            REVERTS: self._reverts,
            PASSES_ON: self._passes_on,
            RETURNS: self._returns,
            ACTS: self._acts,
            STORES: self._stores,
        }

    @cached_property
    def cases(self) -> list[Case]:
        """The model's paths, each with the contract as it is there; see `cases` for what it raises."""
        return cases(self.execution, self._operation.model, self._decider.known)

    @cached_property
    def _anywhere(self) -> Case:
        """The contract as it is on every path, for what has nothing to do with the model."""
        known = self._decider.known
        there = replace(self.execution, result=narrowed(self.execution.result, known.facts))
        return Case("every path", known, Outcome(None, Known(())), TRUE, there)

    def decided(self, name: str) -> Decided:
        """Decide one of `CLAIMS` in every case, up to the first that fails."""
        decided = Decided(name, grounds=self._grounds)
        for case in [self._anywhere] if name == PASSES_ON else self.cases:
            for given, goal in self._claims[name](case):
                self._decider.decide(decided, case, given, goal)
                if decided.failed is not None:
                    return decided
        return decided

    def _in_bounds(self, case: Case) -> Iterator[Claim]:
        yield [], case.inside

    def _succeeds(self, case: Case) -> Iterator[Claim]:
        if case.outcome.refuses:
            yield [case.result.success], FALSE
        else:
            for failure in case.result.failures:
                yield _failure(failure), FALSE

    def _reverts(self, case: Case) -> Iterator[Claim]:
        if case.outcome.refuses:
            for failure in case.result.failures:
                yield _failure(failure), same_bytes(failure.data, case.outcome.output)

    def _passes_on(self, case: Case) -> Iterator[Claim]:
        """Yield that the call fails where a contract that it calls refuses, and says then what that one said.

        The model says nothing of refusals by others: all other claims are about calls that they accept.
        """
        yield [case.result.success], accepted(case.result.trace)
        for failure in case.result.failures:
            for one in _calls(failure.attempted):
                refused = [failure.condition, one.condition, not_(one.success)]
                yield refused, same_bytes(failure.data, one.returndata)

    def _returns(self, case: Case) -> Iterator[Claim]:
        if not case.outcome.refuses:
            yield [case.result.success], same_bytes(case.result.returndata, case.outcome.output)

    def _acts(self, case: Case) -> Iterator[Claim]:
        if not case.outcome.refuses:
            yield [case.result.success], same_entries(effects(case.result.trace), case.outcome.trace)

    def _stores(self, case: Case) -> Iterator[Claim]:
        if not case.outcome.refuses:
            shapes = self.execution.subject.shapes
            after = case.execution.seen(case.result.storage, case.execution.ghosts)
            kept = elsewhere_unchanged(case.result, shapes)
            yield [case.result.success], and_(kept, same_state(after, case.outcome.pool, shapes))


def _failure(failure: Failure) -> list[Term]:
    """Return that a call fails so, and not because somebody refused."""
    return [failure.condition, accepted(failure.attempted)]


def accepted(attempted: trace.Trace) -> Term:
    """Return that no contract that was called refused."""
    return and_(*(implies(one.condition, one.success) for one in _calls(attempted)))


def _calls(entries: trace.Trace) -> list[trace.Call]:
    return [entry for entry in entries if isinstance(entry, trace.Call)]


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
