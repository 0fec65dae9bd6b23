"""Proofs kept from one run to the next, in the cache folder, by what they depend on.

There are two ways to find one. What was proved of the very same contract is found without looking into it.
Of a contract that changed, what its code does has to be executed first: a proof is found by its behaviour
(`harness.check.prove.behaviour`), which a change elsewhere in the contract leaves as it was.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from harness.check.receipt import Receipt
from harness.check.verdict import Outcome, Verdict
from harness.compiler.cache import Cache, content_hash

Json = dict[str, Any]


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

    def behaviour(self) -> str | None:
        """Return the behaviour of the very same contract, None where nothing was proved of it."""
        entry = self._load(self._contract)
        return entry["behaviour"] if entry else None

    def load(self, behaviour: str) -> list[Verdict] | None:
        """Return what was proved of a contract with this behaviour, marked as `kept`, None if nothing was."""
        entry = self._load(self._key(behaviour))
        return [_verdict(each) for each in entry["verdicts"]] if entry else None

    def store(self, behaviour: str, verdicts: list[Verdict]) -> None:
        """Keep `verdicts`, unless one is no proof: a machine with more time might decide it."""
        if behaviour and verdicts and all(each.outcome is Outcome.PROVED for each in verdicts):
            shown = [{**asdict(each), "outcome": each.outcome.value} for each in verdicts]
            self.cache.store(self._key(behaviour), {"verdicts": shown})
            self.learn(behaviour)

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


def _verdict(entry: Json) -> Verdict:
    values = {**entry, "outcome": Outcome(entry["outcome"]), "assumptions": tuple(entry["assumptions"])}
    return Verdict(**{**values, "evidence": {**entry["evidence"], "kept": True}})
