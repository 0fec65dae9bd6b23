"""Two implementations compared way in by way in: for any calldata, from the same fields of storage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from time import monotonic
from typing import Any

from harness.check.equiv.claims import REFUSES_MALFORMED, fails_without_data
from harness.check.equiv.errors import EquivError
from harness.check.equiv.meet import Meeting
from harness.check.equiv.pair import CLAIMS, PairClaims
from harness.check.equiv.reentered import CLAIMS as REENTERED
from harness.check.equiv.reentered import ReenteredClaims
from harness.check.equiv.relate import SECOND, Related, related
from harness.check.equiv.run import CHECK
from harness.check.parallel import Crashed, each
from harness.check.prove.build import IN_BOUNDS, Steps
from harness.check.prove.decided import Decided
from harness.check.prove.finding import Triage
from harness.check.prove.granted import PADDING
from harness.check.prove.prover import Limits, Prover
from harness.check.prove.settle import rests_on
from harness.check.prove.subject import Execution, Subject
from harness.check.prove.summary import History
from harness.check.prove.tasks import entries_of
from harness.check.prove.undisturbed import ENOUGH_GAS
from harness.check.prove.vacuity import NO_CALL, any_call, emptied
from harness.check.target import Progress, silent
from harness.check.verdict import Outcome, Verdict
from harness.compiler.artifact import Artifact
from harness.evm.abi import Abi
from harness.lang import Model, Rule, Spec, record
from harness.symbolic.errors import Unsupported
from harness.symbolic.world import NO_REENTRY, Request

SAME = "behaves_alike"
"""The property (by name) that one way into two contracts does the same."""

GIVEN = ", given the invariants, at which a comparison does not look"
"""What a verdict says that rests on any."""


@record
class Nothing:
    """The state of a contract of which nothing is said."""


UNSPECIFIED: Spec[Nothing] = Spec(
    "pair", "two contracts of which nothing is assumed", Model(Nothing, Nothing(), ()), ()
)


@dataclass(frozen=True)
class Other:
    """What a contract is compared with: its name for readers, and who executes a difference, if anybody."""

    name: str
    artifact: Artifact
    triage: Triage | None = None


@dataclass(frozen=True)
class Task:
    """One way into a contract and into others, with all that a worker needs.

    With `reentry`, what comes of it where others call back is compared, too, if that can be done.
    """

    spec: Spec[Any]
    artifact: Artifact
    others: tuple[Other, ...]
    entry: str
    limits: Limits
    reentry: bool = False


def same(
    spec: Spec[Any],
    artifact: Artifact,
    others: Sequence[Other],
    limits: Limits,
    workers: int = 1,
    progress: Progress = silent,
    functions: tuple[str, ...] = (),
) -> Iterator[Verdict]:
    """Yield for each way in, and each of the others, whether it does there what it does in `artifact`.

    With `functions`, only for those, by name or signature. The invariants of `spec` are taken for granted of
    the fields that both begin with.

    Raises:
        EquivError: if their interfaces differ.
        ProveError: if there is no function of a name that is wanted.
    """
    for other in others:
        _check_interfaces(artifact, other)
    subject = Subject(spec, artifact)
    tasks = [Task(spec, artifact, tuple(others), entry, limits) for entry in entries_of(subject, functions)]
    progress(0, len(tasks), "")
    for done, finished in enumerate(each(compare, tasks, workers), 1):
        entry = tasks[finished.index].entry
        progress(done, len(tasks), entry)
        if isinstance(finished.result, Crashed):
            yield Verdict(spec.name, CHECK, SAME, entry, Outcome.UNKNOWN, 0.0, finished.result.reason)
        else:
            yield from finished.result


def _check_interfaces(artifact: Artifact, other: Other) -> None:
    """Raise EquivError unless both contracts have the same functions, which take value alike."""
    one, two = (
        {name: function.mutability == "payable" for name, function in Abi(each.abi).functions.items()}
        for each in (artifact, other.artifact)
    )
    said = [f"only the first has {name}" for name in one if name not in two]
    said += [f"only {other.name} has {name}" for name in two if name not in one]
    said += [f"only one {name} is payable" for name in one if name in two and one[name] != two[name]]
    if said:
        raise EquivError(
            f"Only contracts with the same functions can be compared: {', '.join(said[:4])}"
            f"{' and more' if len(said) > 4 else ''}."
        )


def compare(task: Task) -> list[Verdict]:
    """Compare one way into a contract with the same way into the others."""
    subject = Subject.fresh(task.spec, task.artifact)
    side = _Side(subject, task.entry, "")
    return [_Comparison(task, side, other).verdict() for other in task.others]


class _Side:
    """One way into one contract: executed when asked, with any calldata and with what the ABI describes."""

    def __init__(self, subject: Subject, entry: str, name: str) -> None:
        self.subject = subject
        self.entry = entry
        self.name = name
        self._executions: dict[bool, Execution] = {}

    def execution(self, regular: bool) -> Execution:
        """Return the execution, the same object each time. Raises Unsupported."""
        if regular not in self._executions:
            callees = History(self.subject.spec.views, self.name)
            self._executions[regular] = self.subject.execution(self.entry, regular=regular, callees=callees)
        return self._executions[regular]

    def reentered(self, regular: bool) -> tuple[Execution, list[Request]]:
        """Return the execution in which others may call back, and what they are asked. Raises Unsupported."""
        callees = History(self.subject.spec.views, self.name, reentry=True)
        execution = self.subject.execution(self.entry, regular=regular, reentry=True, callees=callees)
        return execution, callees.asked


class _Comparison:
    """One way into two contracts."""

    def __init__(self, task: Task, left: _Side, other: Other) -> None:
        self._task = task
        self._left = left
        self._right = _Side(Subject(task.spec, other.artifact), task.entry, SECOND)
        self._other = other
        self._prover = Prover(left.subject, task.limits, other.triage, CHECK)
        self._started = monotonic()
        self._refusals: tuple[str, ...] = ()

    def verdict(self) -> Verdict:
        """Return whether both do the same."""
        try:
            return self._named(self._compared())
        except Unsupported as error:
            seconds, detail = monotonic() - self._started, self._prover.place(error)
            name, entry = self._task.spec.name, self._task.entry
            return self._named(Verdict(name, CHECK, SAME, entry, Outcome.UNSUPPORTED, seconds, detail))

    def _compared(self) -> Verdict:
        known = (side.subject.abi.functions.get(self._task.entry) for side in (self._left, self._right))
        if len({one.is_view for one in known if one is not None}) > 1:
            reason = "only one is a view, and calls that must not write are compared of views alone"
            raise Unsupported("STATICCALL", -1, reason)
        regular = self._task.entry in self._left.subject.abi.functions and self._refuse_malformed()
        left, right = self._left.execution(regular), self._right.execution(regular)
        pair = related(left, right)
        bounds = self._bounds(left, pair)
        if not bounds.proved:
            return self._prover.conclude(left, bounds, self._started)
        return self._claims(left, pair, bounds, regular)

    def _refuse_malformed(self) -> bool:
        """Say whether both contracts refuse malformed calls, and say nothing then."""
        for side in (self._left, self._right):
            steps = Steps(side.execution(regular=False))
            quiet = Prover(side.subject, self._task.limits, None, CHECK)
            refuses = quiet.decide(Decided(REFUSES_MALFORMED), fails_without_data(steps))
            if not refuses.proved:
                return False
            self._refusals += tuple(refuses.used)
        return True

    def _bounds(self, left: Execution, pair: Related) -> Decided:
        """Decide that both stay inside their arrays: otherwise nothing is known of what they do."""
        steps = Steps(left)
        bounds = self._prover.decide(Decided(IN_BOUNDS), steps.bounds())
        if bounds.proved:
            for place, claim in enumerate(pair.right.obligations):
                given = [("path", pair.theirs(claim.path.condition))]
                case, goal = f"second, {claim.name} ({place})", pair.theirs(claim.condition)
                obligation = steps.obligation(IN_BOUNDS, case, given, goal, steps.always)
                self._prover.decide(bounds, iter([obligation]))
        return bounds

    @cached_property
    def _rule(self) -> Rule:
        entries = (self._task.entry,)
        return Rule(SAME, "Both contracts do the same.", "", lambda *_: True, (), (), entries)

    def _claims(self, left: Execution, pair: Related, bounds: Decided, regular: bool) -> Verdict:
        """Decide every claim, up to the first that fails or is not decided."""
        claims = PairClaims(left, pair, self._prover, Meeting(), self._rule)
        whole = Decided(SAME, grounds=(*bounds.used, *self._refusals))
        how = {}
        for name in CLAIMS:
            decided = claims.decided(name)
            if not decided.proved:
                return self._prover.conclude(left, decided, self._started)
            how[name] = "proved" if decided.answers else "the terms are the same"
            whole.obligations += decided.obligations
            whole.answers += decided.answers
            whole.grounds = tuple(dict.fromkeys([*whole.grounds, *decided.grounds]))
        verdict = self._prover.conclude(left, whole, self._started)
        # Who is only asked may ask back, too, and one of the two may have written by then.
        attempted = pair.left.attempted or pair.right.attempted
        guarded = whole.rests_on_guards(self._task.spec.invariants)
        calls = [NO_REENTRY] if guarded or (attempted and not self._reentered(regular)) else []
        assumptions = (*verdict.assumptions, *pair.right.assumptions, *calls, PADDING, ENOUGH_GAS)
        detail = "proved" if whole.answers else "the terms are the same"
        detail += GIVEN if rests_on(verdict) else ""
        evidence = {**verdict.evidence, "claims": how, "identical": not whole.answers}
        known = tuple(dict.fromkeys(assumptions))
        verdict = replace(verdict, detail=detail, assumptions=known, evidence=evidence)
        return verdict if any_call(Steps(left).assumed) else emptied(verdict, NO_CALL)

    def _reentered(self, regular: bool) -> bool:
        """Say whether both are known to do the same where others call back."""
        if not self._task.reentry:
            return False
        (left, asked), (right, there) = (side.reentered(regular) for side in (self._left, self._right))
        pair = related(left, right)
        if not self._bounds(left, pair).proved:
            return False
        quiet = Prover(self._left.subject, self._task.limits, None, CHECK)
        claims = ReenteredClaims(left, pair, quiet, self._rule, (asked, there))
        return all(claims.decided(name).proved for name in REENTERED)

    def _named(self, verdict: Verdict) -> Verdict:
        """Return a verdict that says what was compared with."""
        claim = "" if verdict.property == SAME else f"{verdict.property}: "
        return replace(verdict, property=SAME, detail=f"{self._other.name}: {claim}{verdict.detail}")
