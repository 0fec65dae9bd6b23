"""Decides the obligations about one way in, and says what came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import monotonic

from harness.check.prove.build import CALLDATA_IS_CHECKED, IN_BOUNDS, Named, Steps, applies, lightly
from harness.check.prove.decided import Decided
from harness.check.prove.deployment import DEPLOYMENT, LOCKED, Base
from harness.check.prove.dump import LIGHT, Dump
from harness.check.prove.finding import Finding, Stage, Triage
from harness.check.prove.instances import instances_at
from harness.check.prove.obligation import Obligation, assumed
from harness.check.prove.reentry import (
    BOOKS_CLOSED,
    at_moments,
    closed_books,
    late_writes,
    moments,
    shaken_step,
)
from harness.check.prove.sequences import relation, scenario
from harness.check.prove.settle import PREMISES
from harness.check.prove.subject import Execution, Subject
from harness.check.prove.tasks import Piece
from harness.check.prove.undisturbed import NOT_REENTERED
from harness.check.prove.vacuity import (
    EFFECTS,
    NO_CALL,
    Witnesses,
    calls_can_happen,
    effects,
    emptied,
    met_premises,
    supposed,
)
from harness.check.verdict import Outcome, Verdict
from harness.compiler.artifact import Artifact
from harness.compiler.source_map import locate
from harness.lang import EVERY_FUNCTION, Invariant, Property, Rule, Scenario
from harness.solver import Answer, Query, Solver, Status, second_opinion
from harness.symbolic.errors import Unsupported
from harness.term.core import TRUE, TermError

CHECK = "prove"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and megabytes for each query; where to write queries as SMT-LIB 2, if anywhere; whether a
    second solver is asked about each proof."""

    seconds: float = 10.0
    megabytes: int = 1_000
    dump: Path | None = None
    crosscheck: bool = False


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
        self._dump = Dump(limits.dump, subject.spec.name)

    def piece(
        self, piece: Piece, wanted: Sequence[str] = (), proxy: Artifact | None = None
    ) -> Iterator[Verdict]:
        """Yield the verdicts of one task; of its properties only those in `wanted`, if any."""
        spec = self.subject.spec
        match piece.kind:
            case "entry":
                yield from self.entry(piece.name, wanted)
            case "deployment":
                yield from self.deployment(wanted, proxy)
            case "relation":
                claim = next(one for one in spec.relations if one.name == piece.name)
                compared = partial(relation, self.subject, piece.function, claim)
                yield self._compared(Decided(piece.name), piece.function, compared)
            case "scenario":
                stories = (one for one in spec.claims if isinstance(one, Scenario))
                story = next(one for one in stories if one.name == piece.name)
                yield self._compared(Decided(piece.name), "", partial(scenario, self.subject, story))
            case "limitation":
                found = self.entry(piece.function, (piece.name,))
                yield from (verdict for verdict in found if verdict.property == piece.name)

    def properties(self, name: str) -> list[Property]:
        """Return the properties that speak about the way in called `name`."""
        spec = self.subject.spec
        return [*spec.invariants, *self._applying(spec.rules, name)]

    def _applying(self, claims: Sequence[Property], name: str) -> list[Rule]:
        """Return the rules among `claims` that speak about the way in called `name`."""
        function = self.subject.abi.functions.get(name)
        simple = function.name if function else None
        return [one for one in claims if isinstance(one, Rule) and applies(one, name, simple)]

    def entry(self, name: str, wanted: Sequence[str] = ()) -> Iterator[Verdict]:
        """Yield a verdict for each property about the way in called `name`, or for the claims in `wanted`."""
        chosen = self.properties(name)
        if wanted:
            stated = [*chosen, *self._applying(self.subject.spec.limitations, name)]
            chosen = [one for one in stated if one.name in wanted]
        started = monotonic()
        try:
            anyhow = Steps(self.subject.way(name))
            bounds = self.decide(Decided(IN_BOUNDS), anyhow.bounds())
            calldata = self.decide(Decided(CALLDATA_IS_CHECKED), anyhow.calldata())
            regular = Steps(self.subject.way(name, regular=True)) if calldata.proved else anyhow
            books = self.decide(Decided(BOOKS_CLOSED), closed_books(regular))
            shaken = self._shaken(regular, calldata.proved, bounds, books)
        except Unsupported as error:
            for one in chosen:
                yield self._verdict(one.name, name, Outcome.UNSUPPORTED, started, self.place(error))
            return
        yield self.conclude(anyhow.execution, bounds, started)
        if anyhow.execution.function is not None:
            yield self.conclude(anyhow.execution, calldata, started)
        if moments(regular):
            yield self._books(regular, books, started)
        witnesses = self._witnesses(name)
        possible = calls_can_happen(regular, witnesses)
        if not wanted:
            effects = self._effects(regular, witnesses)
            yield effects if possible else emptied(effects, NO_CALL)
        grounds = tuple(dict.fromkeys([*bounds.used, *calldata.used, *books.used]))
        for one in chosen:
            if not bounds.proved:
                yield self._resting(one.name, name, IN_BOUNDS)
            elif not (books.proved or (isinstance(one, Invariant) and one.between_calls)):
                yield self._openly(regular, one)
            else:
                # Malformed calls fail, so whatever a success did, a regular call did it; but a rule about
                # every function speaks of failures too.
                steps = anyhow if isinstance(one, Rule) and EVERY_FUNCTION in one.functions else regular
                verdict = self._claim(one, steps, witnesses, grounds, shaken, books.proved)
                yield verdict if possible else emptied(verdict, NO_CALL)

    def _shaken(self, regular: Steps, checked: bool, bounds: Decided, books: Decided) -> Steps | None:
        """Return the execution in which callees may call back, None without callees; decide what it owes."""
        if not moments(regular):
            return None
        steps = Steps(self.subject.way(regular.execution.name, regular=checked, reentry=True))
        if bounds.proved:
            self.decide(bounds, steps.bounds())
        if books.proved:
            self.decide(books, late_writes(steps))
        return steps

    def _claim(
        self,
        claim: Property,
        steps: Steps,
        witnesses: Witnesses,
        grounds: tuple[str, ...],
        shaken: Steps | None,
        books_closed: bool,
    ) -> Verdict:
        """Decide an invariant's step or a rule; a proved rule says which of its premises can hold.

        What holds only `between_calls` has to hold after `shaken`, too.
        """
        try:
            obligations = list(steps.about(claim))
        except (Unsupported, TermError) as error:
            function = steps.execution.name
            return self._verdict(claim.name, function, Outcome.UNSUPPORTED, monotonic(), self.place(error))
        if shaken is not None and isinstance(claim, Invariant) and claim.between_calls:
            try:
                obligations.append(shaken_step(shaken, claim, books_closed))
            except TermError:  # it compares a table with what it was before somebody may have written it
                return self._resting(claim.name, steps.execution.name, BOOKS_CLOSED)
        decided = Decided(claim.name, grounds=grounds)
        verdict = self._one(decided, steps.execution.name, iter(obligations), steps.execution)
        if verdict.outcome is Outcome.PROVED and isinstance(claim, Rule):
            verdict.evidence[PREMISES] = met_premises(witnesses, steps, obligations)
        return verdict

    def _effects(self, steps: Steps, witnesses: Witnesses) -> Verdict:
        """Return the verdict on what a call can do; where it never succeeds, that is all there is to say."""
        started = monotonic()
        found = {name: witnesses.possible(one.hypotheses, one.goal, name) for name, one in effects(steps)}
        never = [name for name, possible in found.items() if possible is False]
        unclear = [name for name, possible in found.items() if possible is None]
        outcome, detail = Outcome.PROVED, ""
        if "success" in never:
            detail = "the call never succeeds"
        elif never:
            outcome, detail = Outcome.VACUOUS, f"impossible: {', '.join(never)}"
        elif unclear:
            outcome, detail = Outcome.UNKNOWN, f"not decided whether possible: {', '.join(unclear)}"
        return self._verdict(EFFECTS, steps.execution.name, outcome, started, detail)

    def _witnesses(self, function: str) -> Witnesses:
        return Witnesses(self._solver, partial(self._dump.write_possible, function))

    def _resting(self, name: str, function: str, on: str) -> Verdict:
        detail = f"rests on `{on}`, which was not proved"
        return self._verdict(name, function, Outcome.UNKNOWN, monotonic(), detail)

    def _books(self, steps: Steps, books: Decided, started: float) -> Verdict:
        """Return the verdict on re-entry; a call that comes too early is no counterexample by itself."""
        if books.proved:
            return self.conclude(steps.execution, books, started)
        detail = (
            "state is written after another contract was called, so that what a callee does then may count"
        )
        return self._verdict(BOOKS_CLOSED, steps.execution.name, Outcome.UNKNOWN, started, detail)

    def _openly(self, steps: Steps, claim: Property) -> Verdict:
        """Return the verdict on a property where the books are open during a call: broken, or undecided."""
        function = steps.execution.name
        if isinstance(claim, Invariant):
            decided = self.decide(Decided(claim.name), at_moments(steps, claim))
            if not decided.proved:
                return self.conclude(steps.execution, decided, monotonic())
        return self._resting(claim.name, function, BOOKS_CLOSED)

    def deployment(self, wanted: Sequence[str], proxy: Artifact | None) -> Iterator[Verdict]:
        """Yield a verdict for each invariant about the state that deployment leaves."""
        base = Base(self.subject, proxy)
        chosen = [one for one in self.subject.spec.invariants if not wanted or one.name in wanted]
        yield from self._established(base, chosen)
        if base.initialiser is not None and (not wanted or LOCKED in wanted):
            yield self._locked(base)

    def _established(self, base: Base, chosen: Sequence[Invariant]) -> Iterator[Verdict]:
        """Yield a verdict for each of the chosen invariants."""
        started = monotonic()
        try:
            execution = base.execution()
            possible = (
                self._witnesses(DEPLOYMENT).possible(base.given(execution), TRUE, "success") is not False
            )
        except Unsupported as error:
            for one in chosen:
                yield self._verdict(one.name, DEPLOYMENT, Outcome.UNSUPPORTED, started, self.place(error))
            return
        for one in chosen:
            verdict = self._one(Decided(one.name), DEPLOYMENT, base.obligations(execution, one), execution)
            yield verdict if possible else emptied(verdict, "no deployment succeeds")

    def _locked(self, base: Base) -> Verdict:
        """Return the verdict on the implementation behind a proxy, once it is constructed."""
        decided = Decided(LOCKED)
        verdict = self._one(decided, DEPLOYMENT, base.locked())
        if verdict.outcome is not Outcome.PROVED:
            return verdict
        possible = False not in supposed(self._witnesses(DEPLOYMENT), decided.obligations[-1])
        return verdict if possible else emptied(verdict, "no construction of the implementation succeeds")

    def _one(
        self,
        decided: Decided,
        function: str,
        obligations: Iterator[Obligation],
        execution: Execution | None = None,
    ) -> Verdict:
        """Decide one property and return the verdict."""
        started = monotonic()
        try:
            self.decide(decided, obligations, execution)
        except (Unsupported, TermError) as error:
            return self._verdict(decided.name, function, Outcome.UNSUPPORTED, started, self.place(error))
        verdict = self.conclude(execution, decided, started, function)
        spec = self.subject.spec
        if decided.name in {one.name for one in spec.invariants} or not decided.rests_on_guards(
            spec.invariants
        ):
            return verdict
        return replace(verdict, assumptions=tuple(dict.fromkeys([*verdict.assumptions, NOT_REENTERED])))

    def _compared(self, decided: Decided, function: str, execute: Callable[[], list[Obligation]]) -> Verdict:
        """Decide a relation or a scenario; a proof says whether what it supposes can hold."""

        def obligations() -> Iterator[Obligation]:
            yield from execute()  # only here, where what is unsupported is told

        verdict = self._one(decided, function, obligations())
        if verdict.outcome is Outcome.PROVED:
            verdict.evidence[PREMISES] = supposed(self._witnesses(function), decided.obligations[-1])
        return verdict

    def decide(
        self, decided: Decided, obligations: Iterator[Obligation], execution: Execution | None = None
    ) -> Decided:
        """Ask the solver about each obligation, up to the first that fails."""
        for obligation in obligations:
            settled, answer = self.settled(obligation, execution)
            decided.obligations.append(settled)
            decided.answers.append(answer)
            if answer.status is Status.MODEL:
                break
        return decided

    def settled(self, obligation: Obligation, execution: Execution | None) -> tuple[Obligation, Answer]:
        """Ask about an obligation, and again where a candidate only shows what was not yet said.

        Nothing more can be said of deployment, which has to establish the invariants.
        """
        answer = self._answer(obligation)
        if execution is None or execution.name == DEPLOYMENT or self.triage is None:
            return obligation, answer
        if answer.status is Status.MODEL:
            lacking = self.triage.lacking(execution, obligation)
            allowed = assumed(obligation, self.subject.spec.invariants)
            known = instances_at(allowed, execution.before, lacking)
            if known:
                obligation = replace(obligation, hypotheses=(*obligation.hypotheses, *known))
                answer = self._answer(obligation)
        return obligation, answer

    def _answer(self, obligation: Obligation) -> Answer:
        """Ask about an obligation, first without what is seldom needed and costly; both times count."""
        light = lightly(obligation.hypotheses)
        if len(light) == len(obligation.hypotheses):
            return self._put(obligation, light)
        first = self._put(obligation, light, LIGHT)
        whole = first if first.status is Status.PROVED else self._put(obligation, obligation.hypotheses)
        return whole if whole is first else replace(whole, seconds=first.seconds + whole.seconds)

    def _put(self, obligation: Obligation, hypotheses: Iterable[Named], which: str = "") -> Answer:
        query = Query(hypotheses, obligation.goal)
        self._dump.write(query, obligation.function, obligation.property, obligation.case, which)
        answer = self._solver.check(query)
        if self.limits.crosscheck:
            return second_opinion(query, answer, int(self.limits.seconds * 1000))
        return answer

    def conclude(
        self, execution: Execution | None, decided: Decided, started: float, function: str | None = None
    ) -> Verdict:
        """Return the verdict on one property; `function` names the place where no execution does."""
        evidence: dict[str, object] = {"hypotheses": decided.used, "queries": decided.queries}
        outcome, detail = Outcome.PROVED, ""
        if decided.failed is not None:
            finding = self._examined(execution, *decided.failed)
            outcome, detail = finding.outcome, finding.detail
            evidence |= finding.evidence
        elif decided.undecided:
            finding = self._left_open(execution, decided)
            outcome, detail = finding.outcome, finding.detail
            evidence |= finding.evidence
        place = execution.name if execution is not None and function is None else function or ""
        modelled = {name for one in decided.obligations for name in one.assumptions}
        modelled |= execution.result.assumptions if execution is not None else set()
        assumptions = tuple(dict.fromkeys([*sorted(modelled), *decided.assumptions]))
        name, seconds = self.subject.spec.name, monotonic() - started
        return Verdict(name, self.check, decided.name, place, outcome, seconds, detail, assumptions, evidence)

    def _examined(self, execution: Execution | None, obligation: Obligation, answer: Answer) -> Finding:
        if isinstance(self.triage, Stage) and isinstance(obligation.source, Scenario):
            return self.triage.enact(self.subject, obligation)
        if isinstance(self.triage, Stage) and obligation.runs:
            return self.triage.compare(self.subject, obligation)
        if self.triage is None or execution is None:
            detail = f"{obligation.case}: the solver has a counterexample candidate, which was not executed"
            return Finding(Outcome.UNKNOWN, detail)
        return self.triage.examine(execution, obligation, answer)

    def _left_open(self, execution: Execution | None, decided: Decided) -> Finding:
        """Return what the solver did not decide: broken by random calls, or not decided at all."""
        if isinstance(self.triage, Stage) and execution is not None:
            for obligation, _ in reversed(decided.undecided):
                if isinstance(obligation.source, Invariant | Rule):
                    broken = self.triage.chance(execution, obligation)
                    if broken is not None:
                        return broken
        obligation, answer = decided.undecided[0]
        detail = f"{obligation.case}: the solver gave up after {answer.seconds:.1f} s ({answer.reason})"
        return Finding(Outcome.UNKNOWN, detail)

    def _verdict(
        self, property_: str, function: str, outcome: Outcome, started: float, detail: str
    ) -> Verdict:
        return Verdict(
            self.subject.spec.name, self.check, property_, function, outcome, monotonic() - started, detail
        )

    def place(self, error: Unsupported | TermError) -> str:
        """Return what is unsupported, with the Solidity it comes from."""
        pc = error.pc if isinstance(error, Unsupported) else -1
        found = locate(self.subject.artifact, pc) if pc >= 0 else None
        return f"{error} ({found})" if found else str(error)
