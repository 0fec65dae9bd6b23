"""Whether claims can fail to say anything: effects that never happen, premises that never hold.

What is to be possible is asked of the solver, all about one execution in one series; a model that answers
one question is tried on the next ones first. None means that it was not decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from harness.check.prove.build import Named, Steps
from harness.check.prove.obligation import Obligation
from harness.check.verdict import Outcome, Verdict
from harness.solver import FunctionTable, Model, Questions, Solver, Status
from harness.symbolic.world import is_codesize
from harness.term.core import FALSE, ONE, TRUE, Term, and_, not_
from harness.term.substitute import substitute
from harness.term.walk import postorder

EFFECTS = "every_effect_can_happen"
"""The built-in property that success, and each event and call of another contract, is possible."""

NO_CALL = "what is assumed of every call can never hold"

MILLISECONDS = 3_000
"""The solver's time for each question."""


@dataclass
class Witnesses:
    """Finds states and calls in which things happen; remembers the last few."""

    solver: Solver
    asked: Callable[[str, Term], None] = lambda name, claim: None
    """Is told of each question, by name, and what is to be possible."""
    models: list[Model] = field(default_factory=list)
    blank_serves: bool = True
    """A state in which nothing happened yet answered every question so far, and is tried again."""

    @cached_property
    def _questions(self) -> Questions:
        return Questions(self.solver)

    def possible(self, hypotheses: Sequence[Named], what: Term, name: str) -> bool | None:
        """Say whether `what`, which is called `name`, can hold together with the hypotheses."""
        if what is FALSE:
            return False
        whole = and_(what, *(term for _, term in hypotheses))
        self.asked(name, whole)
        for model in self.models:
            if model.holds(what) and model.holds(whole):
                return True
        peopled, sizes = _peopled(whole)
        if self.blank_serves:
            self.blank_serves = self._populated(self._questions.blank(peopled), sizes, whole)
            if self.blank_serves:
                return True
        if sizes and self._populated(self._questions.satisfiable(peopled, MILLISECONDS).model, sizes, whole):
            return True
        answer = self._questions.satisfiable(whole, MILLISECONDS)
        if answer.model is not None:
            self._remembered(answer.model, whole)
        return {Status.MODEL: True, Status.PROVED: False, Status.UNKNOWN: None}[answer.status]

    def _populated(self, model: Model | None, sizes: dict[str, FunctionTable], claim: Term) -> bool:
        """Keep a model, with the sizes of codes, if a claim holds in it, and say whether it does."""
        if model is None:
            return False
        return self._remembered(replace(model, functions={**model.functions, **sizes}), claim)

    def _remembered(self, model: Model, claim: Term) -> bool:
        """Keep a model if a claim holds in it, and say whether it does."""
        if not model.holds(claim):
            return False
        self.models = [model, *self.models[:3]]
        return True


def _peopled(claim: Term) -> tuple[Term, dict[str, FunctionTable]]:
    """Return a claim for a world in which every address has code, with the size of each: easier to witness.

    Whether an address has any depends on which address it is, and where that is settled all questions about
    code are. A model of such a world is one of the claim; that there is none says nothing.
    """
    nodes = (node for node in postorder([claim]) if node.op == "apply" and is_codesize(node.data))
    sizes = dict.fromkeys(node.data for node in nodes)
    if not sizes:
        return claim, {}
    [peopled] = substitute([claim], {}, {function: lambda *_: ONE for function in sizes})
    return peopled, {function.name: FunctionTable({}, 1) for function in sizes}


def effects(steps: Steps) -> Iterator[tuple[str, Obligation]]:
    """Yield what a call can do, by name: succeed, and emit each event and make each call that it has.

    The goal of each obligation is what is to be possible where the invariants hold.
    """
    result = steps.execution.result
    named = [("success", TRUE)]
    named += [(f"event at pc {event.pc}", event.condition) for event in result.events]
    named += [(f"call at pc {call.pc}", call.condition) for call in result.calls]
    for name, condition in named:
        yield name, steps.obligation(EFFECTS, name, [], and_(result.success, condition), steps.between)


def calls_can_happen(steps: Steps, witnesses: Witnesses) -> bool:
    """Say whether what is assumed of every call leaves any, a failing one at least."""
    for given in ([steps.returns], []):
        claim = steps.obligation(EFFECTS, "call", given, TRUE, steps.between)
        if witnesses.possible(claim.hypotheses, TRUE, "call") is not False:
            return True
    return False


def any_call(assumed: Sequence[Named]) -> bool:
    """Say whether what is assumed of every call leaves any, whatever the invariants say."""
    return Witnesses(Solver()).possible(assumed, TRUE, "call") is not False


def emptied(verdict: Verdict, reason: str) -> Verdict:
    """Return a verdict about what cannot be: a proof says nothing."""
    empty = verdict.outcome is Outcome.PROVED
    return replace(verdict, outcome=Outcome.VACUOUS, detail=reason) if empty else verdict


def met_premises(witnesses: Witnesses, steps: Steps, obligations: Sequence[Obligation]) -> list[bool | None]:
    """Return for each implication of a proved claim whether its premise can hold, in any of its cases.

    Where that it cannot is the very goal that was proved, there is nothing to ask.
    """
    met: list[bool | None] = []
    for obligation in obligations:
        given = [one for one in obligation.hypotheses if not one[0].startswith("invariant ")]
        for place, premise in enumerate(obligation.premises):
            if place >= len(met):
                met.append(False)
            if met[place] is not True and obligation.goal is not not_(premise):
                known = steps.between.at([premise, *(term for _, term in given)])
                name = f"{obligation.property}-{obligation.case}-premise {place + 1}"
                possible = witnesses.possible([*given, *known], premise, name)
                met[place] = possible if possible or met[place] is False else met[place]
    return met


def supposed(witnesses: Witnesses, obligation: Obligation) -> list[bool | None]:
    """Return whether an obligation's hypotheses can hold together with each premise of its implications."""
    return [
        witnesses.possible(obligation.hypotheses, one, f"{obligation.property}-premise {place}")
        for place, one in enumerate(obligation.premises or (TRUE,), 1)
    ]
