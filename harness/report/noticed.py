"""What became of mutants, arranged for reading: those of a run, and those of a recorded one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.check.verdict import Verdict

Json = dict[str, Any]
_MEANS = ("layout", "campaign", "proof")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A broken contract: what is wrong with it, its state, and the properties that noticed, by what means."""

    name: str
    sentence: str
    state: str
    noticed: Mapping[str, list[str]]
    reason: str

    @property
    def shade(self) -> str:
        """How it is shown: ``holds`` where it was noticed, ``known`` where it is explained."""
        return {"killed": "holds", "equivalent": "known"}.get(self.state, "undecided")


@dataclass(frozen=True, slots=True)
class MutantsRun:
    """The mutants of one maker; `remark` says when they were tried."""

    title: str
    remark: str
    mutants: tuple[Mutant, ...]

    @property
    def states(self) -> Mapping[str, int]:
        """How many came to what."""
        return Counter(mutant.state for mutant in self.mutants)


def of_verdicts(verdicts: Iterable[Verdict]) -> MutantsRun:
    """Return the mutants that a run tried."""
    return MutantsRun("Broken contracts", "Tried in this run.", tuple(map(_of_verdict, verdicts)))


def of_record(entry: tuple[str, Json]) -> MutantsRun:
    """Return the mutants of a recorded run, by their maker."""
    maker, run = entry
    title = "Known bugs" if maker == "by-hand" else "Automatic mutants"
    same = "this specification" if run["current"] else "another version of the specification"
    rows = tuple(_of_row(name, row) for name, row in run["mutants"].items())
    return MutantsRun(title, f"Recorded earlier, with {same}.", rows)


def _of_verdict(verdict: Verdict) -> Mutant:
    evidence = verdict.evidence
    noticed = {trial["by"]: list(trial["noticed"]) for trial in evidence["trials"] if trial["noticed"]}
    return Mutant(verdict.property, evidence["sentence"], evidence["state"], noticed, evidence["reason"])


def _of_row(name: str, row: Json) -> Mutant:
    noticed = {by: row[by]["noticed"] for by in _MEANS if row.get(by, {}).get("noticed")}
    return Mutant(name, row.get("sentence", ""), row["state"], noticed, row.get("reason", ""))
