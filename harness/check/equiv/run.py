"""The whole equivalence: every function of the model against the contract's, spread over processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

from harness.check.campaign.surface import surface
from harness.check.equiv.claims import CLAIMS, ModelClaims
from harness.check.equiv.meet import Meeting
from harness.check.parallel import Crashed, each
from harness.check.prove.prover import Limits, Prover
from harness.check.prove.subject import Subject
from harness.check.target import Progress, silent
from harness.check.verdict import Outcome, Verdict
from harness.compiler.artifact import Artifact
from harness.lang import Spec
from harness.solver import Solver
from harness.symbolic.errors import Unsupported
from harness.symbolic.slots import labels_of
from harness.term.core import clear

CHECK = "equiv"


@dataclass(frozen=True)
class Task:
    """One function, with all that a worker needs."""

    spec: Spec[object]
    artifact: Artifact
    function: str
    limits: Limits


def equivalence(
    spec: Spec[object],
    artifact: Artifact,
    limits: Limits,
    workers: int = 1,
    progress: Progress = silent,
) -> Iterator[Verdict]:
    """Yield for each function whether model and contract do the same, claim by claim.

    The invariants are taken for granted: `prove` says whether they hold. A function that the specification
    does not model is UNSUPPORTED.
    """
    subject = Subject(spec, artifact)
    found = surface(spec, subject.abi, subject.shapes)
    for name in found.unmodelled:
        detail = f"the model has no transition for `{name}`"
        yield Verdict(spec.name, CHECK, "modelled", str(name), Outcome.UNSUPPORTED, 0.0, detail)
    tasks = [Task(spec, artifact, one.function.signature, limits) for one in found.operations]
    progress(0, len(tasks), "")
    for done, finished in enumerate(each(compare, tasks, workers), 1):
        name = tasks[finished.index].function
        progress(done, len(tasks), name)
        if isinstance(finished.result, Crashed):
            yield Verdict(spec.name, CHECK, "", name, Outcome.UNKNOWN, 0.0, finished.result.reason)
        else:
            yield from finished.result


def compare(task: Task) -> list[Verdict]:
    """Compare one function of the model with the contract's."""
    clear()
    labels_of.cache_clear()  # they hold terms
    subject = Subject(task.spec, task.artifact)
    known = surface(task.spec, subject.abi, subject.shapes)
    [operation] = [one for one in known.operations if one.function.signature == task.function]
    prover = Prover(subject, task.limits, check=CHECK)
    solver = Solver(int(task.limits.seconds * 1000), task.limits.megabytes)
    verdicts = []
    started = monotonic()
    try:
        claims = ModelClaims(
            subject.execution(task.function, regular=True), operation.model, solver, Meeting()
        )
        for name in CLAIMS:
            started = monotonic()
            verdicts.append(prover.conclude(claims.execution, claims.decided(name), started))
    except Unsupported as error:
        seconds, detail = monotonic() - started, prover.place(error)
        outcome = Outcome.UNSUPPORTED
        verdicts.append(Verdict(task.spec.name, CHECK, "", task.function, outcome, seconds, detail))
    return verdicts
