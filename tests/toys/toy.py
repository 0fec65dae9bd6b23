"""What a toy is: a contract with what is true and what is false of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.lang import Assumption, Invariant, Model, Rule, Spec

HOLDS, BREAKS, UNSUPPORTED = "holds", "breaks", "unsupported"


@dataclass(frozen=True)
class Toy:
    """A contract, its specification, and what each property must come to."""

    contract: str
    spec: Spec[Any]
    expected: dict[str, str]


SOMEBODY = Assumption(
    name="caller_is_somebody",
    sentence="Nobody calls from the zero address.",
    reason="Where 0 stands for nobody, a caller at 0 would be mistaken for it.",
    discharged_by="the cost of finding a key whose address is zero",
    predicate=lambda before, call: call.sender != 0,
)


def toy(contract: str, start: Any, assumptions: tuple[Assumption, ...] = (), **claims: Any) -> Toy:
    """Return a toy from its claims: ``name=(expected, property)``."""
    properties = [(claim[1], claim[0]) for claim in claims.values()]
    spec = Spec(
        name=contract,
        title=contract,
        model=Model(state=type(start), initial=start, transitions=()),
        invariants=tuple(p for p, _ in properties if isinstance(p, Invariant)),
        rules=tuple(p for p, _ in properties if isinstance(p, Rule)),
        assumptions=assumptions,
    )
    return Toy(contract, spec, {p.name: expected for p, expected in properties})
