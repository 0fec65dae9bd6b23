"""What a campaign has exercised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.check.campaign.coverage import Paths
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
    paths: Paths = field(default_factory=Paths)

    def add(self, run: Run, until: int | None = None) -> None:
        """Count a run's calls, the first `until` of them if given."""
        self.sequences += 1
        self.steps += len(run.done[:until])
        self.written += not run.start.is_deployment
        calls, events = self.calls, self.events
        for predicted in run.done[:until]:
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
        self.paths.merge(other.paths)

    def coverage(
        self, functions: Iterable[str], events: Iterable[str], errors: Iterable[str]
    ) -> dict[str, dict[str, int]]:
        """Return how often each thing was seen, by kind.

        Of `functions`, `events` and `errors` those that were never seen count 0; an error that is not
        among them (a callee's, a panic) is there if it was seen.
        """
        called = dict.fromkeys(functions, 0)
        raised = dict.fromkeys(errors, 0)
        refused: dict[str, int] = {}
        for (signature, outcome), times in sorted(self.calls.items()):
            name = signature or "(no function)"
            if outcome == "success":
                called[name] = called.get(name, 0) + times
            else:
                refused[f"{name}: {outcome}"] = times
                raised[outcome] = raised.get(outcome, 0) + times
        return {
            "calls that succeed": called,
            "calls that are refused": refused,
            "errors": raised,
            "events": {event: self.events.get(event, 0) for event in events},
            "rules": dict(sorted(self.rules.items())),
        }
