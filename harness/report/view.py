"""The report arranged for reading: what the HTML and the Markdown templates show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.check.verdict import BROKEN, HOLDING, ExitCode, Outcome, Verdict, exit_code
from harness.report.document import Report
from harness.report.equal import Equality
from harness.report.exercised import Exercised, exercised
from harness.report.noticed import MutantsRun, of_record, of_verdicts

Json = dict[str, Any]

WHOLE_CONTRACT = ""
"""The `function` of a verdict that is about the contract as a whole."""

_SYMBOLS = {"holds": "✓", "known": "≠", "broken": "✗", "undecided": "?"}
_CHECKS = {
    "prove": "Proof, for every state and every call",
    "equiv": "Proof that the model is the contract",
    "fuzz": "Execution beside the reference model",
    "audit": "Audit by Slither",
    "replay": "Replay of a saved sequence of calls",
    "layout": "Storage that an upgrade would move",
    "mutants": "Broken contracts that the properties notice",
}
_NO_CONTEXT: Json = {"title": "", "contract": "", "properties": [], "assumptions": []}
_PROOFS = ("prove", "equiv")
_DEPLOYMENT = "deployment"
"""The `function` of a verdict on the base of an induction."""
_IMPACTS = ("High", "Medium", "Low", "Informational", "Optimization")


def state_of(outcome: Outcome) -> str:
    """Return ``holds``, ``broken`` or ``undecided``."""
    if outcome in HOLDING:
        return "holds"
    return "broken" if outcome in BROKEN else "undecided"


def shade_of(outcome: Outcome) -> str:
    """Return how an outcome is shown: as its state, or as ``known`` not to hold."""
    return "known" if outcome is Outcome.LIMITATION else state_of(outcome)


def symbol_of(outcome: Outcome) -> str:
    """Return the sign that stands for an outcome in a matrix."""
    return _SYMBOLS[shade_of(outcome)]


def anchor(*parts: str) -> str:
    """Return an HTML id made of `parts`."""
    return "-".join(re.sub(r"[^A-Za-z0-9]+", "-", part).strip("-") or "all" for part in parts)


def verdict_anchor(verdict: Verdict) -> str:
    """Return the HTML id of a verdict's row."""
    return anchor("verdict", verdict.target, verdict.check, verdict.property, verdict.function)


def short(signature: str) -> str:
    """Return a function's name without its parameters."""
    return signature.partition("(")[0] or "whole contract"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many verdicts hold, are broken and are undecided, and the seconds they took.

    Among those that hold are the known `limitations`; `kept` were decided in an earlier run.
    """

    title: str
    holds: int
    broken: int
    undecided: int
    seconds: float
    limitations: int = 0
    kept: int = 0

    @classmethod
    def of(cls, title: str, verdicts: Iterable[Verdict]) -> Tally:
        """Count `verdicts`."""
        listed = list(verdicts)
        limitations = sum(verdict.outcome is Outcome.LIMITATION for verdict in listed)
        states = [state_of(verdict.outcome) for verdict in listed]
        holds, broken = states.count("holds"), states.count("broken")
        seconds = sum(verdict.seconds for verdict in listed)
        kept = sum(bool(verdict.evidence.get("kept")) for verdict in listed)
        return cls(title, holds, broken, len(listed) - holds - broken, seconds, limitations, kept)

    @property
    def total(self) -> int:
        """How many verdicts there are."""
        return self.holds + self.broken + self.undecided

    @property
    def state(self) -> str:
        """The worst state that occurs."""
        return "broken" if self.broken else "undecided" if self.undecided or not self.holds else "holds"


@dataclass(frozen=True, slots=True)
class Matrix:
    """Properties by functions; a cell holds the verdict, or None where the property is not about it."""

    check: str
    title: str
    functions: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Verdict | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class TargetView:
    """One target: its context from the report, and its verdicts arranged by check and property.

    `seconds` are those that passed in each check; `places` the HTML ids of what a verdict may rest on;
    `interrupted` says that not everything was looked at.
    """

    name: str
    context: Json
    verdicts: tuple[Verdict, ...]
    seconds: Mapping[str, float]
    places: Mapping[str, str]
    interrupted: bool = False

    @classmethod
    def of(cls, name: str, report: Report) -> TargetView:
        """Return what `report` says of the target called `name`."""
        context = report.targets.get(name, _NO_CONTEXT)
        return cls(
            name,
            context,
            tuple(verdict for verdict in report.verdicts if verdict.target == name),
            {run.check: run.seconds for run in report.runs if run.target == name},
            {entry["name"]: anchor("property", name, entry["name"]) for entry in context["properties"]}
            | {entry["name"]: anchor("assumption", name, entry["name"]) for entry in context["assumptions"]},
            report.interrupted,
        )

    @property
    def tallies(self) -> list[Tally]:
        """A tally for each check, in the order in which they ran, with the seconds that passed."""
        tallies = []
        for check in dict.fromkeys([*self.seconds, *(verdict.check for verdict in self.verdicts)]):
            tally = Tally.of(_CHECKS.get(check, check), self.of_check(check))
            tallies.append(replace(tally, seconds=self.seconds.get(check, tally.seconds)))
        return tallies

    @property
    def total(self) -> Tally:
        """The tally of everything."""
        return Tally.of(self.name, self.verdicts)

    @property
    def failures(self) -> list[Verdict]:
        """What does not hold, the broken first."""
        failing = [verdict for verdict in self.verdicts if verdict.outcome not in HOLDING]
        return sorted(failing, key=lambda verdict: verdict.outcome not in BROKEN)

    @property
    def limitations(self) -> list[Verdict]:
        """The known limitations that were refuted, as declared."""
        return [verdict for verdict in self.verdicts if verdict.outcome is Outcome.LIMITATION]

    @property
    def proved(self) -> list[str]:
        """The stated properties of which every verdict of a proof is PROVED, if nothing was left out."""
        stated = [entry["name"] for entry in self.context["properties"] if not entry["limitation"]]
        outcomes: dict[str, set[Outcome]] = {}
        for verdict in self.of_check(_PROOFS[0]) if self._is_whole else ():
            outcomes.setdefault(verdict.property, set()).add(verdict.outcome)
        return [name for name in stated if outcomes.get(name) == {Outcome.PROVED}]

    @property
    def _is_whole(self) -> bool:
        """Whether a proof looked at every way in, and at the deployment where that has to be."""
        about = {verdict.function for verdict in self.of_check(_PROOFS[0]) if verdict.property}
        lost = any(not verdict.property for verdict in self.of_check(_PROOFS[0]))
        needed = {entry["signature"] for entry in self.context.get("functions", ())}
        if any(entry["kind"] == "invariant" for entry in self.context["properties"]):
            needed.add(_DEPLOYMENT)
        return needed <= about and not lost and not self.interrupted

    @property
    def matrices(self) -> list[Matrix]:
        """A matrix for each kind of proof that was made."""
        return [_matrix(check, verdicts) for check in _PROOFS if (verdicts := self.of_check(check))]

    @property
    def equality(self) -> Equality:
        """What is proved equal, way in by way in."""
        return Equality.of(self.verdicts)

    @property
    def findings(self) -> list[tuple[Verdict, Json]]:
        """The audit findings that hold nothing up: those that the baseline explains, the gravest first."""
        accepted = [pair for pair in self.evidence("finding") if pair[0].outcome in HOLDING]
        return sorted(accepted, key=lambda pair: _IMPACTS.index(pair[1]["impact"]))

    @property
    def outline(self) -> Json:
        """The contract in outline, empty where it was not audited."""
        return next((outline for _, outline in self.evidence("outline")), {})

    @property
    def exercised(self) -> list[Exercised]:
        """What campaigns ran of each file."""
        sources = self.context.get("sources", {})
        return [each for _, found in self.evidence("executed") for each in exercised(found, sources)]

    @property
    def mutants(self) -> list[MutantsRun]:
        """What became of broken contracts: in this run, and in those that are recorded."""
        mine = [verdict for verdict in self.of_check("mutants") if "state" in verdict.evidence]
        return [
            *([of_verdicts(mine)] if mine else []),
            *map(of_record, self.context.get("mutants", {}).items()),
        ]

    @property
    def claims(self) -> dict[str, list[Verdict]]:
        """The verdicts by property, where they are about one that the specification does not state."""
        known = {entry["name"] for entry in self.context["properties"]}
        others: dict[str, list[Verdict]] = {}
        for verdict in self.verdicts:
            if verdict.property not in known and not {"finding", "state"} & {*verdict.evidence}:
                others.setdefault(verdict.property, []).append(verdict)
        return others

    @property
    def chapters(self) -> list[tuple[str, list[Json]]]:
        """The properties that are claimed, and those that are known not to hold, with their headings."""
        stated = self.context["properties"]
        return [
            ("The properties", [entry for entry in stated if not entry["limitation"]]),
            ("Known limitations: what is not true", [entry for entry in stated if entry["limitation"]]),
        ]

    @property
    def used_assumptions(self) -> dict[str, int]:
        """How many verdicts rest on each assumption."""
        counts: dict[str, int] = {}
        for verdict in self.verdicts:
            for name in verdict.assumptions:
                counts[name] = counts.get(name, 0) + 1
        return counts

    @property
    def granted(self) -> list[str]:
        """The assumptions that proofs of every state and call rest on."""
        return list(dict.fromkeys(name for each in self.of_check(_PROOFS[0]) for name in each.assumptions))

    def grounds(self, verdict: Verdict) -> list[str]:
        """Return the names of what a verdict rests on: assumptions, and hypotheses that are properties."""
        hypotheses = [name.removeprefix("invariant ") for name in verdict.evidence.get("hypotheses", ())]
        hypotheses = [name for name in hypotheses if name in self.places]
        return list(dict.fromkeys([*verdict.assumptions, *hypotheses]))

    def of_check(self, check: str) -> list[Verdict]:
        """Return the verdicts of one check."""
        return [verdict for verdict in self.verdicts if verdict.check == check]

    def of_property(self, name: str) -> list[Verdict]:
        """Return the verdicts about one property."""
        return [verdict for verdict in self.verdicts if verdict.property == name]

    def evidence(self, key: str) -> Iterator[tuple[Verdict, Any]]:
        """Yield the verdicts that have evidence of one kind, with it."""
        return ((verdict, verdict.evidence[key]) for verdict in self.verdicts if verdict.evidence.get(key))


@dataclass(frozen=True, slots=True)
class View:
    """The whole report as a reader meets it."""

    report: Report
    targets: tuple[TargetView, ...]

    @classmethod
    def of(cls, report: Report) -> View:
        """Arrange `report`."""
        names = dict.fromkeys([*report.targets, *(verdict.target for verdict in report.verdicts)])
        return cls(report, tuple(TargetView.of(name, report) for name in names))

    @property
    def total(self) -> Tally:
        """The tally of everything."""
        return Tally.of("all", self.report.verdicts)

    @property
    def headline(self) -> str:
        """The outcome of the run in one sentence."""
        total = self.total
        if self.report.interrupted:
            return "The run was stopped before everything was decided."
        match exit_code(list(self.report.verdicts)):
            case ExitCode.HOLDS if total.limitations:
                proved, known = total.holds - total.limitations, total.limitations
                noun = "limitation" if known == 1 else "limitations"
                return (
                    f"Everything holds: {proved} of {proved} obligations; {known} known {noun}, as declared."
                )
            case ExitCode.HOLDS:
                return f"Everything holds: {total.holds} of {total.holds} obligations."
            case ExitCode.BROKEN:
                verb = "does" if total.broken == 1 else "do"
                left = f"; {_undecided(total.undecided)}" if total.undecided else ""
                return f"{total.broken} of {total.total} obligations {verb} not hold{left}."
            case _:
                return f"{_undecided(total.undecided, f'of {total.total} obligations')}."


def _undecided(count: int, of: str = "") -> str:
    """Return that so many were not decided, `of` which there are more."""
    return " ".join(filter(None, (str(count), of, "was" if count == 1 else "were", "not decided")))


def _matrix(check: str, verdicts: list[Verdict]) -> Matrix:
    # What is about no function comes first, then those about which most is said: they do something.
    spoken = Counter(verdict.function for verdict in verdicts)
    functions = tuple(sorted(spoken, key=lambda one: (one != WHOLE_CONTRACT, -spoken[one], one)))
    cells: dict[str, dict[str, Verdict]] = {}
    for verdict in verdicts:
        row = cells.setdefault(verdict.property, {})
        known = row.get(verdict.function)
        row[verdict.function] = verdict if known is None else max(known, verdict, key=_badness)
    rows = tuple((name, tuple(row.get(function) for function in functions)) for name, row in cells.items())
    return Matrix(check, _CHECKS.get(check, check), functions, rows)


def _badness(verdict: Verdict) -> int:
    return ("holds", "undecided", "broken").index(state_of(verdict.outcome))
