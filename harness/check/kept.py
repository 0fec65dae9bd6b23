"""Verdicts kept from one run to the next, in the cache folder, by what they depend on.

There are two ways to find one. What was proved of the very same contract is found without looking into it.
Of a contract that changed, what its code does has to be executed first: a proof is found by its behaviour
(`harness.check.prove.behaviour`), which a change elsewhere in the contract leaves as it was.

A refutation is kept with its replay, for the very same contract and deployment. It was executed when it was
found, and an execution depends on nothing but what its receipt names: the code of all that is deployed, the
specification (recipe and roles), poolproof (how calls are made and judged) and the EVM's version. Callers,
times and blocks are in the replay. So it is not executed again: it could only show the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Any, Protocol, TypeVar

from harness.check.parallel import Crashed, each
from harness.check.receipt import Receipt
from harness.check.target import Progress
from harness.check.verdict import Outcome, Verdict
from harness.compiler.cache import Cache, content_hash

Json = dict[str, Any]

EXECUTED = frozenset({Outcome.REFUTED, Outcome.DIVERGED})
"""What is kept with its replay."""


def proofs() -> Cache:
    """Return the folder in which verdicts are kept."""
    return Cache(kind="proofs")


@dataclass(frozen=True, slots=True)
class Keeping:
    """How verdicts are kept: those of before are `read`, unless everything is to be decided again.

    `deployment` is the hash of what is deployed (`harness.check.receipt.deployment_hash`), and `replays` the
    folder of replay files; without either, nothing that was executed is kept.
    """

    read: bool = True
    deployment: str = ""
    replays: Path | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a task; `behaviour` is "" where it is not known."""

    behaviour: str
    verdicts: list[Verdict]


@dataclass(frozen=True)
class Kept:
    """What is kept about one piece of work.

    `receipt` says what it depends on, but for deployment and behaviour; `about` which piece it is.
    """

    receipt: Receipt
    about: tuple[str, ...]
    keeping: Keeping = Keeping()
    cache: Cache = field(default_factory=proofs)

    def remembered(self) -> Done | None:
        """Return what was decided of the very same contract; None if nothing was.

        The replay files of what was refuted are written anew.
        """
        entry = self._load(self._contract)
        if entry is None:
            return None
        behaviour: str = entry["behaviour"]
        if "verdicts" not in entry:
            proved = self.load(behaviour)
            return Done(behaviour, proved) if proved else None
        same = bool(self.keeping.deployment) and entry["deployment"] == self.keeping.deployment
        if not same or not all(self._restored(Path(path), text) for path, text in entry["replays"].items()):
            return None
        return Done(behaviour, [_verdict(each) for each in entry["verdicts"]])

    def load(self, behaviour: str) -> list[Verdict] | None:
        """Return what was proved of a contract with this behaviour, marked as `kept`, None if nothing was."""
        entry = self._load(self._key(behaviour))
        return [_verdict(each) for each in entry["verdicts"]] if entry else None

    def done(self, behaviour: str, decide: Callable[[], list[Verdict]]) -> Done:
        """Return what was proved of a contract with this behaviour, or else what `decide` returns now."""
        known = self.load(behaviour) if behaviour else None
        if known:
            self.learn(behaviour)
            return Done(behaviour, known)
        verdicts = decide()
        self.store(behaviour, verdicts)
        return Done(behaviour, verdicts)

    def store(self, behaviour: str, verdicts: list[Verdict]) -> None:
        """Keep `verdicts`, unless one is undecided: a machine with more time might decide it.

        Proofs are kept by behaviour; with a refutation among them, by contract, since other functions
        take part in that.
        """
        outcomes = {each.outcome for each in verdicts}
        shown = [{**asdict(each), "outcome": each.outcome.value} for each in verdicts]
        if not behaviour or not verdicts:
            return
        if outcomes == {Outcome.PROVED}:
            self.cache.store(self._key(behaviour), {"verdicts": shown})
            self.learn(behaviour)
        elif outcomes <= {Outcome.PROVED, *EXECUTED}:
            replays = _replays(each for each in verdicts if each.outcome in EXECUTED)
            if replays is not None:
                entry = {"behaviour": behaviour, "verdicts": shown, "replays": replays}
                self.cache.store(self._contract, {**entry, "deployment": self.keeping.deployment})

    def learn(self, behaviour: str) -> None:
        """Remember the behaviour of this very contract."""
        self.cache.store(self._contract, {"behaviour": behaviour})

    def signed(self, done: Done) -> Iterator[Verdict]:
        """Yield verdicts with their receipts; what is no proof depends on the whole contract."""
        whole = replace(self.receipt, deployment=self.keeping.deployment)
        proof = replace(whole, behaviour=done.behaviour)
        for verdict in done.verdicts:
            yield (proof if verdict.outcome is Outcome.PROVED else whole).attached_to(verdict)

    def _restored(self, path: Path, text: str) -> bool:
        """Write a replay file anew; False for one that would go elsewhere now, or can't be written."""
        folder = self.keeping.replays
        if folder is None or folder / path.name != path:
            return False
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError:  # then it is looked for anew, and what is wrong is said
            return False
        return True

    @property
    def _contract(self) -> str:
        return content_hash("contract", self.receipt.as_json(), self.about)

    def _key(self, behaviour: str) -> str:
        others = {**self.receipt.as_json(), "contract": "", "behaviour": behaviour}
        return content_hash("behaviour", others, self.about)

    def _load(self, key: str) -> Json | None:
        return self.cache.load(key) if self.keeping.read else None


class Piece(Protocol):
    """A piece of work of which verdicts may be kept; its text is its name for readers."""

    @property
    def kept(self) -> Kept | None:
        """What is kept about it; None where nothing is to be."""


Work = TypeVar("Work", bound=Piece)


def all_done(
    work: Callable[[Work], Done],
    tasks: Sequence[Work],
    workers: int,
    progress: Progress,
    until: float = inf,
    prepared: Callable[[list[Work]], list[Work]] = list,
) -> Iterator[tuple[Work, list[Verdict] | Crashed]]:
    """Yield tasks with their verdicts, which have receipts: first what is remembered, then the rest.

    The rest is yielded as it is done, and `prepared` before that.
    """
    known = [task.kept.remembered() if task.kept else None for task in tasks]
    for task, done in zip(tasks, known, strict=True):
        if done is not None:
            yield task, _signed(task, done)
    left = [task for task, done in zip(tasks, known, strict=True) if done is None]
    ready = len(tasks) - len(left)
    progress(ready, len(tasks), "")
    left = prepared(left) if left else []
    for count, finished in enumerate(each(work, left, workers, until=until), ready + 1):
        task, result = left[finished.index], finished.result
        progress(count, len(tasks), str(task))
        yield task, result if isinstance(result, Crashed) else _signed(task, result)


def _signed(task: Piece, done: Done) -> list[Verdict]:
    return list(task.kept.signed(done)) if task.kept else done.verdicts


def _replays(refuted: Iterable[Verdict]) -> dict[str, str] | None:
    """Return the texts of replay files by their paths; None where a refutation has none."""
    paths = [each.evidence.get("replay") for each in refuted]
    if not all(paths):
        return None
    try:
        return {path: Path(path).read_text(encoding="utf-8") for path in map(str, paths)}
    except OSError:
        return None


def _verdict(entry: Json) -> Verdict:
    values = {**entry, "outcome": Outcome(entry["outcome"]), "assumptions": tuple(entry["assumptions"])}
    return Verdict(**{**values, "evidence": {**entry["evidence"], "kept": True}})
