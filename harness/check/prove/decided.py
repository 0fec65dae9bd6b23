"""What was decided of one property about one way in, and what that rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.check.prove.obligation import Obligation
from harness.lang import Invariant
from harness.solver import Answer, Status
from harness.solver.query import KECCAK_INJECTIVE
from harness.symbolic.decoding import KECCAK

_INSTANCE = re.compile(r"( at [\d,]+)? \d+( of (run|call) #?\d+)?$")
"""What tells an invariant's instances apart at the end of their names."""

_AT_PC = re.compile(r" at pc \d+$")
"""Where in the code a case is: not told of what may be kept, for the code may then be elsewhere."""


@dataclass
class Decided:
    """The obligations of one property about one way in, with their answers."""

    name: str
    obligations: list[Obligation] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    grounds: tuple[str, ...] = ()
    """The hypotheses that what this rests on used (bounds, calldata, re-entry): it rests on them, too."""

    @property
    def failed(self) -> tuple[Obligation, Answer] | None:
        """The first obligation with a counterexample candidate."""
        pairs = zip(self.obligations, self.answers, strict=True)
        return next((pair for pair in pairs if pair[1].status is Status.MODEL), None)

    @property
    def undecided(self) -> list[tuple[Obligation, Answer]]:
        """The obligations that the solver gave up on."""
        pairs = zip(self.obligations, self.answers, strict=True)
        return [pair for pair in pairs if pair[1].status is Status.UNKNOWN]

    @property
    def used(self) -> list[str]:
        """What the proofs used: names of hypotheses, without the numbers of their instances."""
        names = {name for answer in self.answers for name in answer.core}
        return sorted({_INSTANCE.sub("", name) for name in (*names, *self.grounds)})

    def rests_on_guards(self, invariants: Iterable[Invariant]) -> bool:
        """Say whether the proofs used what holds only between calls: of a call that comes in during another
        one, they say nothing."""
        return not {f"invariant {one.name}" for one in invariants if one.between_calls}.isdisjoint(self.used)

    @property
    def queries(self) -> list[dict[str, object]]:
        """What a report says of each query."""
        return [_asked(*pair) for pair in zip(self.obligations, self.answers, strict=True)]

    @property
    def assumptions(self) -> list[str]:
        """Which of the specification's assumptions the proofs used, by name."""
        found = [name.removeprefix("assumption ") for name in self.used if name.startswith("assumption ")]
        hashes = [KECCAK] if KECCAK_INJECTIVE in self.used else []
        return list(dict.fromkeys([*(name.partition(" ")[0] for name in found), *hashes]))

    @property
    def proved(self) -> bool:
        """Every obligation was proved."""
        return self.failed is None and not self.undecided


def _asked(obligation: Obligation, answer: Answer) -> dict[str, object]:
    """Return what a report says of one query."""
    asked: dict[str, object] = {
        "case": _AT_PC.sub("", obligation.case),
        "seconds": round(answer.seconds, 4),
        "stage": answer.stage,
    }
    if answer.cases:
        asked |= {"cases": len(answer.cases), "longest_case": round(max(answer.cases), 4)}
    return asked | ({"second_solver": answer.second.value} if answer.second else {})
