"""What becomes of a difference that the solver sees: executed on model and contract, and saved."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.check.prove.finding import Finding
from harness.check.prove.instances import Keys
from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution
from harness.check.reach.examiner import Examiner
from harness.check.verdict import BROKEN, Outcome
from harness.solver import Answer

TOLD = 3
"""So many differences of a call are told in a verdict's detail; all are in its evidence."""


@dataclass
class Differences:
    """Examines failed claims of equivalence as an `Examiner` does failed properties."""

    examiner: Examiner

    def examine(self, execution: Execution, obligation: Obligation, answer: Answer) -> Finding:
        """Return what the candidate is worth: DIVERGED where the EVM does not what the model says."""
        found = self.examiner.examine(execution, obligation, answer)
        if found.outcome not in BROKEN:
            return found
        told = found.evidence.get("differences")
        shown = f"; {'; '.join(told[:TOLD])}" if isinstance(told, list) and told else ""
        detail = f"model and contract differ ({obligation.case}): {found.detail}{shown}"
        return replace(found, outcome=Outcome.DIVERGED, detail=detail)

    def lacking(self, execution: Execution, obligation: Obligation) -> tuple[Keys, ...]:
        """Return where assumed invariants settle an obligation, if that is all it lacks."""
        return self.examiner.lacking(execution, obligation)
