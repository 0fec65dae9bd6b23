"""The whole equivalence: every function of the model against the contract's, spread over processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from time import monotonic

from harness.check.campaign.surface import Operation, surface
from harness.check.collection import uncollected
from harness.check.equiv.claims import CLAIMS, REFUSES_MALFORMED, STORES, ModelClaims, fails_without_data
from harness.check.equiv.errors import EquivError
from harness.check.equiv.meet import Meeting
from harness.check.kept import Done, Keeping, Kept, all_done
from harness.check.parallel import Crashed
from harness.check.prove.behaviour import behaviour
from harness.check.prove.build import IN_BOUNDS as STORAGE_BOUNDS
from harness.check.prove.build import Steps
from harness.check.prove.decided import Decided
from harness.check.prove.finding import Triage
from harness.check.prove.granted import PADDING
from harness.check.prove.prover import Limits, Prover
from harness.check.prove.run import TOOLS
from harness.check.prove.subject import Subject
from harness.check.prove.tasks import Piece, entries_of
from harness.check.prove.undisturbed import ENOUGH_GAS
from harness.check.prove.vacuity import NO_CALL, any_call, emptied
from harness.check.receipt import receipt_of
from harness.check.target import Progress, silent
from harness.check.verdict import Outcome, Verdict
from harness.compiler.artifact import Artifact
from harness.lang import Spec
from harness.symbolic.errors import Unsupported
from harness.symbolic.result import PostState
from harness.symbolic.world import NO_REENTRY

CHECK = "equiv"

DEFAULT = Limits()

MODELLED = "modelled"
"""The property (by name) that the specification says what a function does."""


@dataclass(frozen=True, slots=True)
class Options:
    """Within which limits to compare, and which functions (all, if none is named: by name or signature).

    Who examines what fails is asked for once, where something is left to be compared. With `keeping`, what
    was decided is kept, and every verdict has its receipt.
    """

    limits: Limits = DEFAULT
    workers: int = 1
    functions: tuple[str, ...] = ()
    triage: Callable[[], Triage] | None = None
    keeping: Keeping | None = None


@dataclass(frozen=True)
class Task:
    """One way in, with all that a worker needs; `kept` is None where nothing is to be kept."""

    spec: Spec[object]
    artifact: Artifact
    entry: str
    limits: Limits = DEFAULT
    triage: Triage | None = None
    kept: Kept | None = None

    def __str__(self) -> str:
        return self.entry


def equivalence(
    spec: Spec[object], artifact: Artifact, options: Options = Options(), progress: Progress = silent
) -> Iterator[Verdict]:
    """Yield for each way in whether model and contract do the same, claim by claim.

    The invariants are taken for granted: `prove` says whether they hold. A function that the specification
    does not model is UNSUPPORTED.

    Raises:
        ProveError: if there is no function of a name that is wanted.
    """
    subject = Subject(spec, artifact)
    subject.shapes  # noqa: B018  # complains now, in one place, about what the layout lacks
    entries = entries_of(subject, options.functions)
    entries = sorted(entries, key=lambda name: _is_view(subject, name))  # the long ones first
    receipt = receipt_of(spec, artifact, *TOOLS) if options.keeping else None
    tasks = []
    for name in entries:
        kept = Kept(receipt, (CHECK, name), options.keeping) if receipt and options.keeping else None
        tasks.append(Task(spec, artifact, name, options.limits, kept=kept))

    def examined(left: list[Task]) -> list[Task]:
        triage = options.triage() if options.triage else None
        return [replace(task, triage=triage) for task in left]

    for task, found in all_done(work, tasks, options.workers, progress, prepared=examined):
        if isinstance(found, Crashed):
            yield Verdict(spec.name, CHECK, "", task.entry, Outcome.UNKNOWN, 0.0, found.reason)
        else:
            yield from found


def _is_view(subject: Subject, name: str) -> tuple[bool, int]:
    """Return what puts functions that change something, and take much, first."""
    function = subject.abi.functions.get(name)
    return (True, 0) if function is None else (function.is_view, -len(function.inputs))


def work(task: Task) -> Done:
    """Compare one way in, unless it was compared of a contract in which it has the same behaviour."""
    if task.kept is None:
        return Done("", compare(task))
    found = behaviour(Subject.fresh(task.spec, task.artifact), Piece("entry", task.entry), None)
    return task.kept.done(found, partial(compare, task))


def compare(task: Task) -> list[Verdict]:
    """Compare one way into the contract with what the model says of it."""
    with uncollected():
        return list(compared(task))


def compared(task: Task) -> Iterator[Verdict]:
    """Yield what `compare` returns, claim by claim."""
    subject = Subject.fresh(task.spec, task.artifact)
    prover = Prover(subject, task.limits, task.triage, CHECK)
    yield from _Comparison(subject, prover, task.entry).verdicts()


def no_reentry(result: PostState) -> list[str]:
    """Return the assumption, by name, that whoever is given an order does not call back, if anybody is."""
    return [NO_REENTRY] if any(entry.kind != "STATICCALL" for entry in result.calls) else []


class _Comparison:
    """The verdicts about one way in."""

    def __init__(self, subject: Subject, prover: Prover, entry: str) -> None:
        self._subject = subject
        self._prover = prover
        self._entry = entry
        self._started = monotonic()

    def verdicts(self) -> Iterator[Verdict]:
        """Yield a verdict for each claim."""
        try:
            yield from self._claims()
        except Unsupported as error:
            yield self._verdict("", Outcome.UNSUPPORTED, self._prover.place(error))
        except EquivError as error:
            yield self._verdict("", Outcome.UNSUPPORTED, str(error))

    def _claims(self) -> Iterator[Verdict]:
        subject, prover = self._subject, self._prover
        if self._silent_on:
            detail = f"the model has no transition for `{self._silent_on}`"
            yield self._verdict(MODELLED, Outcome.UNSUPPORTED, detail)
            return
        anyhow = Steps(subject.execution(self._entry))
        bounds = prover.decide(Decided(STORAGE_BOUNDS), anyhow.bounds(), anyhow.execution)
        if not bounds.proved:
            yield prover.conclude(anyhow.execution, bounds, self._started)
            return
        malformed = prover.decide(Decided(REFUSES_MALFORMED), fails_without_data(anyhow), anyhow.execution)
        yield prover.conclude(anyhow.execution, malformed, self._started)
        if self._operation is None:
            return
        if malformed.proved:
            regular = subject.execution(self._entry, regular=True)
            claims = ModelClaims(regular, self._operation, prover, Meeting())
            empty = not any_call(Steps(regular).assumed)
            for name in CLAIMS:
                self._started = monotonic()
                decided = claims.decided(name)
                decided.grounds = tuple(dict.fromkeys([*decided.grounds, *bounds.used, *malformed.used]))
                verdict = prover.conclude(regular, decided, self._started)
                padding = [PADDING] if name == STORES else []
                guarded = [NO_REENTRY] if decided.rests_on_guards(subject.spec.invariants) else []
                others = [*no_reentry(regular.result), *guarded, *padding, ENOUGH_GAS]
                granted = dict.fromkeys([*verdict.assumptions, *others])
                verdict = replace(verdict, assumptions=tuple(granted))
                yield emptied(verdict, NO_CALL) if empty else verdict
        else:
            for name in CLAIMS:
                detail = f"rests on `{REFUSES_MALFORMED}`, which was not proved"
                yield self._verdict(name, Outcome.UNKNOWN, detail)

    @cached_property
    def _operation(self) -> Operation | None:
        """The function with its model, None if it has none."""
        known = surface(self._subject.spec, self._subject.abi, self._subject.shapes)
        return known.operation(self._entry)

    @property
    def _silent_on(self) -> str:
        """What comes in this way and the model says nothing of, "" if that is nothing."""
        if self._entry in self._subject.abi.functions:
            return "" if self._operation else self._entry
        kinds = {str(item["type"]) for item in self._subject.artifact.abi}
        return next((kind for kind in ("fallback", "receive") if kind in kinds), "")

    def _verdict(self, name: str, outcome: Outcome, detail: str) -> Verdict:
        seconds = monotonic() - self._started
        return Verdict(self._subject.spec.name, CHECK, name, self._entry, outcome, seconds, detail)
