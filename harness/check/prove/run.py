"""The whole proof: every way in, the deployment, relations and scenarios, spread over processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import inf

from harness.check.parallel import Crashed, each
from harness.check.prove.finding import Triage
from harness.check.prove.limitations import judged
from harness.check.prove.prover import CHECK, Limits, Prover
from harness.check.prove.settle import settled
from harness.check.prove.subject import Subject
from harness.check.prove.tasks import Piece, limits, pieces
from harness.check.receipt import Proofs, receipt_of
from harness.check.target import Progress, silent
from harness.check.verdict import Outcome, Verdict
from harness.compiler.artifact import Artifact
from harness.lang import Spec
from harness.symbolic.slots import labels_of
from harness.term.core import clear

TOOLS = ("z3-solver",)
"""The packages that take part in a proof."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to prove (everything, if nothing is named), within which limits, and who examines what fails.

    What `kept` holds already is not proved again, and what is proved is kept there. What is not decided
    `until` that `time.monotonic()` stays undecided. Without `limitations`, what the specification declares
    to be known limitations is not looked at.
    """

    properties: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    workers: int = 1
    triage: Triage | None = None
    kept: Proofs | None = None
    until: float = inf
    limitations: bool = True


@dataclass(frozen=True)
class Task:
    """A piece of the proof, with all that a worker needs."""

    spec: Spec[object]
    artifact: Artifact
    proxy: Artifact | None
    piece: Piece
    options: Options


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
    tasks = [Task(spec, artifact, proxy, piece, replace(options, kept=None)) for piece in wanted]
    memory = Memory(options.kept, spec, artifact, proxy, options.properties)
    whole = not (options.properties or options.functions)
    decided: list[Verdict] = []
    try:
        for verdict in _decided(tasks, memory, options, progress):
            decided.append(verdict)
    except KeyboardInterrupt:
        yield from judged(settled(decided, spec, whole=False), spec)
        raise
    yield from judged(settled(decided, spec, whole), spec)


def _decided(tasks: list[Task], memory: Memory, options: Options, progress: Progress) -> Iterator[Verdict]:
    """Yield the verdicts of all tasks: first what is remembered, then the rest as it is decided."""
    known = [memory.load(task.piece) for task in tasks]
    for verdicts in known:
        yield from verdicts or ()
    left = [task for task, verdicts in zip(tasks, known, strict=True) if verdicts is None]
    ready = len(tasks) - len(left)
    progress(ready, len(tasks), "")
    for done, finished in enumerate(each(work, left, options.workers, until=options.until), ready + 1):
        task = left[finished.index]
        progress(done, len(tasks), str(task.piece))
        if isinstance(finished.result, Crashed):
            reason = finished.result.reason
            yield Verdict(task.spec.name, CHECK, "", str(task.piece), Outcome.UNKNOWN, 0.0, reason)
        else:
            memory.store(task.piece, finished.result)
            yield from finished.result


class Memory:
    """The kept proofs that are about one contract and its specification; `proofs` is None to keep none."""

    def __init__(
        self,
        proofs: Proofs | None,
        spec: Spec[object],
        artifact: Artifact,
        proxy: Artifact | None,
        properties: tuple[str, ...],
    ) -> None:
        self._proofs = proofs
        if proofs is not None:
            code = proxy.creation.bytecode.hex() if proxy is not None else ""
            self._about = (code, *properties)
            self._receipt = receipt_of(spec, artifact, *TOOLS)

    def load(self, piece: Piece) -> list[Verdict] | None:
        """Return what was proved about `piece`, None if nothing was."""
        return self._proofs.load(self._receipt, repr(piece), *self._about) if self._proofs else None

    def store(self, piece: Piece, verdicts: list[Verdict]) -> None:
        """Keep what was proved about `piece`."""
        if self._proofs is not None:
            self._proofs.store(self._receipt, verdicts, repr(piece), *self._about)


def work(task: Task) -> list[Verdict]:
    """Prove one piece."""
    clear()
    labels_of.cache_clear()  # they hold terms
    subject = Subject(task.spec, task.artifact)
    prover = Prover(subject, task.options.limits, task.options.triage)
    return list(prover.piece(task.piece, task.options.properties, task.proxy))
