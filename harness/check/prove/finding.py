"""What becomes of an obligation that fails, and who finds that out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from harness.check.prove.instances import Keys
from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution, Subject
from harness.check.verdict import Outcome
from harness.solver import Answer


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a counterexample candidate: an outcome, a sentence, and where to replay it."""

    outcome: Outcome
    detail: str
    evidence: dict[str, object] = field(default_factory=dict)


class Triage(Protocol):
    """Executes a counterexample candidate; nothing is shown as a counterexample without it."""

    def examine(self, execution: Execution, obligation: Obligation, answer: Answer) -> Finding:
        """Return what the candidate is worth."""

    def lacking(self, execution: Execution, obligation: Obligation) -> tuple[Keys, ...]:
        """Return where invariants would have to be known for the candidate to be no state that can be built.

        Nothing where it is one, or where that would not settle the obligation.
        """


@runtime_checkable
class Stage(Protocol):
    """Plays scenarios and relations that fail, and random calls; a `Triage` that can is one, too."""

    def enact(self, subject: Subject, obligation: Obligation) -> Finding:
        """Return what a failed scenario is worth, played from deployment."""

    def compare(self, subject: Subject, obligation: Obligation) -> Finding:
        """Return what a failed relation is worth: its two runs, each from its own state."""

    def chance(self, execution: Execution, obligation: Obligation) -> Finding | None:
        """Return the finding that random calls break what the solver did not decide; None if they don't."""
