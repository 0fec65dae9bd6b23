"""The whole proof: every way in, spread over processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.check.parallel import Crashed, each
from harness.check.prove.prover import CHECK, Limits, Prover
from harness.check.prove.subject import Subject
from harness.check.target import Progress, silent
from harness.check.verdict import Outcome, Verdict
from harness.compiler.artifact import Artifact
from harness.errors import PoolproofError
from harness.lang import Spec
from harness.symbolic.slots import labels_of
from harness.term.core import clear


class ProveError(PoolproofError):
    """The command line names a property or a function that there is not."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to prove (everything, if nothing is named), and within which limits."""

    properties: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    workers: int = 1


@dataclass(frozen=True)
class Task:
    """One way in, with all that a worker needs."""

    spec: Spec[object]
    artifact: Artifact
    entry: str
    options: Options


def prove(
    spec: Spec[object], artifact: Artifact, options: Options = Options(), progress: Progress = silent
) -> Iterator[Verdict]:
    """Yield the verdicts on every property and every way in, as they are decided.

    Each way in is proved with terms of its own, so that verdicts don't depend on the workers.

    Raises:
        ProveError: for a property or function that doesn't exist.
        BindingError: if the storage layout lacks what the specification needs.
    """
    subject = Subject(spec, artifact)
    subject.shapes  # noqa: B018  # complains now, in one place, about what the layout lacks
    tasks = [Task(spec, artifact, name, options) for name in _entries(subject, options)]
    _check_names(spec, options)
    progress(0, len(tasks), "")
    for done, finished in enumerate(each(work, tasks, options.workers), 1):
        name = tasks[finished.index].entry
        progress(done, len(tasks), name)
        if isinstance(finished.result, Crashed):
            detail = finished.result.reason
            yield Verdict(spec.name, CHECK, "", name, Outcome.UNKNOWN, 0.0, detail)
        else:
            yield from finished.result


def work(task: Task) -> list[Verdict]:
    """Prove one way in."""
    clear()
    labels_of.cache_clear()  # they hold terms
    prover = Prover(Subject(task.spec, task.artifact), task.options.limits)
    return list(prover.entry(task.entry, task.options.properties))


def _entries(subject: Subject, options: Options) -> list[str]:
    """Return the ways in that the options name: by signature, or by a function's bare name."""
    if not options.functions:
        return list(subject.entries)
    chosen = []
    for wanted in options.functions:
        matching = [name for name in subject.entries if wanted in (name, name.partition("(")[0])]
        if not matching:
            raise ProveError(f"There is no function `{wanted}`: there are {', '.join(subject.entries)}.")
        chosen += matching
    return list(dict.fromkeys(chosen))


def _check_names(spec: Spec[object], options: Options) -> None:
    known = [one.name for one in spec.properties]
    for wanted in options.properties:
        if wanted not in known:
            raise ProveError(f"There is no property `{wanted}`: there are {', '.join(known)}.")
