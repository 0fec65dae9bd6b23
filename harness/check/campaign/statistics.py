"""What a campaign has exercised."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from harness.check.campaign.run import Run


@dataclass(slots=True)
class Statistics:
    """Counts of a campaign; `calls` by (signature, outcome): "success", "no data" or an error's name."""

    sequences: int = 0
    steps: int = 0
    written: int = 0
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)

    def add(self, run: Run) -> None:
        """Count a run."""
        self.sequences += 1
        self.steps += len(run.done)
        self.written += not run.start.is_deployment
        calls, events = self.calls, self.events
        for predicted in run.done:
            refusal = predicted.refusal
            outcome = "success" if refusal is None else refusal.name or "no data"
            calls[predicted.call.signature, outcome] += 1
            if predicted.step is not None:
                for event in predicted.step.events:
                    events[type(event).__name__] += 1

    def merge(self, other: Statistics) -> None:
        """Add another's counts."""
        self.sequences += other.sequences
        self.steps += other.steps
        self.written += other.written
        self.calls.update(other.calls)
        self.events.update(other.events)
        self.rules.update(other.rules)

    def as_json(self) -> dict[str, Any]:
        """Return the counts fit for JSON: calls by function and outcome."""
        functions: dict[str, dict[str, int]] = {}
        for (signature, outcome), count in sorted(self.calls.items()):
            functions.setdefault(signature or "(no function)", {})[outcome] = count
        return {
            "sequences": self.sequences,
            "steps": self.steps,
            "written_starts": self.written,
            "functions": functions,
            "events": dict(sorted(self.events.items())),
            "rules": dict(sorted(self.rules.items())),
        }
