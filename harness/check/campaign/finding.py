"""What a campaign finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Aspect(Enum):
    """In what the model and the contract disagree."""

    DEPLOYMENT = "state after deployment"
    OUTCOME = "success or refusal"
    RETURNS = "return values"
    EVENTS = "events"
    STORAGE = "storage"
    COMPANION = "storage of a contract around it"
    ETHER = "ether"
    MODEL = "the model is not defined here"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong after call number `step` (from 0; -1: at the start).

    `aspect` says in what model and contract differ; where it is None, the property called `name` is
    broken instead. `keys` are the values of the property's quantified parameters. `expected` and `actual`
    are texts.
    """

    step: int
    name: str
    aspect: Aspect | None = None
    expected: str = ""
    actual: str = ""
    keys: dict[str, int] = field(default_factory=dict)

    @property
    def signature(self) -> tuple[str, Any]:
        """What makes two findings the same defect: shrinking must keep it."""
        return self.name, self.aspect

    def __str__(self) -> str:
        if self.aspect is None:
            at = ", ".join(f"{name} = {value:#x}" for name, value in self.keys.items())
            return f"{self.name} is broken" + (f" at {at}" if at else "")
        return f"{self.aspect.value}: the model says {self.expected}, the contract {self.actual}"
