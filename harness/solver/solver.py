"""Deciding a query, in stages.

0. *facts*: what one hypothesis says by itself, seen without a solver.
1. *opaque*: products and divisions by terms are any functions within bounds, and
   *linear*: with linear facts about them. Most proofs end here. A model is believed
   only if evaluation confirms it.
2. *cases*: what these do not settle soon is asked again for each value of a symbol that
   has only a few (a slot), if there is one; at once where the query itself goes by its values.
3. *pinned*: where the abstraction has a model that evaluation refutes, the inputs
   of divisors (and of one factor of each product) are fixed to their values in it;
   what is left is linear and exact.
4. *exact*: everything, within the time that is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from time import process_time

from harness.solver.cases import case, few_values, is_branched, splitter
from harness.solver.encode import Encoding, Level, encode
from harness.solver.model import Model
from harness.solver.pin import fixed, pinned_query, pins
from harness.solver.query import KECCAK_INJECTIVE, Answer, Query, Status, confirmed
from harness.solver.z3_backend import Run, Session
from harness.term.core import FALSE, TRUE, Term, and_, eq, not_
from harness.term.facts import facts_of

PIN_ROUNDS = 4

SOON = 5_000_000
"""The effort (in z3's units; about a second) after which a query is split into cases."""

EACH = 1_500_000
"""The effort for one case before it is rewritten for its value."""

MAX_USELESS = 2
"""After so many cases that had to be rewritten, all others are, at once."""


@dataclass(frozen=True, slots=True)
class Solver:
    """Answers queries within limits: milliseconds of the processor and megabytes for each."""

    timeout_ms: int = 10_000
    memory_mb: int = 1_000

    def check(self, query: Query, timeout_ms: int | None = None) -> Answer:
        """Decide whether the hypotheses imply the goal."""
        return _at_once(query) or self._begun(query, timeout_ms).answer()

    def satisfiable(self, claim: Term, timeout_ms: int | None = None) -> Answer:
        """Decide whether a claim can hold: Status.MODEL says yes, Status.PROVED that it can't."""
        query = Query((), not_(claim))
        return _at_once(query) or self._begun(query, timeout_ms).answer(any_case=True)

    def _begun(self, query: Query, timeout_ms: int | None) -> _Check:
        deadline = process_time() + (timeout_ms or self.timeout_ms) / 1000
        return _Check(query, deadline, self.memory_mb)


def _at_once(query: Query) -> Answer | None:
    """Return the answer where it is seen without a solver."""
    if query.goal is TRUE:
        return Answer(Status.PROVED, 0.0, stage="trivial")
    for name, term in query.hypotheses:
        if term is FALSE or term is query.goal:
            return Answer(Status.PROVED, 0.0, core=(name,), stage="trivial")
    started = process_time()
    for name, term in query.hypotheses:
        if facts_of(term).decide(query.goal):
            return Answer(Status.PROVED, process_time() - started, core=(name,), stage="facts")
    return None


class _Check:
    """The state of one check: its clock, and what the stages found so far."""

    def __init__(self, query: Query, deadline: float, memory_mb: int, is_case: bool = False) -> None:
        """Begin; what `is_case` of another query is not split again."""
        self.query = query
        self.deadline = deadline
        self.memory_mb = memory_mb
        self.is_case = is_case
        self.symbol: Term | None = None  # by whose values the query may be split into cases
        self.started = process_time()
        self.allowance = deadline - self.started

    def answer(self, any_case: bool = False) -> Answer:
        """Go through the stages; where a model is wanted, one of `any_case` serves, and is soon found."""
        encoding = encode(self.query)
        # A look at all nodes spares most queries the search for what is outside functions.
        if not self.is_case and any(map(few_values, encoding.nodes)):
            self.symbol = splitter(self.query)
        session = self._session(encoding, Level.OPAQUE)
        if self.symbol is not None and (
            (any_case and encoding.exact) or is_branched(self.query, self.symbol)
        ):
            return self._by_cases(self.symbol, session)
        found = self._run(session, share=3)
        answer = self._settled(found, Level.OPAQUE.value)
        if answer is None and encoding.exact and (found.model is not None or self.symbol is None):
            opaque = found.model
            found = self._run(self._session(encoding, Level.LINEAR), share=2)
            answer = self._settled(found, Level.LINEAR.value)
            if answer is None and self.symbol is None:
                answer = self._hard(encoding, found.model or opaque)
        elif answer is None and self.symbol is None and found.result == "unknown":
            answer = self._hard(encoding, None)  # the session for what is exact has another arithmetic
        if answer is None and self.symbol is not None:
            answer = self._by_cases(self.symbol, session)
        return answer or self._unknown(found)

    def _hard(self, encoding: Encoding, model: Model | None) -> Answer:
        """Settle what linear facts do not: near a model of theirs, then exactly."""
        near = self._pinned(model)
        if near is not None:
            return self._model(near, "pinned")
        found = self._run(self._session(encoding, Level.EXACT), share=1)
        return self._settled(found, Level.EXACT.value) or self._unknown(found)

    def _by_cases(self, symbol: Term, session: Session) -> Answer:
        """Settle the query for each value of `symbol`: where it stands, else rewritten for the value.

        Each value is a query of its own, with the whole time.
        """
        assert symbol.lo is not None
        assert symbol.hi is not None
        core: set[str] = set()
        useless, moments = 0, list[float]()
        for number in range(symbol.lo, symbol.hi + 1):
            moments.append(process_time())
            self.deadline = process_time() + self.allowance
            if useless < MAX_USELESS:
                found = self._run(session, share=4, at=(symbol.data[0], number))
                if found.result == "unsat":
                    core.update(found.core)
                    continue
                useless += 1
            query = case(self.query, symbol, number)
            answer = _at_once(query) or _Check(query, self.deadline, self.memory_mb, is_case=True).answer()
            if answer.model is not None:
                symbols = {**answer.model.symbols, symbol.data[0]: number}
                return self._model(Model(symbols, answer.model.functions), "cases")
            if answer.status is Status.UNKNOWN:
                reason = f"{symbol.data[0]} = {number}: {answer.reason}"
                return Answer(Status.UNKNOWN, self._seconds(), reason)
            core.update(answer.core)
        names = [*(name for name, _ in self.query.hypotheses), KECCAK_INJECTIVE]
        used = tuple(name for name in names if name in core)
        each = tuple(end - begin for begin, end in pairwise([*moments, process_time()]))
        return Answer(Status.PROVED, self._seconds(), core=used, stage="cases", cases=each)

    def _session(self, encoding: Encoding, level: Level) -> Session:
        return Session(encoding, self.query.roots(), level, self.memory_mb)

    def _run(self, session: Session, share: int, at: tuple[str, int] | None = None) -> Run:
        """Run z3 with a share of the time that is left, and little effort where cases can be tried."""
        left = self.deadline - process_time()
        if left <= 0:
            return Run("unknown", reason="timeout")
        effort = 0 if self.symbol is None else EACH if at else SOON
        return session.check(left / share, effort, at)

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
        return process_time() - self.started

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
            found = self._run(self._session(encoding, Level.EXACT), share=4)
            if found.model is not None and confirmed(found.model, self.query):
                return found.model
            tried.append(not_(and_(*equal)))
            others = Query((*self.query.hypotheses, ("(another model)", and_(*tried))), self.query.goal)
            model = self._run(self._session(encode(others), Level.LINEAR), share=4).model
        return None
