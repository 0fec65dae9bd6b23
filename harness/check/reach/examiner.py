"""What becomes of a failed obligation: confirmed on the EVM, reached from deployment, made minimal, saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

from harness.check.campaign.ground import Parts
from harness.check.fuzz import location, story, tests
from harness.check.prove.deployment import DEPLOYMENT
from harness.check.prove.finding import Finding
from harness.check.prove.instances import Keys
from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution, Subject
from harness.check.reach.enact import enacted
from harness.check.reach.record import replay_of, start_of, transaction_call
from harness.check.reach.search import CHANCES, Attack, Exhausted, Search
from harness.check.reach.shrink import Shrinker, simplified
from harness.check.reach.suggest import oddities
from harness.check.replay import Replay, ReplayStart, play, save_replay
from harness.check.replay.format import MODEL
from harness.check.replay.names import Names, keyed
from harness.check.triage.chance import by_chance
from harness.check.triage.confirm import (
    Confirmer,
    broken_by_chance,
    broken_by_deployment,
    kept_by_deployment,
    unconfirmed,
)
from harness.check.triage.judge import pause_of
from harness.check.triage.observed import Transaction
from harness.check.triage.pairs import Pairs
from harness.check.triage.places import Bits
from harness.check.triage.scene import Scene, Situation
from harness.check.triage.triage import Confirmed, Triage
from harness.check.verdict import Outcome
from harness.check.views.packing import materialise
from harness.lang import Scenario
from harness.solver import Answer, Solver

TOLD = 3
"""So many oddities of a state are told in a verdict's detail; all are in its evidence."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Seconds for a first glance at a candidate, for searching from deployment (up to `depth` calls), for
    confirming what the glance did not, and for shrinking. Without any depth the glance is all.
    """

    glance: float = 4.0
    confirm: float = 20.0
    search: float = 10.0
    shrink: float = 2.0
    depth: int = 4


@dataclass
class Examiner:
    """Examines failed obligations of one target; can be sent to another process.

    `contract` is the implementation as FILE.sol:Contract. Replay files go to `folder`, if there is one.
    """

    target: str
    contract: str
    material: Parts
    folder: Path | None = None
    budget: Budget = Budget()
    replayable: bool = True

    def __post_init__(self) -> None:
        self._bench: Bench | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_bench": None}  # an EVM stays in its process, and terms do

    def scene(self) -> Scene:
        """Return a stage on which candidates are executed."""
        return Scene(self.material)

    def examine(self, execution: Execution, obligation: Obligation, answer: Answer) -> Finding:
        """Return what a failed obligation's counterexample candidate is worth."""
        bench = self._at(execution.subject)
        return (
            bench.examine(execution, obligation) if self.budget.depth else bench.glance(execution, obligation)
        )

    def enact(self, subject: Subject, obligation: Obligation) -> Finding:
        """Return what a failed scenario is worth."""
        return self._at(subject).enact(obligation)

    def compare(self, subject: Subject, obligation: Obligation) -> Finding:
        """Return what a failed relation is worth."""
        return self._at(subject).compare(obligation)

    def chance(self, execution: Execution, obligation: Obligation) -> Finding | None:
        """Return the finding that random calls break an obligation; None if they don't."""
        return self._at(execution.subject).chance(obligation)

    def lacking(self, execution: Execution, obligation: Obligation) -> tuple[Keys, ...]:
        """Return where assumed invariants settle an obligation, if that is all it lacks."""
        return self._at(execution.subject).lacking(execution, obligation)

    def _at(self, subject: Subject) -> Bench:
        if self._bench is None or self._bench.subject is not subject:
            self._bench = Bench(self, subject)
        return self._bench


class Bench:
    """One task's examinations: its scene, and its search, which remembers executions."""

    def __init__(self, examiner: Examiner, subject: Subject) -> None:
        self.subject = subject
        self._examiner = examiner
        self._scene = examiner.scene()
        self._solver = Solver(10_000)
        self._search = Search(self._scene, subject, self._solver)
        self._names = Names(self._scene.site)
        self._glances = Confirmer(self._scene, self._solver, examiner.budget.glance)

    def examine(self, execution: Execution, obligation: Obligation) -> Finding:
        """Return what a failed obligation is worth."""
        if execution.name == DEPLOYMENT:
            return self._at_deployment(obligation)
        budget = self._examiner.budget
        found, triage = self._glances.look(execution, obligation), self._glances.triage
        attack = self._search.attack(execution, obligation, budget.depth, budget.search)
        if isinstance(attack, Attack):
            return self._refuted(obligation, attack)
        if not isinstance(found, Confirmed):
            triage = Triage(self._scene, self._solver, execution, obligation)
            found = triage.run(budget.confirm)
        if isinstance(found, Confirmed):
            return self._not_inductive(obligation, triage.sparser(found, budget.glance), attack)
        started = process_time()
        chanced = by_chance(self._scene, obligation)
        if chanced is not None:
            return self._refuted(obligation, Attack(chanced.calls, chanced.keys, process_time() - started))
        return Finding(Outcome.UNKNOWN, unconfirmed(obligation, found))

    def enact(self, obligation: Obligation) -> Finding:
        """Return whether a scenario can be played from deployment so that what it claims is false."""
        assert isinstance(obligation.source, Scenario)
        started = process_time()
        found = enacted(self._scene, obligation.source, self._examiner.budget.search)
        if found is None:
            detail = f"{obligation.case}: the solver has a counterexample candidate, and chance found none"
            return Finding(Outcome.UNKNOWN, f"{detail} from deployment")
        return self._broken(obligation, found.calls, dict(found.keys), process_time() - started)

    def compare(self, obligation: Obligation) -> Finding:
        """Return whether two calls, each from a state that obeys the invariants, break a relation."""
        budget = self._examiner.budget
        pairs = Pairs(self._scene, self._solver, obligation)
        found = pairs.run(budget.confirm)
        if isinstance(found, str):
            detail = f"{obligation.case}: no two states that the EVM confirms: {found}"
            return Finding(Outcome.UNKNOWN, detail)
        found = pairs.sparser(found, budget.glance)
        at = f" at {keyed(found.keys, self._names)}" if found.keys else ""
        told = " and by ".join(
            f"{self._spelled(one.call)} from a state with {self._told(one.situation, one.fields)}"
            for one in found.candidates
        )
        return Finding(Outcome.NOT_INDUCTIVE, f"broken{at} by {told}")

    def chance(self, obligation: Obligation) -> Finding | None:
        """Return the finding that random calls from deployment break an obligation; None if they don't."""
        started = process_time()
        found = by_chance(self._scene, obligation, CHANCES)
        if found is None:
            return None
        if not self._examiner.budget.depth:
            return broken_by_chance(obligation, found)
        return self._refuted(obligation, Attack(found.calls, found.keys, process_time() - started))

    def _at_deployment(self, obligation: Obligation) -> Finding:
        """Return whether the deployment that the recipe describes breaks an invariant itself."""
        broken = broken_by_deployment(self._scene, obligation)
        if broken is None:
            return Finding(Outcome.UNKNOWN, kept_by_deployment(obligation))
        keys = broken.keys
        at = f" at {keyed(keys, self._names)}" if keys else ""
        return Finding(Outcome.REFUTED, f"broken by deployment itself{at}")

    def glance(self, execution: Execution, obligation: Obligation) -> Finding:
        """Return whether a failed obligation breaks in one call, wherever that begins."""
        return self._glances.examine(execution, obligation)

    def lacking(self, execution: Execution, obligation: Obligation) -> tuple[Keys, ...]:
        """Return where invariants settle an obligation (see `Examiner.lacking`)."""
        return self._glances.lacking(execution, obligation)

    def _refuted(self, obligation: Obligation, attack: Attack) -> Finding:
        """Return the verdict on a property that calls from deployment break."""
        shrinker = Shrinker(
            self._scene, obligation, Situation(), attack.calls, attack.keys, self._examiner.budget.shrink
        )
        return self._broken(obligation, *shrinker.shrink(), attack.seconds)

    def _broken(
        self, obligation: Obligation, calls: Sequence[Transaction], keys: dict[str, int], seconds: float
    ) -> Finding:
        """Return the finding that calls from deployment, found in some seconds, break a property."""
        count = "one call" if len(calls) == 1 else f"{len(calls)} calls"
        at = f" at {keyed(keys, self._names)}" if keys else ""
        detail = f"broken by {count} from deployment: {', '.join(map(self._called, calls))}{at}"
        evidence = self._saved(obligation, ReplayStart(), calls, keys)
        evidence["search"] = {"seconds": round(seconds, 3), "calls": len(calls)}
        return Finding(Outcome.REFUTED, detail + self._while(obligation), evidence)

    def _not_inductive(self, obligation: Obligation, found: Confirmed, attack: Exhausted) -> Finding:
        """Return the verdict on a property that breaks in a state which perhaps nothing reaches."""
        call = found.candidate.call
        start, keys = simplified(self._scene, obligation, found.candidate.situation, call, found.keys)
        written = start_of(self._scene, start, found.candidate.fields)
        state = self._told(start, found.candidate.fields)
        at = f" at {keyed(keys, self._names)}" if keys else ""
        looked = f"no sequence of up to {attack.depth} calls found that reaches it"
        detail = f"broken{at} by {self._called(call)} from a state with {state}; {looked}"
        if found.candidate.situation.scripts:
            detail += "; other contracts answer as no deployed one does"
        evidence: dict[str, object] = {
            "search": {
                "depth": attack.depth,
                "complete": attack.complete,
                "sequences": attack.looked_at,
                "seconds": round(attack.seconds, 3),
            }
        }
        odd = self._odd(start, call)
        if odd:
            evidence["odd"] = odd
            detail += f"; no state seen has this: {'; '.join(odd[:TOLD])}: an invariant should exclude it"
        if written is not None:
            evidence |= self._saved(obligation, written, [call], keys)
        return Finding(Outcome.NOT_INDUCTIVE, detail + self._while(obligation), evidence)

    def _odd(self, start: Situation, call: Transaction) -> list[str]:
        """Return what the state has that no state of a short campaign had."""
        if not self._examiner.replayable:
            return []
        shapes, keys = self._scene.shapes, dict.fromkeys((*self._scene.addresses, *start.keys))
        with self._scene.played(start, [call]) as acts:
            values = materialise(acts[0].before, shapes, lambda _: keys)
        state = self._scene.spec.model.state(**values, **self._scene.first_ghosts)
        return oddities(self._examiner.material, state)[0]

    def _saved(
        self,
        obligation: Obligation,
        start: ReplayStart,
        calls: Sequence[Transaction],
        keys: dict[str, int],
    ) -> dict[str, object]:
        """Save a replay file and play it; return what reports show of it."""
        examiner = self._examiner
        if not examiner.replayable or pause_of(obligation) is not None:
            return {}
        named = examiner.target, examiner.contract
        broken = obligation.property, keys
        origin = "equiv" if obligation.property == MODEL else "prove"
        file = replay_of(named, origin, self._scene, examiner.material, start, calls, broken)
        played = play(file, examiner.material)
        evidence: dict[str, object] = {"story": story(played), **location(played)}
        evidence["tests"] = tests(file, examiner.material)
        if file.expectation.property == MODEL:
            evidence["differences"] = list(played.steps[-1].disagreement)
            if not played.reproduced:  # a replay leaves the model out where callees are stood in for
                return evidence
        if examiner.folder is not None:
            path = examiner.folder / self._file_name(file, obligation)
            save_replay(file, path)
            evidence["replay"] = str(path)
        return evidence

    def _file_name(self, file: Replay, obligation: Obligation) -> str:
        function = obligation.function.partition("(")[0].replace(" ", "-")
        return "-".join(filter(None, (file.target, function, obligation.property))) + ".json"

    def _called(self, call: Transaction) -> str:
        function = self._scene.function(call.data)
        return function.name if function is not None else "an unknown selector" if call.data else "a transfer"

    def _spelled(self, call: Transaction) -> str:
        """Return a call with its arguments."""
        made = transaction_call(call, self._scene, self._names)
        arguments = ", ".join(f"{name} {value}" for name, value in (made.arguments or {}).items())
        return f"{self._called(call)} ({arguments})" if arguments else self._called(call)

    @staticmethod
    def _while(obligation: Obligation) -> str:
        pc = pause_of(obligation)
        return "" if pc is None else f", while the contract that it calls (at pc {pc}) has control"

    def _told(self, start: Situation, fields: dict[Bits, int]) -> str:
        """Return the values that make a state what it is."""
        told = []
        for bits, value in fields.items():
            held = self._scene.word(bits.slot) >> bits.shift & (1 << bits.width) - 1
            if bits.slot in start.words and value != held:
                path = self._names.in_text(bits.path) or f"slot {bits.slot:#x}"
                told.append(f"{path} = {self._names.number(int(bits.shown(value)))}")
        return ", ".join(told) or "nothing written"
