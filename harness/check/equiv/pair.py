"""That two contracts do the same: another compiler, another packing, a refactoring, an upgrade.

Both are executed from the same fields (see `fields`), with the same symbols, so that where they agree their
terms are one object. What other contracts answer is a function of the order and of how many orders came
before it (see `History`). That is the whole truth only where both give the same orders, one after the other:
so this is the first claim, on which all others rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from harness.check.equiv.bytes import same_bytes, same_entries, same_requests
from harness.check.equiv.claims import ACTS, RETURNS, REVERTS, STORES, SUCCEEDS
from harness.check.equiv.compare import effects
from harness.check.equiv.meet import Meeting
from harness.check.equiv.narrow import narrowed
from harness.check.equiv.relate import Related, same_fields
from harness.check.prove.build import Steps
from harness.check.prove.decided import Decided
from harness.check.prove.obligation import Obligation
from harness.check.prove.prover import Prover
from harness.check.prove.subject import Execution
from harness.lang import Rule
from harness.solver import Status
from harness.symbolic import trace
from harness.symbolic.result import PostState
from harness.term.context import simplify_under
from harness.term.core import TRUE, Term, iff, not_
from harness.term.facts import Facts

ASKS = "asks_alike"
"""The claim that the orders to other contracts are the same, one by one, as long as both give any."""

CLAIMS = (ASKS, SUCCEEDS, REVERTS, RETURNS, ACTS, STORES)
"""What is claimed of a function of two contracts, in order."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Under `given`, the goals hold."""

    given: tuple[Term, ...]
    goal: Term


@dataclass(frozen=True, slots=True)
class Ending:
    """One way in which a call ends, and the orders that were given to others until then."""

    condition: Term
    orders: trace.Trace


class PairClaims:
    """The claims that one way into two contracts does the same; invariants of the first may be assumed."""

    def __init__(
        self, left: Execution, related: Related, prover: Prover, meeting: Meeting, source: Rule
    ) -> None:
        self._steps = Steps(left)
        self._prover = prover
        self._meeting = meeting
        self._source = source
        self._related = related
        sides = related.left, related.right
        self._callees = list(related.callees)
        facts = Facts(term for _, term in (*self._steps.assumed, *self._callees))
        self._left, self._right = (narrowed(side, facts) for side in sides)
        self._claims: dict[str, Callable[[], Iterator[Claim]]] = {
            ASKS: self._asks,
            SUCCEEDS: self._succeeds,
            REVERTS: self._reverts,
            RETURNS: self._returns,
            ACTS: self._acts,
            STORES: self._stores,
        }

    def decided(self, name: str) -> Decided:
        """Decide one of `CLAIMS`; nothing is asked of a solver where the terms are the same."""
        known = (*self._steps.assumed, *self._callees)
        decided = Decided(name, grounds=tuple(name for name, term in known if term is not TRUE))
        for claim in self._claims[name]():
            for part in self._open(claim):
                obligation, answer = self._prover.settled(
                    self._obligation(decided, claim.given, part), self._steps.execution
                )
                decided.obligations.append(obligation)
                decided.answers.append(answer)
                if answer.status is Status.MODEL:
                    return decided
        return decided

    def _open(self, claim: Claim) -> list[Term]:
        """Return the parts of a claim that are left to prove."""
        if claim.goal is TRUE:
            return []
        facts = Facts(part for one in claim.given for part in (one.args if one.op == "and" else (one,)))
        goal = simplify_under(claim.goal, facts)
        if goal is not TRUE:
            goal = self._meeting.simplified(goal)
        return [part for part in (goal.args if goal.op == "and" else (goal,)) if part is not TRUE]

    def _obligation(self, decided: Decided, given: Sequence[Term], goal: Term) -> Obligation:
        steps = self._steps
        named = [(f"case {place}", one) for place, one in enumerate(given)]
        case = f"{decided.name}, part {len(decided.answers)}"
        known = [*named, *self._callees]
        return steps.obligation(self._source.name, case, known, goal, steps.between, self._source)

    def _asks(self) -> Iterator[Claim]:
        for one in _endings(self._left):
            for other in _endings(self._right):
                if one.condition is not not_(other.condition):
                    yield Claim((one.condition, other.condition), same_requests(one.orders, other.orders))

    def _succeeds(self) -> Iterator[Claim]:
        yield Claim((), iff(self._left.success, self._right.success))

    def _reverts(self) -> Iterator[Claim]:
        for one in self._left.failures:
            for other in self._right.failures:
                if one.condition is not not_(other.condition):
                    yield Claim((one.condition, other.condition), same_bytes(one.data, other.data))

    def _returns(self) -> Iterator[Claim]:
        yield self._on_success(same_bytes(self._left.returndata, self._right.returndata))

    def _acts(self) -> Iterator[Claim]:
        yield self._on_success(same_entries(effects(self._left.trace), effects(self._right.trace)))

    def _stores(self) -> Iterator[Claim]:
        yield self._on_success(same_fields(self._left, self._right, self._related))

    def _on_success(self, goal: Term) -> Claim:
        return Claim((self._left.success, self._right.success), goal)


def _endings(result: PostState) -> list[Ending]:
    return [
        Ending(result.success, _orders(result.trace)),
        *(Ending(failure.condition, _orders(failure.attempted)) for failure in result.failures),
    ]


def _orders(entries: trace.Trace) -> trace.Trace:
    return tuple(entry for entry in effects(entries) if isinstance(entry, trace.Call))
