"""Which verdicts of an earlier proof still stand, given the contract and specification that are there now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from harness.check.prove.behaviour import behaviour
from harness.check.prove.run import TOOLS
from harness.check.prove.settle import rests_on
from harness.check.prove.subject import Subject
from harness.check.prove.tasks import Piece, piece_of
from harness.check.receipt import EXECUTED, Receipt, receipt_of
from harness.check.verdict import Verdict
from harness.compiler.artifact import Artifact
from harness.lang import Spec

GONE = "function"
"""What changed where a verdict is about a function that is no longer there."""


class Standing:
    """What has changed since verdicts were reached, about one contract under its specification.

    What a function does is executed only where the contract is another one, and once.
    """

    def __init__(
        self, spec: Spec[Any], artifact: Artifact, proxy: Artifact | None, deployment: str = ""
    ) -> None:
        self._spec = spec
        self._artifact = artifact
        self._proxy = proxy
        self._receipt = receipt_of(spec, artifact, *TOOLS, deployment=deployment)
        self._behaviours: dict[Piece, str] = {}

    def changed(self, verdict: Verdict, then: Receipt) -> list[str]:
        """Return the names of what is not as it was `then`, when the verdict was reached."""
        changes = then.stale(self._receipt)
        if not (changes and EXECUTED.issuperset(changes) and then.behaviour):
            return changes
        piece = piece_of(self._spec, verdict.property, verdict.function)
        if piece.kind == "entry" and piece.name not in Subject.fresh(self._spec, self._artifact).entries:
            return [GONE]
        return changes if self._behaviour(piece) != then.behaviour else []

    def _behaviour(self, piece: Piece) -> str:
        if piece not in self._behaviours:
            self._behaviours[piece] = behaviour(Subject.fresh(self._spec, self._artifact), piece, self._proxy)
        return self._behaviours[piece]


def undermined(standing: Sequence[Verdict], stale: Iterable[Verdict]) -> list[list[str]]:
    """Return for each of `standing` verdicts the properties that it rests on and that are in question.

    A property is, where a verdict on it is stale, or rests on one that is. A proof rests on invariants, an
    audit's verdict on the properties that make a finding harmless.
    """
    questioned = {each.property for each in stale}
    while True:
        found = [sorted((_grounds(each) & questioned) - {each.property}) for each in standing]
        reached = {each.property for each, names in zip(standing, found, strict=True) if names}
        if reached <= questioned:
            return found
        questioned |= reached


def _grounds(verdict: Verdict) -> set[str]:
    return rests_on(verdict) | {*verdict.evidence.get("proofs", ())}
