"""What has to be proved, one query at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.check.prove.subject import Execution
from harness.lang import Invariant, Property, Rule
from harness.symbolic.storage import Storage
from harness.term.core import Term


@dataclass(frozen=True, eq=False)
class Obligation:
    """One claim about one way in.

    `case` tells the claims of one property about one function apart (``success``, ``revert`` ...). Under
    the named `hypotheses` the `goal` must hold. `after` is the storage that the goal speaks of, for
    replays; `assumptions` are the modelling decisions that its terms rest on, `premises` those of the
    claim's implications. `runs` are the two that a relation compares.
    """

    property: str
    function: str
    case: str
    hypotheses: tuple[tuple[str, Term], ...]
    goal: Term
    after: Storage | None = None
    source: Property | None = None
    keys: tuple[tuple[str, Term], ...] = ()
    assumptions: frozenset[str] = frozenset()
    premises: tuple[Term, ...] = ()
    runs: tuple[Execution, ...] = ()


def assumed(obligation: Obligation, invariants: Iterable[Invariant]) -> list[Invariant]:
    """Return the invariants that an obligation may rest on: one that only holds between calls not always."""
    source = obligation.source
    every = isinstance(source, Rule) or (isinstance(source, Invariant) and source.between_calls)
    return [one for one in invariants if every or not one.between_calls]
