"""The whole proof: every way in, the deployment, relations and scenarios, spread over processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import inf

from harness.check.collection import uncollected
from harness.check.kept import Done, Keeping, Kept, all_done
from harness.check.parallel import Crashed
from harness.check.prove.behaviour import behaviour
from harness.check.prove.finding import Triage
from harness.check.prove.limitations import judged
from harness.check.prove.prover import CHECK, Limits, Prover
from harness.check.prove.settle import LOST, settled
from harness.check.prove.subject import Subject
from harness.check.prove.tasks import Piece, limits, pieces
from harness.check.receipt import receipt_of
from harness.check.target import Progress, silent
from harness.check.verdict import Outcome, Verdict
from harness.compiler.artifact import Artifact
from harness.lang import Spec

TOOLS = ("z3-solver", "pyrevm")
"""The packages that take part in a proof, or execute what refutes it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to prove (everything, if nothing is named), within which limits, and who examines what fails.

    Who does is asked for once, where something is left to be proved. With `keeping`, what was proved is kept,
    and every verdict has its receipt. What is not decided `until` that `time.monotonic()` stays undecided.
    Without `limitations`, what the specification declares to be known limitations is not looked at.
    """

    properties: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    workers: int = 1
    triage: Callable[[], Triage] | None = None
    keeping: Keeping | None = None
    until: float = inf
    limitations: bool = True


@dataclass(frozen=True)
class Task:
    """A piece of the proof, with all that a worker needs; `kept` is None where nothing is to be kept."""

    spec: Spec[object]
    artifact: Artifact
    proxy: Artifact | None
    piece: Piece
    options: Options
    kept: Kept | None
    triage: Triage | None = None

    def __str__(self) -> str:
        return str(self.piece)


def prove(
    spec: Spec[object],
    artifact: Artifact,
    options: Options = Options(),
    progress: Progress = silent,
    proxy: Artifact | None = None,
) -> Iterator[Verdict]:
    """Yield the verdicts on every property and every way in, once it is known what they rest on.

    After Ctrl-C, what was decided by then is yielded before the interrupt goes on.

    `proxy` is the artefact of the proxy that the recipe puts the contract behind (`harness.evm.deployment`
    says which); without it, a deployment behind one stays undecided. Each task has terms of its own, so
    that verdicts don't depend on the workers.

    Raises:
        ProveError: for a property or function that doesn't exist.
        BindingError: if the storage layout lacks what the specification needs.
    """
    subject = Subject(spec, artifact)
    subject.shapes  # noqa: B018  # complains now, in one place, about what the layout lacks
    wanted = pieces(subject, options.properties, options.functions)
    if options.limitations:
        wanted += limits(subject, options.properties, options.functions)
    tasks = list(_tasks(subject, proxy, wanted, options))
    whole = not (options.properties or options.functions)
    decided: list[Verdict] = []
    try:
        for verdict in _decided(tasks, options, progress):
            decided.append(verdict)
    except KeyboardInterrupt:
        yield from judged(settled(decided, spec, whole=False), spec)
        raise
    yield from judged(settled(decided, spec, whole, everywhere=not options.functions), spec)


def _decided(tasks: list[Task], options: Options, progress: Progress) -> Iterator[Verdict]:
    """Yield the verdicts of all tasks: first what is remembered, then the rest as it is decided."""

    def examined(left: list[Task]) -> list[Task]:
        triage = options.triage() if options.triage else None
        return [replace(task, triage=triage) for task in left]

    for task, found in all_done(work, tasks, options.workers, progress, options.until, examined):
        if isinstance(found, Crashed):
            yield Verdict(task.spec.name, CHECK, LOST, str(task), Outcome.UNKNOWN, 0.0, found.reason)
        else:
            yield from found


def _tasks(subject: Subject, proxy: Artifact | None, wanted: list[Piece], options: Options) -> Iterator[Task]:
    """Yield the tasks for the wanted pieces."""
    spec, artifact, keeping = subject.spec, subject.artifact, options.keeping
    if keeping is not None:
        # Besides what a receipt says, a verdict depends on the proxy and on which properties were looked at.
        code = proxy.creation.bytecode.hex() if proxy is not None else ""
        receipt = receipt_of(spec, artifact, *TOOLS)
    for piece in wanted:
        kept = Kept(receipt, (repr(piece), code, *options.properties), keeping) if keeping else None
        yield Task(spec, artifact, proxy, piece, replace(options, triage=None), kept)


def work(task: Task) -> Done:
    """Prove one piece, unless it was proved of a contract of which it has the same behaviour."""
    # Terms of its own, so that verdicts don't depend on the worker's other tasks; and the same terms in the
    # same order whatever is kept, so that they don't depend on that.
    subject = Subject.fresh(task.spec, task.artifact)
    found = behaviour(subject, task.piece, task.proxy)

    def decide() -> list[Verdict]:
        prover = Prover(subject, task.options.limits, task.triage)
        with uncollected():
            return list(prover.piece(task.piece, task.options.properties, task.proxy))

    return Done("", decide()) if task.kept is None else task.kept.done(found, decide)
