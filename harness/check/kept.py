"""Proofs kept from one run to the next, in the cache folder, by what they depend on.

There are two ways to find one. What was proved of the very same contract is found without looking into it.
Of a contract that changed, what its code does has to be executed first: a proof is found by its behaviour
(`harness.check.prove.behaviour`), which a change elsewhere in the contract leaves as it was. A refutation is
kept with its replay, of the very same contract only, and executed again before it is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from harness.check.receipt import Receipt
from harness.check.verdict import Outcome, Verdict
from harness.compiler.cache import Cache, content_hash

Json = dict[str, Any]
Again = Callable[[str, str], bool]
"""Executes the replay that a file of this path and text is; says whether it still shows what it did."""


def proofs() -> Cache:
    """Return the folder in which proofs are kept."""
    return Cache(kind="proofs")


@dataclass(frozen=True)
class Kept:
    """What is kept about one piece of a proof.

    `receipt` says what it depends on, but for the behaviour; `about` which piece it is. What is not `read`
    is proved again, and then kept.
    """

    receipt: Receipt
    about: tuple[str, ...]
    read: bool = True
    cache: Cache = field(default_factory=proofs)

    def remembered(self, again: Again) -> tuple[str, list[Verdict]] | None:
        """Return the behaviour of the very same contract, and what was decided of it; None if nothing was.

        What was refuted counts if its replay, executed `again`, still shows it.
        """
        entry = self._load(self._contract)
        if entry is None:
            return None
        behaviour: str = entry["behaviour"]
        if "verdicts" not in entry:
            proved = self.load(behaviour)
            return (behaviour, proved) if proved else None
        replays: dict[str, str] = entry["replays"]
        shown = all(again(path, text) for path, text in replays.items())
        return (behaviour, [_verdict(each) for each in entry["verdicts"]]) if shown else None

    def load(self, behaviour: str) -> list[Verdict] | None:
        """Return what was proved of a contract with this behaviour, marked as `kept`, None if nothing was."""
        entry = self._load(self._key(behaviour))
        return [_verdict(each) for each in entry["verdicts"]] if entry else None

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
        elif outcomes <= {Outcome.PROVED, Outcome.REFUTED}:
            replays = _replays(each for each in verdicts if each.outcome is Outcome.REFUTED)
            if replays is not None:
                entry = {"behaviour": behaviour, "verdicts": shown, "replays": replays}
                self.cache.store(self._contract, entry)

    def learn(self, behaviour: str) -> None:
        """Remember the behaviour of this very contract."""
        self.cache.store(self._contract, {"behaviour": behaviour})

    def receipt_with(self, behaviour: str) -> Receipt:
        """Return the receipt of a verdict on this contract, with its behaviour."""
        return Receipt(**{**asdict(self.receipt), "behaviour": behaviour})

    @property
    def _contract(self) -> str:
        return content_hash("contract", self.receipt.as_json(), self.about)

    def _key(self, behaviour: str) -> str:
        others = {**self.receipt.as_json(), "contract": "", "behaviour": behaviour}
        return content_hash("behaviour", others, self.about)

    def _load(self, key: str) -> Json | None:
        return self.cache.load(key) if self.read else None


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
