"""Confirms on the EVM that one call breaks a property from a state that has all invariants, and no more.

For who wants to know whether anything is broken; `harness.check.reach` says how to get there.
"""

from __future__ import annotations

from harness.check.prove.deployment import DEPLOYMENT
from harness.check.prove.finding import Finding
from harness.check.prove.instances import Keys
from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution
from harness.check.triage.chance import Chanced, by_chance
from harness.check.triage.scene import Broken, Scene
from harness.check.triage.triage import Confirmed, Discarded, Settled, Triage
from harness.check.verdict import Outcome
from harness.lang import Invariant
from harness.solver import Solver

STAGED = "staged"
"""The evidence that says whether a property breaks only where others answer as no deployed contract does."""


class Confirmer:
    """Looks at failed obligations, `seconds` at each; remembers the last one for the next question."""

    def __init__(self, scene: Scene, solver: Solver, seconds: float) -> None:
        self.triage: Triage
        self._scene = scene
        self._solver = solver
        self._seconds = seconds
        self._seen: tuple[Obligation, Confirmed | Settled | Discarded] | None = None

    def look(self, execution: Execution, obligation: Obligation) -> Confirmed | Settled | Discarded:
        """Return what becomes of an obligation's counterexample candidate on the EVM."""
        if self._seen is None or self._seen[0] is not obligation:
            self.triage = Triage(self._scene, self._solver, execution, obligation)
            self._seen = obligation, self.triage.run(self._seconds)
        return self._seen[1]

    def lacking(self, execution: Execution, obligation: Obligation) -> tuple[Keys, ...]:
        """Return where invariants settle an obligation (see `harness.check.prove.finding`)."""
        found = self.look(execution, obligation)
        return found.instances if isinstance(found, Settled) else ()

    def examine(self, execution: Execution, obligation: Obligation) -> Finding:
        """Return whether a candidate is confirmed: NOT_INDUCTIVE, or REFUTED by deployment or by chance."""
        if execution.name == DEPLOYMENT:
            if broken_by_deployment(self._scene, obligation):
                return Finding(Outcome.REFUTED, "broken by deployment itself")
            return Finding(Outcome.UNKNOWN, kept_by_deployment(obligation))
        found = self.look(execution, obligation)
        if isinstance(found, Confirmed):
            staged: dict[str, object] = {STAGED: not found.circumstances.real}
            return Finding(Outcome.NOT_INDUCTIVE, f"{obligation.case}: broken by one call", staged)
        chanced = by_chance(self._scene, obligation)
        if chanced is not None:
            return broken_by_chance(obligation, chanced)
        return Finding(Outcome.UNKNOWN, unconfirmed(obligation, found))


def broken_by_chance(obligation: Obligation, found: Chanced) -> Finding:
    """Return the finding that random calls break an obligation's property."""
    detail = f"{obligation.case}: broken by {len(found.calls)} random calls from deployment"
    return Finding(Outcome.REFUTED, detail)


def broken_by_deployment(scene: Scene, obligation: Obligation) -> Broken | None:
    """Return where the deployment that the recipe describes breaks an invariant itself, or None."""
    assert isinstance(obligation.source, Invariant)
    broken = scene.broken([obligation.source], scene.view({}, scene.first_ghosts))
    return broken[0] if broken else None


def kept_by_deployment(obligation: Obligation) -> str:
    """Return the words for an invariant that the recipe's deployment keeps, and another might not."""
    return f"{obligation.case}: the recipe's deployment keeps it; one with other arguments may not"


def unconfirmed(obligation: Obligation, found: Settled | Discarded) -> str:
    """Return the words for a candidate that the EVM did not confirm."""
    why = found.reason if isinstance(found, Discarded) else "invariants at other keys exclude it"
    return f"{obligation.case}: no counterexample that the EVM confirms: {why}"
