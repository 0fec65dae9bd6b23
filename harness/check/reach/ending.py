"""The last call of a sequence: can it break the property there, and does the EVM agree?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import process_time

from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution
from harness.check.reach.calls import Regions
from harness.check.reach.sequence import Composer, Reached, transactions
from harness.check.reach.thresholds import trials
from harness.check.triage.errors import Unrealisable
from harness.check.triage.facts import WEEKS, World, blocked
from harness.check.triage.judge import breaks, pause_of
from harness.check.triage.observed import Transaction
from harness.check.triage.scene import Act, Scene, Situation
from harness.check.triage.scope import PEOPLE
from harness.evm.codec import WordType
from harness.evm.errors import EvmError
from harness.solver import Answer, Model, Query, Solver, Status
from harness.solver.pin import pinned_query
from harness.term.core import FALSE, TRUE, Term, const, eq, le, not_, or_

TRIES = 10
"""So many models of one sequence are executed."""

Found = tuple[tuple[Transaction, ...], dict[str, int]]
"""Calls, the last of which breaks the property, and the keys at which it does."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """One pass over sequences: milliseconds for a query, and whether calls must be simple."""

    patience: int
    simple: bool = True


@dataclass
class Goal:
    """What is searched for: the last call with its obligation, and until when."""

    execution: Execution
    obligation: Obligation
    deadline: float
    support: Regions
    looked_at: int = 0
    undecided: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def late(self) -> bool:
        """Whether time is up."""
        return process_time() > self.deadline


class Ending:
    """Poses, solves and executes the question whether a sequence ends badly."""

    def __init__(self, scene: Scene, world: World, solver: Solver) -> None:
        self._scene = scene
        self._world = world
        self._solver = solver
        self._refused: set[tuple[str, int]] = set()

    def found(self, reached: Reached, goal: Goal, sweep: Sweep) -> Found | None:
        """Return the transactions and keys with which the last call breaks the property, executed."""
        composer = Composer(self._scene, self._world, reached, goal.execution)
        if sweep.simple:
            composer.simplify()
        try:
            claim = composer(goal.obligation.goal)
            hypotheses = goal.obligation.hypotheses
            given = [composer(term) for name, term in hypotheses if not is_invariant(name)]
        except Unrealisable:
            return None
        if claim is TRUE or FALSE in given:
            return None
        goal.looked_at += 1
        steps, symbols = (*reached.steps, goal.execution), (*reached.symbols, composer.symbols)
        facts = [*reached.conditions, *given, *self._wishes(steps, symbols, sweep.simple)]
        return self._models([fact for fact in facts if fact is not TRUE], claim, steps, symbols, goal, sweep)

    def simplest(self, reached: Reached, goal: Goal) -> Iterator[Transaction]:
        """Yield the last call of a sequence that can be made, with values at which conditions change."""
        wishes = self._wishes(reached.steps, reached.symbols, simple=True)
        facts = [fact for fact in (*reached.conditions, *wishes) if fact is not TRUE]
        for _ in range(TRIES):
            answer = self._answer(facts, FALSE, goal, Sweep(1_000))
            if answer.model is None:
                return
            try:
                calls = transactions(answer.model, self._scene, reached.steps)
                with self._scene.played(Situation(), calls) as acts:
                    if acts[-1].call.raw.success:
                        yield calls[-1]
                        return
                    learnt = list(self._lessons(acts, reached.steps, reached.symbols))
            except (Unrealisable, EvmError):
                return
            facts += learnt or [blocked(answer.model, facts)]

    def _wishes(
        self, steps: Sequence[Execution], symbols: Sequence[Mapping[str, Term]], simple: bool
    ) -> Iterator[Term]:
        """Yield that time passes, and who calls; with `simple` also that addresses are people's."""
        people = self._scene.people[:PEOPLE]
        latest: Term = const(self._scene.start_time)
        for step, known in zip(steps, symbols, strict=True):
            if (time := known.get("timestamp")) is not None:
                yield le(latest, time)
                latest = time
            if (caller := known.get("caller")) is not None:
                able = [one for one in people if (step.name, one) not in self._refused] or people
                yield or_(*(eq(caller, const(person)) for person in able))
            for index, parameter in enumerate(step.function.inputs if step.function and simple else ()):
                argument = known.get(f"arg{index}")
                kind = parameter.type
                if argument is not None and isinstance(kind, WordType) and kind.kind == "address":
                    yield or_(*(eq(argument, const(person)) for person in people))
        yield le(latest, const(self._scene.start_time + WEEKS))

    def _models(
        self,
        facts: list[Term],
        claim: Term,
        steps: Sequence[Execution],
        symbols: Sequence[Mapping[str, Term]],
        goal: Goal,
        sweep: Sweep,
    ) -> Found | None:
        """Return the first model that the EVM confirms."""
        names = tuple(step.name for step in steps[:-1])
        goal.undecided.discard(names)
        hashed: list[Term] = []
        for _ in range(TRIES):
            answer = self._answer([*facts, *hashed], claim, goal, sweep)
            if answer.model is None and hashed:
                hashed = []
                continue
            if answer.status is Status.UNKNOWN:
                goal.undecided.add(names)
            if answer.model is None:
                return None
            learnt = self._world.facts(answer.model, [*facts, claim])
            if learnt:
                hashed = self._world.hashed(answer.model, [*facts, claim])
            else:
                found = self._executed(answer.model, steps, symbols, goal.obligation)
                if isinstance(found, tuple):
                    return found
                learnt = found
            facts = [*facts, *(learnt or [blocked(answer.model, [*facts, claim])])]
        return None

    def _answer(self, facts: Sequence[Term], claim: Term, goal: Goal, sweep: Sweep) -> Answer:
        """Ask the solver, first with likely values for what makes the query non-linear."""
        query = Query([(f"fact {place}", fact) for place, fact in enumerate(facts)], claim)
        left = max(1, min(int(1000 * (goal.deadline - process_time())), sweep.patience))
        for values in trials(query.roots()):
            answer = self._solver.check(pinned_query(query, values), timeout_ms=left)
            if answer.status is Status.MODEL:
                return answer
        return self._solver.check(query, timeout_ms=left)

    def _executed(
        self,
        model: Model,
        steps: Sequence[Execution],
        symbols: Sequence[Mapping[str, Term]],
        obligation: Obligation,
    ) -> Found | list[Term]:
        """Execute a model's calls; return them if the property breaks, else what is learnt from that."""
        try:
            calls = transactions(model, self._scene, steps)
            keys = {name: model.value(term) for name, term in obligation.keys}
            with self._scene.played(
                Situation(keys=tuple(keys.values())), calls, pause_of(obligation)
            ) as acts:
                if breaks(self._scene, obligation, acts[-1], keys):
                    return tuple(calls), keys
                return list(self._lessons(acts, steps, symbols))
        except (Unrealisable, EvmError):
            return []

    def _lessons(
        self, acts: Sequence[Act], steps: Sequence[Execution], symbols: Sequence[Mapping[str, Term]]
    ) -> Iterator[Term]:
        """Yield that somebody else must call where a contract refused: not everybody has tokens, say."""
        for act, step, known in zip(acts, steps, symbols, strict=True):
            if not act.call.raw.success and not act.call.agreed:
                sender = act.call.transaction.sender
                self._refused.add((step.name, sender))
                if "caller" in known:
                    yield not_(eq(known["caller"], const(sender)))
                return


def is_invariant(name: str) -> bool:
    """Say whether a hypothesis is an instance of an invariant: from deployment, nothing need be assumed."""
    return name.startswith("invariant ")
