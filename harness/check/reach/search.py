"""Looks for the shortest sequence of calls from deployment that breaks a property.

Sequences grow call by call, breadth first; what writes nothing that a later call reads, or could as well be
made in another order, is left out. A sequence ends with the call whose obligation failed: whether it can
break the property there is one query, and a model of it is a list of transactions, executed before anybody
hears of it. Queries get little time at first; what stays undecided is taken up again later.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import process_time

from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution, Subject
from harness.check.reach.calls import Calls
from harness.check.reach.crowd import crowds
from harness.check.reach.deployed import deployed_storage
from harness.check.reach.ending import Ending, Found, Goal, Sweep
from harness.check.reach.sequence import Reached, extended, first
from harness.check.triage.chance import by_chance
from harness.check.triage.errors import Unrealisable
from harness.check.triage.facts import World
from harness.check.triage.judge import breaking_keys
from harness.check.triage.observed import Transaction
from harness.check.triage.scene import Act, Scene
from harness.solver import Solver

CROWD_SHARE = 0.6
"""How much of the time for a search may be spent on sequences that begin with many alike, besides."""

AFTER_CROWD = 2
"""How many calls are looked for after such a beginning."""

SOON, CHANCES = 3, 4_000
"""Where no sequence of up to three calls is found, so many random calls are made before longer ones."""

QUICK, STEADY, PATIENT, UNUSUAL = Sweep(120), Sweep(600), Sweep(3_000), Sweep(3_000, False)


@dataclass(frozen=True)
class Attack:
    """Calls from deployment, the last of which breaks the property at `keys`; executed."""

    calls: tuple[Transaction, ...]
    keys: dict[str, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class Exhausted:
    """No sequence of up to `depth` calls was found; `complete` if all that matter were decided."""

    depth: int
    complete: bool
    looked_at: int
    seconds: float


class Search:
    """Searches for one target; executions and sequences are made once and kept."""

    def __init__(self, scene: Scene, subject: Subject, solver: Solver) -> None:
        self.scene = scene
        self._world = World(scene)
        self._calls = Calls(scene, subject)
        self._ending = Ending(scene, self._world, solver)
        self._known: dict[tuple[str, ...], Reached | None] = {}

    def attack(
        self, execution: Execution, obligation: Obligation, depth: int = 4, seconds: float = 10.0
    ) -> Attack | Exhausted:
        """Return the shortest sequence of at most `depth` calls that ends with a failed obligation's call.

        Where none is found soon, random calls are tried; then what was left open is looked at again, and
        sequences that begin with many calls that are alike.
        """
        started = process_time()
        goal = Goal(execution, obligation, started + seconds, self._calls.support(obligation))
        layers: list[Reached] = []
        found, length = self._deepened(goal, range(1, min(depth, SOON) + 1), layers)
        if found is None and (chanced := by_chance(self.scene, obligation, CHANCES)) is not None:
            found = chanced.calls, chanced.keys
        if found is None and depth > SOON:
            found, length = self._deepened(goal, range(SOON + 1, depth + 1), layers)
        if found is None:
            found = self._patiently(layers, goal)
        if found is None:
            goal.deadline += CROWD_SHARE * seconds
            found = self._crowded(goal)
        if found is not None:
            return Attack(found[0], found[1], process_time() - started)
        return Exhausted(
            length, not goal.late and not goal.undecided, goal.looked_at, process_time() - started
        )

    def _crowded(self, goal: Goal) -> Found | None:
        """Look for a sequence that begins with many calls that are alike."""
        for template in list(self._templates(goal)):
            for calls in crowds(self.scene, template):
                with self.scene.advanced(calls) as acts:
                    found = self._during(acts, goal)
                    if found is None:
                        self._known, kept = {}, self._known
                        layers: list[Reached] = []
                        lengths = range(1, AFTER_CROWD + 1)
                        found = self._deepened(goal, lengths, layers)[0] or self._patiently(layers, goal)
                        self._known = kept
                        found = None if found is None else ((*calls, *found[0]), found[1])
                if found is not None or goal.late:
                    return found
        return None

    def _templates(self, goal: Goal) -> Iterator[Transaction]:
        """Yield the simplest call of each function that can be the first, those that matter most first."""
        weights = self._calls.relevance(goal.support)
        [empty] = self._empty()
        for name in sorted(weights, key=lambda one: -weights[one]):
            reached = self._longer(empty, name)
            if reached is not None and self._calls.writes(name) & goal.support:
                yield from self._ending.simplest(reached, goal)

    def _during(self, acts: Sequence[Act], goal: Goal) -> Found | None:
        """Return the calls up to the first that breaks the property."""
        for place, act in enumerate(acts, 1):
            function = act.call.function
            if function is not None and function.signature == goal.execution.name:
                keys = breaking_keys(self.scene, goal.obligation, act, {})
                if keys is not None:
                    return tuple(one.call.transaction for one in acts[:place]), keys
        return None

    def _deepened(self, goal: Goal, lengths: range, every: list[Reached]) -> tuple[Found | None, int]:
        """Look at sequences of these lengths, grown from those in `every`, adding them; say how far that got.

        What is grown lacks the last call, which is the goal's.
        """
        for length in lengths:
            layer = [reached for reached in every if len(reached.steps) == length - 2]
            grown: list[Reached] = []
            for reached in self._grown(layer, goal) if every else self._empty():
                grown.append(reached)
                if (found := self._ends(reached, goal, QUICK)) is not None:
                    return found, length
            if goal.late:
                return None, length
            every += grown
        return None, lengths[-1]

    def _patiently(self, every: Sequence[Reached], goal: Goal) -> Found | None:
        """Look again at what was left open, and at calls that are unusual."""
        for sweep in (STEADY, PATIENT, UNUSUAL):
            if (found := self._swept(every, goal, sweep)) is not None:
                return found
        return None

    def _swept(self, sequences: Iterable[Reached], goal: Goal, sweep: Sweep) -> Found | None:
        """Look again at sequences that were not decided (or at all of them, where calls may be unusual)."""
        for reached in sequences:
            if reached.names in goal.undecided or not sweep.simple:
                found = self._ends(reached, goal, sweep)
                if found is not None:
                    return found
        return None

    def _ends(self, reached: Reached, goal: Goal, sweep: Sweep) -> Found | None:
        """Return how a sequence breaks the property; it cannot where its last call changed nothing of it."""
        if goal.late or (reached.steps and not goal.support & self._calls.writes(reached.steps[-1].name)):
            return None
        return self._ending.found(reached, goal, sweep)

    # -- growing ---------------------------------------------------------------------------------------

    def _empty(self) -> Iterator[Reached]:
        yield first(self.scene, deployed_storage(self.scene))

    def _grown(self, layer: Sequence[Reached], goal: Goal) -> Iterator[Reached]:
        """Yield the sequences with one more call, those that matter most first."""
        weights = self._calls.relevance(goal.support)
        pairs = [
            (-math.prod((*(weights[each] for each in reached.names), weight)), place, reached, name)
            for place, reached in enumerate(layer)
            for name, weight in weights.items()
            if not (reached.steps and self._calls.is_reordered(reached.steps[-1].name, name))
        ]
        for _, _, reached, name in sorted(pairs, key=lambda pair: pair[:2]):
            if goal.late:
                return
            longer = self._longer(reached, name)
            if longer is not None:
                yield longer

    def _longer(self, reached: Reached, name: str) -> Reached | None:
        """Return a sequence with one more call; None if that call fails for sure, or changes nothing."""
        key = (*reached.names, name)
        if key not in self._known:
            try:
                longer = extended(self.scene, self._world, reached, self._calls.execution(name))
            except Unrealisable:
                longer = None
            self._known[key] = longer
        return self._known[key]
