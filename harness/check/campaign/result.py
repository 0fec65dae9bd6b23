"""What a campaign says in the end: a verdict for the model and one for each property."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harness.check.campaign.finding import Finding
from harness.check.campaign.ground import Parts
from harness.check.campaign.options import Options
from harness.check.campaign.shrink import Case
from harness.check.campaign.statistics import Statistics
from harness.check.verdict import Outcome, Verdict
from harness.lang import Property

CHECK = "fuzz"
MODEL = "model"


@dataclass
class CampaignResult:
    """What a campaign found.

    `case` is the first defect, shrunk; `evidence` what a report shows of it (the replay file, the story);
    `unsaved` says why there is no replay file.
    """

    target: str
    options: Options
    statistics: Statistics = field(default_factory=Statistics)
    seconds: float = 0.0
    case: Case | None = None
    sequence: int | None = None
    steps_to_defect: int | None = None
    original_length: int = 0
    evidence: dict[str, Any] = field(default_factory=dict)
    coverage: dict[str, dict[str, int]] = field(default_factory=dict)
    executed: dict[str, Any] = field(default_factory=dict)
    unmodelled: tuple[str, ...] = ()
    interrupted: bool = False
    unsaved: str = ""
    wording: Callable[[str], str] = str
    material: Parts | None = None

    @property
    def verdicts(self) -> list[Verdict]:
        """The verdicts: of the model as a whole, and of each property that executions speak of."""
        verdicts = [self._model_verdict()]
        broken = {one.name: one for one in (self.case.findings if self.case else ()) if one.aspect is None}
        for one in self._properties():
            finding = broken.get(one.name)
            if finding is not None:
                verdicts.append(self._broken(one, finding))
            else:
                verdicts.append(self._held(one))
        return verdicts

    def _properties(self) -> tuple[Property, ...]:
        return (*self.material.spec.invariants, *self.material.spec.rules) if self.material else ()

    def _model_verdict(self) -> Verdict:
        """Return whether contract and model agreed."""
        differing = [one for one in (self.case.findings if self.case else ()) if one.aspect is not None]
        steps = self.statistics.steps
        evidence = {"steps": steps, "seed": self.options.seed, "coverage": self.coverage}
        if self.executed:
            evidence["executed"] = self.executed
        if differing:
            function = self._function()
            detail = "\n".join([self._story(), *(self.wording(str(one)) for one in differing[:6])])
            return self._verdict(MODEL, function, Outcome.DIVERGED, detail, evidence | self.evidence)
        if self.unmodelled:
            detail = f"The specification has no model of {', '.join(self.unmodelled)}: never called."
            return self._verdict(MODEL, "", Outcome.UNKNOWN, detail, evidence)
        if not steps:
            return self._verdict(MODEL, "", Outcome.UNKNOWN, "No call was made.", evidence)
        rate = steps / self.seconds if self.seconds else 0
        detail = (
            f"{steps:,} calls in {self.statistics.sequences:,} sequences agree"
            f" ({rate:,.0f} calls/s, seed {self.options.seed})"
        )
        return self._verdict(MODEL, "", Outcome.HELD, detail, evidence)

    def _held(self, one: Property) -> Verdict:
        if one.kind == "rule" and not self.statistics.rules.get(one.name):
            why = "The campaign ended before." if self.case else "No call was made that it says something of."
            return self._verdict(one.name, "", Outcome.UNKNOWN, why, {})
        if not self.statistics.steps:
            return self._verdict(one.name, "", Outcome.UNKNOWN, "No call was made.", {})
        return self._verdict(one.name, "", Outcome.HELD, "", {})

    def _broken(self, one: Property, finding: Finding) -> Verdict:
        reached = self.case is None or self.case.start.is_deployment
        outcome = Outcome.REFUTED if reached else Outcome.NOT_INDUCTIVE
        detail = f"{one.sentence}\n{self.wording(str(finding))}; {self._story()}"
        return self._verdict(one.name, self._function(), outcome, detail, self.evidence)

    def _function(self) -> str:
        return self.case.calls[-1].signature if self.case and self.case.calls else ""

    def _story(self) -> str:
        if self.case is None:
            return ""
        if self.steps_to_defect is None:
            return "at deployment"
        start = "deployment" if self.case.start.is_deployment else "a written state"
        count = "one call" if len(self.case.calls) == 1 else f"{len(self.case.calls)} calls"
        found = f"{count} from {start} (found after {self.steps_to_defect:,} calls)"
        return f"{found}\n{self.unsaved}" if self.unsaved else found

    def _verdict(
        self, name: str, function: str, outcome: Outcome, detail: str, evidence: dict[str, Any]
    ) -> Verdict:
        seconds = self.seconds if name == MODEL else 0.0
        return Verdict(self.target, CHECK, name, function, outcome, seconds, detail, (), dict(evidence))
