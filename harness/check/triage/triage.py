"""Puts counterexample candidates to the test: a model becomes a state, the state a call on the real bytecode.

The solver's first model is seldom a state that can be built: sums don't add up, the registry would have to
answer something else, an invariant fails at a key that nobody looked at. So what is missing is added to the
query and a new model asked for, first under ordinary circumstances (real contracts, a person calling), then
under any. What the EVM does not confirm is not a counterexample.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import process_time

from harness.check.prove.instances import Keys
from harness.check.prove.obligation import Obligation, assumed
from harness.check.prove.reentry import SHAKEN
from harness.check.prove.subject import Execution
from harness.check.triage.errors import Unrealisable
from harness.check.triage.facts import (
    Laws,
    Sums,
    World,
    blocked,
    callees_agree,
    pinned,
    scriptable,
    simple,
)
from harness.check.triage.judge import breaks, pause_of, shows_all
from harness.check.triage.realise import (
    Candidate,
    fields_of,
    ghosts_of,
    keys_of,
    scripts_of,
    transaction,
    words_of,
)
from harness.check.triage.scene import Act, Broken, Scene, Situation
from harness.check.triage.scope import CROWD, Scope
from harness.check.triage.sparse import as_deployed, entries
from harness.evm.errors import EvmError
from harness.solver import Answer, Model, Query, Solver, Status
from harness.symbolic.trace import Trace
from harness.term.core import Term
from harness.term.walk import postorder

SECONDS = 20.0
"""How long one obligation's models are tried by default."""

MANY = 64
"""Entries with greater numbers are left alone where full tables are looked for."""

ROUNDS = 14
"""So many models are tried in each kind of circumstances."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """A kind of models that is looked for; `real`: with the deployment's own contracts as callees."""

    name: str
    facts: tuple[Term, ...]
    real: bool


@dataclass(frozen=True)
class Confirmed:
    """A counterexample to induction that was executed: from `candidate` the property breaks."""

    candidate: Candidate
    keys: dict[str, int]
    circumstances: Circumstances
    rounds: int
    model: Model
    facts: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """The obligation holds after all: with more instances of the assumed invariants there is no model."""

    instances: tuple[Keys, ...]


@dataclass(frozen=True, slots=True)
class Discarded:
    """No model could be confirmed; `reason` says what became of them."""

    reason: str


class Triage:
    """Looks for a model of one failed obligation that the EVM confirms."""

    def __init__(self, scene: Scene, solver: Solver, execution: Execution, obligation: Obligation) -> None:
        self.scene = scene
        self.execution = execution
        self.obligation = obligation
        self._solver = solver
        self._terms = [*(term for _, term in obligation.hypotheses), obligation.goal]
        self._laws = Laws(execution)
        self._world = World(scene)
        self._lessons: list[str] = []
        self._instances: dict[Term, Keys] = {}
        self._assumed = assumed(obligation, scene.spec.invariants)

    def run(self, seconds: float = SECONDS) -> Confirmed | Settled | Discarded:
        """Return the first model that the EVM confirms, or why there is none."""
        started = process_time()
        for circumstances in self._kinds():
            learnt = len(self._instances)
            found = self._look(circumstances, started + seconds)
            if found is not None:
                return found
            if len(self._instances) > learnt and self._holds(started + seconds):
                return Settled(tuple(self._instances.values()))
        return Discarded("; ".join(dict.fromkeys(self._lessons)) or "no model is a state that can be built")

    def sparser(self, found: Confirmed, seconds: float = SECONDS) -> Confirmed:
        """Return a confirmed candidate with fewer entries written: each is left as deployed if it can be."""
        deadline = process_time() + seconds
        for entry in list(entries(found.model, self.scene)):
            if entry not in set(entries(found.model, self.scene)) or process_time() > deadline:
                continue
            facts = [*found.facts, *as_deployed(found.model, entry, self.scene, self._terms)]
            model = self._answer(facts, deadline).model
            if model is None:
                continue
            try:
                candidate = self._candidate(model, found.circumstances)
                tried = self._try(candidate, model, found.circumstances)
            except (Unrealisable, EvmError):
                continue
            if isinstance(tried, dict):
                found = replace(found, candidate=candidate, keys=tried, model=model, facts=tuple(facts))
        return found

    def _holds(self, deadline: float) -> bool:
        """Say whether the obligation holds once the invariants are known where models broke them."""
        return self._answer(list(self._instances), deadline).status is Status.PROVED

    def _kinds(self) -> Iterator[Circumstances]:
        chainid = self.execution.result.world.chainid
        here = pinned(self.execution, self.scene)
        if pause_of(self.obligation) is not None:
            here.append(self.execution.result.success)
        ordinary = simple(self.execution, self.scene)
        real = [*callees_agree(self._terms), *self._world.known(self._terms, chainid)]
        small = Scope(self.execution, self.scene).facts(self._terms, self.scene.spec.invariants)
        yield Circumstances("small", (*here, *ordinary, *real, *small), True)
        crowd = Scope(self.execution, self.scene, CROWD, range(1 + self._largest_number()))
        crowded = crowd.facts(self._terms, self.scene.spec.invariants)
        yield Circumstances("crowded", (*here, *ordinary, *real, *crowded), True)
        yield Circumstances("ordinary", (*here, *ordinary, *real), True)
        yield Circumstances("unusual", (*here, *real), True)
        script = scriptable(self._trace(), self._terms, self.scene)
        yield Circumstances("small and scripted", (*here, *ordinary, *script, *small), False)
        yield Circumstances("scripted", (*here, *ordinary, *script), False)
        yield Circumstances("unusual and scripted", (*here, *script), False)

    def _largest_number(self) -> int:
        """Return the greatest constant that storage is read at as a numbered entry, below `MANY`."""
        places = self.scene.places
        found = [
            arg.data
            for node in postorder(self._terms)
            if node.op == "apply" and places.field(node.data.name) is not None
            for arg in node.args
            if arg.op == "const"
        ]
        return max((number for number in found if number < MANY), default=0)

    def _look(self, kind: Circumstances, deadline: float) -> Confirmed | None:
        facts: list[Term] = list(kind.facts)
        sums = Sums(self.execution, self.scene, self._terms)
        hashed: list[Term] = []
        completion: list[Term] = []
        for attempt in range(ROUNDS):
            model = self._answer([*facts, *self._instances, *hashed, *completion], deadline).model
            if model is None and (hashed or completion):
                hashed, completion = [], []
                continue
            if model is None:
                return None
            if kind.real and (learnt := self._world.facts(model, [*self._terms, *facts])):
                facts += learnt
                hashed = self._world.hashed(model, self._terms)
                continue
            if missing := sums.facts(model):
                completion = missing
                continue
            try:
                candidate = self._candidate(model, kind)
                tried = self._try(candidate, model, kind)
            except (Unrealisable, EvmError) as error:
                self._lessons.append(f"{kind.name}: {error}")
                facts.append(blocked(model, self._terms))
                continue
            if isinstance(tried, dict):
                known = (*facts, *self._instances, *hashed, *completion)
                return Confirmed(candidate, tried, kind, attempt + 1, model, known)
            facts += [fact for fact in tried or [blocked(model, self._terms)] if fact not in self._instances]
        return None

    def _answer(self, facts: Sequence[Term], deadline: float) -> Answer:
        """Ask the solver about the obligation with more facts."""
        left = deadline - process_time()
        if left <= 0:
            self._lessons.append("no time was left")
            return Answer(Status.UNKNOWN, 0.0)
        named = [(f"fact {place}", fact) for place, fact in enumerate(facts)]
        query = Query((*self.obligation.hypotheses, *named), self.obligation.goal)
        answer = self._solver.check(query, timeout_ms=min(self._solver.timeout_ms, int(1000 * left) + 1))
        if answer.status is Status.UNKNOWN:
            self._lessons.append(f"the solver gave up ({answer.reason})")
        return answer

    def _candidate(self, model: Model, kind: Circumstances) -> Candidate:
        fields = fields_of(model, self.scene)
        scripts = {} if kind.real else scripts_of(model, self._trace(), self.scene)
        situation = Situation(
            words_of(fields, self.scene), ghosts_of(model, self.execution), scripts, keys_of(model)
        )
        return Candidate(situation, transaction(model, self.execution), fields)

    def _trace(self) -> Trace:
        """Return what the call does to others in the case that the obligation is about."""
        result = self.execution.result
        if self.obligation.case.startswith("failure "):
            return result.failures[int(self.obligation.case.removeprefix("failure "))].attempted
        return result.trace

    def _try(self, candidate: Candidate, model: Model, kind: Circumstances) -> dict[str, int] | list[Term]:
        """Execute a candidate; return the keys at which the property breaks, or the facts that it lacked."""
        keys = dict(zip(*self._keys(model), strict=True))
        claims = self.scene.spec.invariants if kind.real else self._assumed
        with self.scene.played(candidate.situation, [candidate.call], pause_of(self.obligation)) as acts:
            broken = self.scene.broken(claims, acts[0].before, candidate.situation.keys)
            if broken:
                return self._learnt(broken)
            if breaks(self.scene, self.obligation, acts[0], keys):
                return keys
            self._lessons.append(self._unbroken(acts[0]))
        return []

    def _unbroken(self, act: Act) -> str:
        """Return what it means that a call does not break the property in a state of the model."""
        if self.obligation.case == SHAKEN:
            return "it takes others that call back, and leave what the property rules out: none does"
        outcome = "succeeds" if act.call.raw.success else "fails"
        found = f"in a state of the model the call {outcome} and the property holds"
        if shows_all(self.scene, self.obligation):
            return f"the prover and the EVM disagree: {found}"
        return f"{found} as far as an execution shows it"

    def _learnt(self, broken: Sequence[Broken]) -> list[Term]:
        """Return that invariants hold where a state broke them, and remember it of those that are assumed."""
        self._lessons.append(f"the state breaks {', '.join(dict.fromkeys(one.claim.name for one in broken))}")
        facts = []
        for one in broken:
            fact = self._laws.instance(one)
            facts.append(fact)
            if one.claim in self._assumed:
                self._instances.setdefault(fact, (one.claim.name, tuple(one.keys.values())))
        return facts

    def _keys(self, model: Model) -> tuple[list[str], list[int]]:
        names = [name for name, _ in self.obligation.keys]
        return names, list(model.evaluate([term for _, term in self.obligation.keys]))
