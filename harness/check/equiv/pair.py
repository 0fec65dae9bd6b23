"""That two contracts do the same: another compiler, another packing, a refactoring, an upgrade.

Their storages are related field by field: a field of one is the field of the other that has the same path
of labels, wherever it is stored. So both are executed from the same fields, with the same symbols, and
where the compilers agree their terms are the same object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from harness.check.equiv.bytes import same_bytes, same_entries
from harness.check.equiv.claims import ACTS, RETURNS, REVERTS, STORES, SUCCEEDS
from harness.check.equiv.compare import effects
from harness.check.equiv.meet import Meeting
from harness.check.equiv.narrow import narrowed
from harness.check.prove.build import Steps
from harness.check.prove.decided import Decided
from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution
from harness.check.views.terms import written_keys
from harness.solver import Query, Solver
from harness.symbolic.errors import Unsupported
from harness.symbolic.regions import Field, Region, arguments, part_of
from harness.symbolic.result import PostState
from harness.term.context import simplify_under
from harness.term.core import TRUE, Term, and_, eq, iff, not_
from harness.term.facts import Facts

CLAIMS = (SUCCEEDS, REVERTS, RETURNS, ACTS, STORES)
"""What is claimed of a function of two contracts, in order."""

Place = tuple[str, tuple[Term, ...]]
"""A field by its path, and the keys of one of it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Under `given`, the goals hold."""

    given: tuple[Term, ...]
    goal: Term


class PairClaims:
    """The claims that one way into two contracts does the same; invariants of the first may be assumed."""

    def __init__(self, left: Execution, right: Execution, solver: Solver, meeting: Meeting) -> None:
        self.execution = left
        self._steps = Steps(left)
        self._solver = solver
        self._meeting = meeting
        facts = Facts(term for _, term in self._steps.assumed)
        self._left, self._right = narrowed(left.result, facts), narrowed(right.result, facts)
        self._claims: dict[str, Callable[[], Iterator[Claim]]] = {
            SUCCEEDS: self._succeeds,
            REVERTS: self._reverts,
            RETURNS: self._returns,
            ACTS: self._acts,
            STORES: self._stores,
        }

    def decided(self, name: str) -> Decided:
        """Decide one of `CLAIMS`; nothing is asked of a solver where the terms are the same."""
        decided = Decided(name, grounds=tuple(name for name, term in self._steps.assumed if term is not TRUE))
        for claim in self._claims[name]():
            goal = claim.goal
            if goal is not TRUE:
                facts = Facts(
                    part for one in claim.given for part in (one.args if one.op == "and" else (one,))
                )
                goal = self._meeting.simplified(simplify_under(goal, facts))
            for part in goal.args if goal.op == "and" else (goal,):
                if part is not TRUE:
                    self._ask(decided, claim.given, part)
        return decided

    def _ask(self, decided: Decided, given: Sequence[Term], goal: Term) -> None:
        named = [(f"case {place}", one) for place, one in enumerate(given)]
        case = f"part {len(decided.answers)}"
        obligation: Obligation = self._steps.obligation(
            decided.name, case, [*named, *self._steps.callees()], goal, self._steps.between
        )
        decided.obligations.append(obligation)
        decided.answers.append(self._solver.check(Query(obligation.hypotheses, goal)))

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
        yield self._on_success(same_fields(self._left, self._right))

    def _on_success(self, goal: Term) -> Claim:
        return Claim((self._left.success, self._right.success), goal)


def same_fields(left: PostState, right: PostState) -> Term:
    """Return that two calls leave the same in every field, at every key.

    Raises:
        Unsupported: where one writes a field that the other does not have.
    """
    places = dict.fromkeys([*_written(left), *_written(right)])
    claims = [eq(_value(left, *place), _value(right, *place)) for place in places]
    return and_(*claims, *_padding(left), *_padding(right))


def _written(result: PostState) -> Iterator[Place]:
    """Yield the labelled fields that a call writes."""
    for region, log in result.storage.written().items():
        for keys in written_keys(log, result.before.log(region)):
            for part in region.fields:
                if part.label:
                    yield part.label, arguments(part, keys)


def _value(result: PostState, label: str, keys: tuple[Term, ...]) -> Term:
    """Return what a call leaves in a field."""
    found = _field(result, label)
    if found is None:
        raise Unsupported("SSTORE", -1, f"only one of the contracts has the field {label}")
    region, part = found
    if part.lanes > 1:
        raise Unsupported("SSTORE", -1, f"elements of {label} that share words are not compared")
    return part_of(result.storage.log(region).read(keys), part)


def _field(result: PostState, label: str) -> tuple[Region, Field] | None:
    for region in result.storage.labels.regions():
        part = region.field(label)
        if part is not None:
            return region, part
    return None


def _padding(result: PostState) -> Iterator[Term]:
    """Yield that a call leaves what no label names as it was."""
    for region, log in result.storage.written().items():
        old = result.before.log(region)
        for keys in written_keys(log, old):
            for part in region.fields:
                if not part.label:
                    yield eq(part_of(log.read(keys), part), part_of(old.read(keys), part))
