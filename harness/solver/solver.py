"""Deciding a query, in stages.

1. *opaque*: products and divisions by terms are any functions within bounds, and
   *linear*: with linear facts about them. Most proofs end here. A model is believed
   only if evaluation confirms it.
2. *pinned*: where the abstraction has a model that evaluation refutes, the inputs
   of divisors (and of one factor of each product) are fixed to their values in it;
   what is left is linear and exact.
3. *exact*: everything, within the time that is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

from harness.solver.encode import Encoding, Level, encode
from harness.solver.model import confirmed
from harness.solver.pin import fixed, pinned_query, pins
from harness.solver.query import Answer, Model, Query, Status
from harness.solver.z3_backend import Run, run
from harness.term.core import FALSE, TRUE, Term, and_, eq, not_

PIN_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Solver:
    """Answers queries within limits: milliseconds and megabytes for each."""

    timeout_ms: int = 10_000
    memory_mb: int = 1_000

    def check(self, query: Query, timeout_ms: int | None = None, memory_mb: int | None = None) -> Answer:
        """Decide whether the hypotheses imply the goal."""
        trivial = _trivial(query)
        if trivial is not None:
            return trivial
        limits = timeout_ms or self.timeout_ms, memory_mb or self.memory_mb
        return _Check(query, *limits).answer()

    def satisfiable(
        self,
        hypotheses: Iterable[tuple[str, Term]],
        timeout_ms: int | None = None,
        memory_mb: int | None = None,
    ) -> Answer:
        """Decide whether hypotheses hold together: Status.MODEL says yes, Status.PROVED that they can't."""
        return self.check(Query(hypotheses, FALSE), timeout_ms, memory_mb)


def _trivial(query: Query) -> Answer | None:
    if query.goal is TRUE:
        return Answer(Status.PROVED, 0.0, stage="trivial")
    for name, term in query.hypotheses:
        if term is FALSE or term is query.goal:
            return Answer(Status.PROVED, 0.0, core=(name,), stage="trivial")
    return None


class _Check:
    """The state of one check: its clock, and what the stages found so far."""

    def __init__(self, query: Query, timeout_ms: int, memory_mb: int) -> None:
        self.query = query
        self.memory_mb = memory_mb
        self.started = monotonic()
        self.deadline = self.started + timeout_ms / 1000
        self.timeout_ms = timeout_ms

    def answer(self) -> Answer:
        encoding = encode(self.query)
        found = self._run(encoding, Level.OPAQUE, share=3 if encoding.exact else 1)
        answer = self._settled(found, Level.OPAQUE.value)
        if answer is not None or not encoding.exact:
            return answer or self._unknown(found)
        abstract = self._run(encoding, Level.LINEAR, share=2)
        answer = self._settled(abstract, Level.LINEAR.value)
        if answer is not None:
            return answer
        near = self._pinned(abstract.model or found.model)
        if near is not None:
            return self._model(near, "pinned")
        found = self._run(encoding, Level.EXACT, share=1)
        return self._settled(found, Level.EXACT.value) or self._unknown(found)

    def _run(self, encoding: Encoding, level: Level, share: int) -> Run:
        """Run z3 with a share of the time that is left."""
        left = int((self.deadline - monotonic()) * 1000)
        if left <= 0:
            return Run("unknown", reason="timeout")
        return run(encoding, self.query.roots(), level, left // share, self.memory_mb)

    def _settled(self, found: Run, stage: str) -> Answer | None:
        """Return the answer if `found` is a proof, or a model that evaluation confirms."""
        if found.result == "unsat":
            return Answer(Status.PROVED, self._seconds(), core=found.core, stage=stage)
        if found.model is not None and confirmed(found.model, self.query):
            return self._model(found.model, stage)
        return None

    def _model(self, model: Model, stage: str) -> Answer:
        return Answer(Status.MODEL, self._seconds(), model=model, stage=stage)

    def _unknown(self, found: Run) -> Answer:
        reason = found.reason or "the solver's model is not confirmed by evaluation"
        return Answer(Status.UNKNOWN, self._seconds(), reason=reason)

    def _seconds(self) -> float:
        return monotonic() - self.started

    def _pinned(self, model: Model | None) -> Model | None:
        """Look for a confirmed model near an abstract one, then near others."""
        tried: list[Term] = []
        inputs = pins(self.query)
        for _ in range(PIN_ROUNDS):
            if model is None:
                break
            values = model.evaluate(inputs)
            equal = [eq(term, fixed(term, value)) for term, value in zip(inputs, values, strict=True)]
            near = pinned_query(self.query, dict(zip(inputs, values, strict=True)))
            encoding = encode(near)
            found = self._run(encoding, Level.EXACT, share=4)
            if found.model is not None and confirmed(found.model, self.query):
                return found.model
            tried.append(not_(and_(*equal)))
            others = Query((*self.query.hypotheses, ("(another model)", and_(*tried))), self.query.goal)
            model = self._run(encode(others), Level.LINEAR, share=4).model
        return None
