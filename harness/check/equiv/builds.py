"""Two implementations compared way in by way in, and one source compared across compilers' builds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from time import monotonic

from harness.check.equiv.meet import Meeting
from harness.check.equiv.pair import CLAIMS, PairClaims
from harness.check.equiv.run import CHECK
from harness.check.parallel import Crashed, each
from harness.check.prove.prover import Limits, Prover
from harness.check.prove.subject import Subject
from harness.check.target import Progress, silent
from harness.check.verdict import Outcome, Verdict
from harness.compiler.artifact import Artifact, Settings
from harness.lang import Model, Spec, record
from harness.solver import Solver
from harness.symbolic.errors import Unsupported
from harness.symbolic.slots import labels_of
from harness.term.core import clear

SHARED = "both_have_it"
"""The property (by name) that a way in is one of both contracts."""

RUNS = (1, 200, 1_000_000)
"""For how many runs the optimiser is asked to optimise."""


@record
class Nothing:
    """The state of a contract of which nothing is said."""


UNSPECIFIED: Spec[Nothing] = Spec(
    "pair", "two contracts of which nothing is assumed", Model(Nothing, Nothing(), ()), ()
)


def builds(base: Settings, versions: Iterable[str] = ()) -> list[Settings]:
    """Return the settings that a target is built with besides `base`: pipelines, optimisers, compilers."""
    found = []
    for version in dict.fromkeys([base.solc, *versions]):
        legacy = replace(base, solc=version, pipeline="legacy")
        found.append(replace(legacy, optimizer=False))
        for pipeline in ("legacy", "via-ir"):
            found += [
                replace(base, solc=version, pipeline=pipeline, optimizer=True, runs=runs) for runs in RUNS
            ]
    return [one for one in found if one != base]


def title(settings: Settings) -> str:
    """Return a build's name for readers."""
    runs = f"{settings.runs} runs" if settings.optimizer else "not optimised"
    return f"solc {settings.solc} {settings.pipeline}, {runs}"


@dataclass(frozen=True)
class Pair:
    """One way into two contracts, with all that a worker needs; `name` is what the second is called."""

    spec: Spec[object]
    left: Artifact
    right: Artifact
    entry: str
    name: str
    limits: Limits


def same(
    left: Artifact,
    right: Artifact,
    name: str,
    limits: Limits,
    spec: Spec[object] | None = None,
    workers: int = 1,
    progress: Progress = silent,
) -> Iterator[Verdict]:
    """Yield for each way in whether two contracts do the same, claim by claim.

    With a specification of `left`, its invariants are taken for granted, and its views answer.
    """
    chosen: Spec[object] = spec or UNSPECIFIED  # type: ignore[assignment]  # a state of any kind
    one, other = Subject(chosen, left), Subject(UNSPECIFIED, right)
    for missing in [n for n in (*one.entries, *other.entries) if (n in one.entries) != (n in other.entries)]:
        detail = f"only {'the first' if missing in one.entries else name} has it"
        yield Verdict(chosen.name, CHECK, SHARED, missing, Outcome.UNSUPPORTED, 0.0, detail)
    shared = [entry for entry in one.entries if entry in other.entries]
    tasks = [Pair(chosen, left, right, entry, name, limits) for entry in shared]
    progress(0, len(tasks), "")
    for done, finished in enumerate(each(compare, tasks, workers), 1):
        entry = tasks[finished.index].entry
        progress(done, len(tasks), entry)
        if isinstance(finished.result, Crashed):
            yield Verdict(chosen.name, CHECK, "", entry, Outcome.UNKNOWN, 0.0, finished.result.reason)
        else:
            yield from finished.result


def compare(task: Pair) -> list[Verdict]:
    """Compare one way into two contracts."""
    clear()
    labels_of.cache_clear()  # they hold terms
    subject = Subject(task.spec, task.left)
    prover = Prover(subject, task.limits, check=CHECK)
    verdicts = []
    started = monotonic()
    try:
        regular = task.entry in subject.abi.functions
        left = subject.execution(task.entry, regular=regular)
        right = Subject(task.spec, task.right).execution(task.entry, regular=regular)
        solver = Solver(int(1000 * task.limits.seconds), task.limits.megabytes)
        claims = PairClaims(left, right, solver, Meeting())
        for name in CLAIMS:
            decided = claims.decided(name)
            verdict = prover.conclude(left, decided, started)
            verdicts.append(_named(verdict, task.name, identical=not decided.answers))
            started = monotonic()
    except Unsupported as error:
        seconds, detail = monotonic() - started, prover.place(error)
        unsupported = Verdict(task.spec.name, CHECK, SHARED, task.entry, Outcome.UNSUPPORTED, seconds, detail)
        verdicts.append(_named(unsupported, task.name, identical=False))
    return verdicts


def _named(verdict: Verdict, name: str, identical: bool) -> Verdict:
    """Return a verdict that says what was compared with, and whether a solver was needed."""
    detail = f"{name}: {verdict.detail or ('the terms are the same' if identical else 'proved')}"
    return replace(verdict, detail=detail, evidence={**verdict.evidence, "identical": identical})
