"""What is asked of a solver, and what it answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from harness.errors import PoolproofError
from harness.solver.model import Model
from harness.term.core import Term
from harness.term.evaluate import EvaluationError

KECCAK_INJECTIVE = "keccak_injective"
"""The hypothesis, added by the encoder, that different words have different hashes."""


class SolverError(PoolproofError):
    """A query that cannot be posed, or a solver that misbehaved; the message says which."""


class Status(Enum):
    """What a check found."""

    PROVED = "proved"
    """No assignment satisfies the hypotheses and refutes the goal."""
    MODEL = "model"
    """An assignment was found, and confirmed by evaluating hypotheses and goal."""
    UNKNOWN = "unknown"
    """Not decided; the reason says why."""


class Opinion(Enum):
    """What a second solver says of a proof."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    GAVE_UP = "gave up"


@dataclass(frozen=True, slots=True)
class Query:
    """Do the hypotheses (named boolean terms) imply the goal?

    Names are unique; raises SolverError otherwise, or where a term is no boolean.
    """

    hypotheses: tuple[tuple[str, Term], ...]
    goal: Term

    def __init__(self, hypotheses: Iterable[tuple[str, Term]], goal: Term) -> None:
        """Pose the query."""
        object.__setattr__(self, "hypotheses", tuple(hypotheses))
        object.__setattr__(self, "goal", goal)
        seen: set[str] = set()
        for name, _ in self.hypotheses:
            if name in seen or name == KECCAK_INJECTIVE or "|" in name or "\\" in name:
                raise SolverError(f"hypothesis name {name!r} is reserved, used twice, or has a | or \\ in it")
            seen.add(name)
        for name, term in (*self.hypotheses, ("goal", goal)):
            if not term.boolean:
                raise SolverError(f"{name} is not a boolean term")

    def roots(self) -> list[Term]:
        """Return the hypotheses' terms, and the goal as the last."""
        return [*(term for _, term in self.hypotheses), self.goal]


def confirmed(model: Model, query: Query) -> bool:
    """Say whether evaluation makes every hypothesis true and the goal false."""
    try:
        *given, goal = model.evaluate(query.roots())
    except EvaluationError:
        return False
    return all(given) and not goal


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check found, in how many seconds of the processor.

    `core` names hypotheses that suffice for a proof (not necessarily the
    fewest); `model` is there for Status.MODEL; `reason` explains Status.UNKNOWN;
    `stage` says what decided (``trivial``, ``facts``, ``opaque``, ``linear``, ``pinned``, ``exact``);
    `second` is what another solver says of it, None where none was asked; `cases` are the seconds of each
    question, where the values of a symbol were asked about one by one.
    """

    status: Status
    seconds: float
    reason: str = ""
    model: Model | None = None
    core: tuple[str, ...] = ()
    stage: str = ""
    second: Opinion | None = None
    cases: tuple[float, ...] = ()
