"""Puts failed relations to the test: a model becomes two states with a call from each, compared as executed.

Each run is made on its own, from the deployment with the model's state written into it; neither knows of the
other. What a model lacks is added to both, as in `harness.check.triage.triage`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import process_time

from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution
from harness.check.triage.errors import Unrealisable
from harness.check.triage.facts import Laws, Sums, World, blocked, callees_agree, pinned, simple
from harness.check.triage.realise import Candidate, fields_of, ghosts_of, keys_of, transaction, words_of
from harness.check.triage.scene import Act, Broken, Scene, Situation
from harness.check.triage.scope import Scope
from harness.check.triage.sparse import as_deployed, entries
from harness.evm.errors import EvmError
from harness.lang import Relation, Revert, Run
from harness.solver import Model, Query, Solver, Status
from harness.term.core import Term

ROUNDS = 24
"""So many models are tried in each kind of circumstances."""


@dataclass(frozen=True)
class Pair:
    """Two calls, each from a state of its own that obeys the invariants, that break a relation at `keys`."""

    candidates: tuple[Candidate, Candidate]
    keys: dict[str, int]
    model: Model
    facts: tuple[Term, ...]


class Side:
    """One of a relation's two runs: its symbols and what is known of them; `scene` names its storage."""

    def __init__(self, scene: Scene, execution: Execution, terms: Sequence[Term]) -> None:
        self.scene = scene
        self.execution = execution
        self._laws = Laws(execution)
        self._sums = Sums(execution, scene, terms)

    def ordinary(self) -> list[Term]:
        """Return that a person makes the call, in the block after deployment."""
        return [*pinned(self.execution, self.scene), *simple(self.execution, self.scene)]

    def small(self, terms: Sequence[Term]) -> list[Term]:
        """Return that few keys are used."""
        return Scope(self.execution, self.scene).facts(terms, self.scene.spec.invariants)

    def sums(self, model: Model) -> list[Term]:
        """Return what makes the model's sums those of its entries; nothing where they are."""
        return self._sums.facts(model)

    def candidate(self, model: Model) -> Candidate:
        """Return the model's state and call. Raises Unrealisable where they cannot be made."""
        fields = fields_of(model, self.scene)
        words, ghosts = words_of(fields, self.scene), ghosts_of(model, self.execution)
        situation = Situation(words, ghosts, {}, keys_of(model))
        return Candidate(situation, transaction(model, self.execution), fields)

    def executed(self, candidate: Candidate) -> tuple[Act, list[Broken]]:
        """Make the call; return it with the invariants that do not hold before."""
        with self.scene.played(candidate.situation, [candidate.call]) as acts:
            keys = candidate.situation.keys
            return acts[0], self.scene.broken(self.scene.spec.invariants, acts[0].before, keys)

    def learnt(self, broken: Sequence[Broken]) -> Iterator[Term]:
        """Yield that invariants hold where they did not."""
        return map(self._laws.instance, broken)


class Pairs:
    """Looks for a model of one failed relation that the EVM confirms."""

    def __init__(self, scene: Scene, solver: Solver, obligation: Obligation) -> None:
        self._solver = solver
        self._obligation = obligation
        self._terms = [*(term for _, term in obligation.hypotheses), obligation.goal]
        self._world = World(scene)
        self._sides = [
            Side(scene.of_generation(place), run, self._terms) for place, run in enumerate(obligation.runs)
        ]

    def run(self, seconds: float) -> Pair | str:
        """Return the first pair that the EVM confirms, or why there is none."""
        deadline = process_time() + seconds
        why: dict[str, None] = {}
        for facts in self._kinds():
            found = self._look(facts, deadline, why)
            if found is not None:
                return found
        return "; ".join(why) or "no model is two states that can be built"

    def sparser(self, pair: Pair, seconds: float) -> Pair:
        """Return a pair with fewer entries written: each is left as deployed if it can be."""
        deadline = process_time() + seconds
        for side in self._sides:
            for entry in list(entries(pair.model, side.scene)):
                if entry not in set(entries(pair.model, side.scene)):
                    continue
                facts = [*pair.facts, *as_deployed(pair.model, entry, side.scene, self._terms)]
                model = self._model(facts, deadline, {})
                found = self._tried(model, facts, {}) if model is not None else None
                pair = found if isinstance(found, Pair) else pair
        return pair

    def _kinds(self) -> Iterator[list[Term]]:
        facts = callees_agree(self._terms)
        for side in self._sides:
            facts += side.ordinary()
            facts += self._world.known(self._terms, side.execution.result.world.chainid)
        small = [fact for side in self._sides for fact in side.small(self._terms)]
        yield [*facts, *small]
        yield facts

    def _look(self, facts: list[Term], deadline: float, why: dict[str, None]) -> Pair | None:
        hashed: list[Term] = []
        completion: list[Term] = []
        for _ in range(ROUNDS):
            model = self._model([*facts, *hashed, *completion], deadline, why)
            if model is None and (hashed or completion):
                hashed, completion = [], []
                continue
            if model is None:
                return None
            if learnt := self._world.facts(model, [*self._terms, *facts]):
                facts += learnt
                hashed = self._world.hashed(model, self._terms)
                continue
            if missing := [fact for side in self._sides for fact in side.sums(model)]:
                completion = missing
                continue
            found = self._tried(model, [*facts, *hashed, *completion], why)
            if isinstance(found, Pair):
                return found
            facts += found or [blocked(model, self._terms)]
        return None

    def _model(self, facts: Sequence[Term], deadline: float, why: dict[str, None]) -> Model | None:
        left = deadline - process_time()
        if left <= 0:
            why["no time was left"] = None
            return None
        named = [(f"fact {place}", fact) for place, fact in enumerate(facts)]
        query = Query((*self._obligation.hypotheses, *named), self._obligation.goal)
        limit = min(self._solver.timeout_ms, int(1000 * left) + 1)
        answer = self._solver.check(query, timeout_ms=limit)
        if answer.status is Status.UNKNOWN:
            why[f"the solver gave up ({answer.reason})"] = None
        return answer.model

    def _tried(self, model: Model, facts: Sequence[Term], why: dict[str, None]) -> Pair | list[Term]:
        """Execute a model's two runs; return them if the relation breaks, else the facts that they lacked."""
        try:
            first, second = candidates = [side.candidate(model) for side in self._sides]
            done = [side.executed(one) for side, one in zip(self._sides, candidates, strict=True)]
        except (Unrealisable, EvmError) as error:
            why[str(error)] = None
            return []
        broken = [one.claim.name for _, some in done for one in some]
        if broken:
            why[f"a state breaks {', '.join(dict.fromkeys(broken))}"] = None
            return [
                fact for side, (_, some) in zip(self._sides, done, strict=True) for fact in side.learnt(some)
            ]
        keys = {name: model.value(term) for name, term in self._obligation.keys}
        if self._holds([act for act, _ in done], keys):
            why["the prover and the EVM disagree: executed, the two calls are related as claimed"] = None
            return []
        return Pair((first, second), keys, model, tuple(facts))

    def _holds(self, acts: Sequence[Act], keys: dict[str, int]) -> bool:
        source = self._obligation.source
        assert isinstance(source, Relation)
        first, second = (Run(act.before, act.call, act.after) for act in acts)
        try:
            return bool(source.predicate(first, second, *keys.values()))
        except Revert:  # the world refuses an answer: the relation says nothing
            return True
