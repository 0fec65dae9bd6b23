"""From properties to obligations: induction steps for invariants, both outcomes for rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from harness.check.prove.call import observed_questions
from harness.check.prove.instances import ARBITRARY, Instances, at_numbers
from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution
from harness.check.prove.undisturbed import ENOUGH_GAS, alone, answering
from harness.lang import EVERY_FUNCTION, Call, Domain, Invariant, Property, Rule, observed_premises
from harness.symbolic.result import PostState
from harness.symbolic.world import is_codesize
from harness.term.core import TRUE, Function, Term, and_, apply, const, eq, ite, not_, or_, var
from harness.term.substitute import substitute
from harness.term.symbol import condition_of, number
from harness.term.walk import postorder

IN_BOUNDS = "storage_access_in_bounds"
"""The built-in property that every array access stays inside what the layout says is the array."""

CALLDATA_IS_CHECKED = "malformed_calls_are_refused"
"""The built-in property that a call succeeds only with the calldata that the ABI describes, and no value."""

CALLEES_HAVE_CODE = "callees_have_code"
"""The assumption (by name) that the contracts that are called exist."""

MANY = 16
"""So many instances of invariants at numbers are an unrolled loop's."""

_HAVE_CODE = f"assumption {CALLEES_HAVE_CODE} "

Named = tuple[str, Term]


class Steps:
    """The obligations about one execution."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution
        self.spec = execution.subject.spec

    @cached_property
    def always(self) -> Instances:
        """Instances of the invariants that hold whenever a call can come in, before this call."""
        return self.between.only(lambda invariant: not invariant.between_calls)

    @cached_property
    def between(self) -> Instances:
        """Instances of all invariants, before a call that comes from outside."""
        execution = self.execution
        subject, invariants = execution.subject, self.spec.invariants
        return subject.once(
            ("invariants", execution.start), lambda: Instances.of(invariants, execution.before)
        )

    @cached_property
    def assumed(self) -> list[Named]:
        """What is taken for granted of every call, by the assumptions' names."""
        execution = self.execution
        found = [("entry", execution.result.assumed)]
        for assumption in self.spec.assumptions:
            if assumption.predicate is not None:
                claim = condition_of(assumption.predicate(execution.before, execution.returning))
                found.append((f"assumption {assumption.name}", claim))
        return found

    @cached_property
    def returns(self) -> Named:
        """The call succeeds."""
        return "success", self.execution.result.success

    def about(self, claim: Property) -> Iterator[Obligation]:
        """Yield the obligations of an invariant or a rule."""
        if isinstance(claim, Invariant):
            yield self.invariant(claim)
        elif isinstance(claim, Rule):
            yield from self.rule(claim)

    def bounds(self) -> Iterator[Obligation]:
        """Yield the obligations on array indices that the execution left."""
        for place, claim in enumerate(self.execution.result.obligations):
            given = [("path", claim.path.condition)]
            case = f"{claim.name} ({place})"
            yield self.obligation(IN_BOUNDS, case, given, claim.condition, self.always)

    def calldata(self) -> Iterator[Obligation]:
        """Yield the obligation that malformed calls fail, where there is a function to be malformed for."""
        if self.execution.function is None:
            return
        goal = self.execution.well_formed
        yield self.obligation(CALLDATA_IS_CHECKED, "success", [self.returns], goal, self.always)

    def invariant(self, claim: Invariant) -> Obligation:
        """Return the induction step: where the call succeeds, the invariant holds after it."""
        keys = fresh(claim.quantified)
        goal = condition_of(claim(self.execution.after, *(number(key) for _, key in keys)))
        known = self.between if claim.between_calls else self.always
        return self.obligation(claim.name, "success", [self.returns], goal, known, claim, keys)

    def rule(self, claim: Rule) -> Iterator[Obligation]:
        """Yield a rule's obligations: one where the call succeeds, one for each way to fail."""
        execution = self.execution
        keys = fresh(claim.quantified)
        given: list[Named] = []
        if EVERY_FUNCTION not in claim.functions:
            given = [("well-formed call", execution.well_formed), *self.callees]
        cases: list[tuple[str, Named, Call, Any]] = [
            ("success", self.returns, execution.returning, execution.after)
        ]
        for place, (condition, failing) in enumerate(execution.reverting()):
            cases.append((f"failure {place}", ("failure", condition), failing, execution.before))
        taken = alone(execution.result)
        if self._claim(claim, execution.starved, execution.before, keys) is not TRUE:
            taken |= {ENOUGH_GAS}
        for case, outcome, call, after in cases:
            with observed_premises() as premises, observed_questions() as asked:
                goal = self._claim(claim, call, after, keys)
            taken |= answering(asked)
            found = self.obligation(claim.name, case, [outcome, *given], goal, self.between, claim, keys)
            stated = tuple(condition_of(premise) for premise in premises)
            yield replace(found, premises=stated, assumptions=found.assumptions | taken)

    def _claim(self, claim: Rule, call: Call, after: Any, keys: Sequence[Named]) -> Term:
        chosen = dict(keys)
        values = [
            number(chosen[name]) if name in chosen else call.argument(name) for name, _ in claim.parameters
        ]
        return condition_of(claim(self.execution.before, call, after, *values))

    @cached_property
    def callees(self) -> list[Named]:
        """No call fails for want of a contract that it would call."""
        return codes_exist(self.execution.result)

    def obligation(
        self,
        name: str,
        case: str,
        given: Sequence[Named],
        goal: Term,
        known: Instances,
        source: Any = None,
        keys: tuple[Named, ...] = (),
    ) -> Obligation:
        """Return a claim, with what is assumed of every call and the instances of `known` it calls for."""
        hypotheses = [*given, *self.assumed]
        if goal is not TRUE:
            terms = [*(term for _, term in lightly(hypotheses)), goal]
            hypotheses += known.restating(source, [key for _, key in keys], goal) or known.at(terms)
        used = tuple((label, term) for label, term in hypotheses if term is not TRUE)
        storage = self.execution.result.storage if case == "success" else None
        rests = self.execution.result.assumptions
        return Obligation(name, self.execution.name, case, used, goal, storage, source, keys, rests)


def codes_exist(result: PostState) -> list[Named]:
    """Return that no call fails for want of a contract that it would call."""
    terms = [result.success, *(failure.condition for failure in result.failures)]
    return list(have_code(terms, called_when(result)))


def called_when(result: PostState) -> list[tuple[Term, Term]]:
    """Return when a call fails that would call an address if it had code, and which address that is.

    Solidity asks for the code just before it calls, and says nothing where there is none. What is done where
    an address has no code, and is not called for that, remains what it is.
    """
    silent = [
        and_(failure.condition, eq(failure.data.size, const(0)))
        for failure in result.failures
        if failure.kind == "revert"
    ]
    orders = dict.fromkeys((call.path.condition, call.target) for call in result.attempted)
    return [(and_(or_(*silent), _with_code(reached, target)), target) for reached, target in orders]


def _with_code(condition: Term, target: Term) -> Term:
    """Return what a condition is if an address has code."""
    sizes = {node.data for node in postorder((condition,)) if node.op == "apply" and is_codesize(node.data)}
    return substitute((condition,), {}, {size: _at_least_one(size, target) for size in sizes})[0]


def _at_least_one(size: Function, target: Term) -> Callable[[Term], Term]:
    def read(address: Term) -> Term:
        found = apply(size, address)
        return ite(and_(eq(address, target), eq(found, const(0))), const(1), found)

    return read


def have_code(terms: Iterable[Term], called: Collection[tuple[Term, Term]]) -> Iterator[Named]:
    """Yield that whoever would be called has code, whenever `terms` ask for it; see `called_when`.

    What is asked about need not be the very term that is called: each was simplified on its own path.
    """
    asked = [node for node in postorder(terms) if node.op == "apply" and is_codesize(node.data)]
    for place, node in enumerate(asked if called else ()):
        [address] = node.args
        missing = eq(node, const(0))
        wanted = or_(*(and_(condition, eq(address, one)) for condition, one in called))
        yield f"{_HAVE_CODE}{place}", not_(and_(missing, wanted))


def lightly(hypotheses: Iterable[Named]) -> list[Named]:
    """Return the hypotheses without those that are seldom needed, and costly.

    Those on callees' code say when a call is made, which is much. And an unrolled loop touches every slot by
    its number, where few claims need what the invariants say of them all.
    """
    kept = [one for one in hypotheses if not one[0].startswith(_HAVE_CODE)]
    numbered = sum(at_numbers(name) for name, _ in kept)
    return kept if numbered < MANY else [one for one in kept if not at_numbers(one[0])]


def fresh(quantified: Sequence[tuple[str, Domain]]) -> tuple[Named, ...]:
    """Return an arbitrary value of each domain, by the parameter's name."""
    return tuple((name, var(f"{ARBITRARY}{name}", domain.low, domain.high)) for name, domain in quantified)


def applies(rule: Rule, execution_name: str, function_name: str | None) -> bool:
    """Say whether a rule speaks about a way in."""
    wanted = set(rule.functions)
    return EVERY_FUNCTION in wanted or bool(wanted & {execution_name, function_name})
