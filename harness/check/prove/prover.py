"""Decides the obligations about one way in, and says what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Protocol

from harness.check.prove.build import IN_BOUNDS, Steps, applies
from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution, Subject
from harness.check.verdict import Outcome, Verdict
from harness.compiler.source_map import locate
from harness.lang import Property
from harness.solver import Answer, Query, Solver, Status, encode
from harness.symbolic.errors import Unsupported

CHECK = "prove"


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


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and megabytes for each query; where to write queries as SMT-LIB 2, if anywhere."""

    seconds: float = 10.0
    megabytes: int = 1_000
    dump: Path | None = None


@dataclass
class Decided:
    """The obligations of one property about one way in, with their answers."""

    name: str
    obligations: list[Obligation] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    @property
    def failed(self) -> tuple[Obligation, Answer] | None:
        """The first obligation with a counterexample candidate."""
        pairs = zip(self.obligations, self.answers, strict=True)
        return next((pair for pair in pairs if pair[1].status is Status.MODEL), None)

    @property
    def undecided(self) -> tuple[Obligation, Answer] | None:
        """The first obligation that the solver gave up on."""
        pairs = zip(self.obligations, self.answers, strict=True)
        return next((pair for pair in pairs if pair[1].status is Status.UNKNOWN), None)

    @property
    def used(self) -> list[str]:
        """What the proofs used: names of hypotheses, without the numbers of their instances."""
        names = {name for answer in self.answers for name in answer.core}
        return sorted({name.rstrip("0123456789").rstrip() for name in names})


class Prover:
    """Proves what a specification says about a contract, one way in at a time."""

    def __init__(
        self,
        subject: Subject,
        limits: Limits = Limits(),
        triage: Triage | None = None,
        check: str = CHECK,
    ) -> None:
        self.check = check
        self.subject = subject
        self.limits = limits
        self.triage = triage
        self._solver = Solver(int(limits.seconds * 1000), limits.megabytes)

    def properties(self, name: str) -> list[Property]:
        """Return the properties that speak about the way in called `name`."""
        spec = self.subject.spec
        function = self.subject.abi.functions.get(name)
        simple = function.name if function else None
        return [*spec.invariants, *(rule for rule in spec.rules if applies(rule, name, simple))]

    def entry(self, name: str, wanted: Sequence[str] = ()) -> Iterator[Verdict]:
        """Yield a verdict for each property about the way in called `name` (those in `wanted`, if any)."""
        chosen = [one for one in self.properties(name) if not wanted or one.name in wanted]
        started = monotonic()
        try:
            steps = Steps(self.subject.execution(name))
            bounds = self.decide(Decided(IN_BOUNDS), steps.bounds())
        except Unsupported as error:
            for one in chosen:
                yield self._verdict(one.name, name, Outcome.UNSUPPORTED, started, self.place(error))
            return
        yield self.conclude(steps, bounds, started)
        if bounds.failed or bounds.undecided:
            for one in chosen:
                detail = f"rests on `{IN_BOUNDS}`, which was not proved"
                yield self._verdict(one.name, name, Outcome.UNKNOWN, started, detail)
            return
        for claim in self._claims(steps, chosen, wanted):
            started = monotonic()
            try:
                decided = self.decide(Decided(claim[0]), claim[1])
            except Unsupported as error:
                yield self._verdict(claim[0], name, Outcome.UNSUPPORTED, started, self.place(error))
                continue
            yield self.conclude(steps, decided, started)

    def _claims(
        self, steps: Steps, chosen: Sequence[Property], wanted: Sequence[str]
    ) -> Iterator[tuple[str, Iterator[Obligation]]]:
        """Yield each property's name with its obligations, built when they are asked for."""
        if not wanted:
            yield from steps.built_in()
        for one in chosen:
            yield one.name, steps.about(one)

    def decide(self, decided: Decided, obligations: Iterator[Obligation]) -> Decided:
        """Ask the solver about each obligation, up to the first that fails."""
        for obligation in obligations:
            query = Query(obligation.hypotheses, obligation.goal)
            self._dump(obligation, query)
            answer = self._solver.check(query)
            decided.obligations.append(obligation)
            decided.answers.append(answer)
            if answer.status is Status.MODEL:
                break
        return decided

    def _dump(self, obligation: Obligation, query: Query) -> None:
        """Write a query as SMT-LIB 2, if that was asked for."""
        if self.limits.dump is None:
            return
        text = "-".join((self.subject.spec.name, obligation.function, obligation.property, obligation.case))
        safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in text)
        (self.limits.dump / f"{safe}.smt2").write_text(encode(query).smt(), encoding="utf-8")

    def conclude(self, steps: Steps, decided: Decided, started: float) -> Verdict:
        """Return the verdict on one property about one way in."""
        execution = steps.execution
        evidence: dict[str, object] = {
            "hypotheses": decided.used,
            "queries": [
                {"case": obligation.case, "seconds": round(answer.seconds, 4), "stage": answer.stage}
                for obligation, answer in zip(decided.obligations, decided.answers, strict=True)
            ],
        }
        outcome, detail = Outcome.PROVED, ""
        if decided.failed is not None:
            finding = self._examined(execution, *decided.failed)
            outcome, detail = finding.outcome, finding.detail
            evidence |= finding.evidence
        elif decided.undecided is not None:
            obligation, answer = decided.undecided
            outcome = Outcome.UNKNOWN
            detail = f"{obligation.case}: the solver gave up after {answer.seconds:.1f} s ({answer.reason})"
        assumptions = sorted(execution.result.assumptions) + [
            name.removeprefix("assumption ") for name in decided.used if name.startswith("assumption ")
        ]
        name = self.subject.spec.name
        return Verdict(
            name, self.check, decided.name, execution.name, outcome, monotonic() - started, detail,
            tuple(assumptions), evidence,
        )  # fmt: skip

    def _examined(self, execution: Execution, obligation: Obligation, answer: Answer) -> Finding:
        if self.triage is None:
            detail = f"{obligation.case}: the solver has a counterexample candidate, which was not executed"
            return Finding(Outcome.UNKNOWN, detail)
        return self.triage.examine(execution, obligation, answer)

    def _verdict(
        self, property_: str, function: str, outcome: Outcome, started: float, detail: str
    ) -> Verdict:
        return Verdict(
            self.subject.spec.name, self.check, property_, function, outcome, monotonic() - started, detail
        )

    def place(self, error: Unsupported) -> str:
        """Return what is unsupported, with the Solidity it comes from."""
        found = locate(self.subject.artifact, error.pc) if error.pc >= 0 else None
        return f"{error} ({found})" if found else str(error)
