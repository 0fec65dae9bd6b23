"""Whether claims can hold: questions about one state, each decided with what the earlier ones left.

That something is possible is witnessed by a model that evaluation confirms, whatever z3 was asked; that it
is not, by a proof. Where a series gives neither, the claim is asked about by itself, in all stages.
"""

from __future__ import annotations

from time import process_time

from harness.solver.encode import Encoding, domains_of, encode
from harness.solver.model import Model
from harness.solver.pin import blank_at_numbers
from harness.solver.query import Answer, Query, Status, confirmed
from harness.solver.solver import SOON, Solver
from harness.solver.z3_backend import Series
from harness.term.core import Term, is_const, not_

LOOP = 16
"""What is read at so many numbers is read by an unrolled loop."""

BRIEFLY = 500_000
"""The effort (in z3's units) for what is only a guess."""


class Questions:
    """Asks about claims, one after the other."""

    def __init__(self, solver: Solver) -> None:
        """Begin with nothing known; what a series does not decide `solver` is asked about."""
        self._solver = solver
        self._series = Series(solver.memory_mb)
        self._domains: dict[str, object] = {}

    def satisfiable(self, claim: Term, timeout_ms: int | None = None) -> Answer:
        """Decide whether a claim can hold; see `Solver.satisfiable`."""
        if is_const(claim):
            return self._solver.satisfiable(claim)
        started = process_time()
        query = Query((), not_(claim))
        encoding = encode(query)
        if encoding.exact:  # what little a series says of products makes for models that are none
            return self._solver.satisfiable(claim, timeout_ms)
        limit = (timeout_ms or self._solver.timeout_ms) / 1000
        found = self._series_for(encoding).check(encoding, query.roots(), limit, SOON)
        seconds = process_time() - started
        if found.result == "unsat":
            return Answer(Status.PROVED, seconds, stage="series")
        if found.model is not None and confirmed(found.model, query):
            return Answer(Status.MODEL, seconds, model=found.model, stage="series")
        return self._solver.satisfiable(claim, timeout_ms)

    def blank(self, claim: Term) -> Model | None:
        """Look for a model of a claim in which all that functions are at numbers is zero, or nearest to it.

        That is what an unrolled loop goes through of a state in which nothing happened yet: a state that is
        often enough, and of which little is left to be asked. None says nothing.
        """
        query = Query((), not_(claim))
        pinned = blank_at_numbers(query)
        if len(pinned.hypotheses) < LOOP:
            return None
        encoding = encode(pinned)
        if encoding.exact:
            return None
        limit = self._solver.timeout_ms / 1000
        found = Series(self._solver.memory_mb).check(encoding, pinned.roots(), limit, BRIEFLY)
        return found.model if found.model is not None and confirmed(found.model, query) else None

    def _series_for(self, encoding: Encoding) -> Series:
        """Return a series in which every symbol is what it is in the encoding: bounds hold in all of it."""
        found = domains_of(encoding.nodes)
        if self._series.ended or any(
            self._domains.get(name, domain) != domain for name, domain in found.items()
        ):
            self._series, self._domains = Series(self._solver.memory_mb), {}
        self._domains |= found
        return self._series
