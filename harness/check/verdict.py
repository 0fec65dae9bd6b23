"""The verdicts: the only way a check says what it found."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Any


class Outcome(Enum):
    """What was decided about one property of one function."""

    PROVED = "PROVED"
    """Holds for every state and every call, under the printed assumptions."""
    HELD = "HELD"
    """Held in everything that was executed: a campaign, a replay, an audit. No proof."""
    LIMITATION = "LIMITATION"
    """Refuted, as the specification declares: a known limitation, with its executed counterexample."""
    REFUTED = "REFUTED"
    """Broken by a sequence of calls from deployment, executed on the EVM."""
    NOT_INDUCTIVE = "NOT_INDUCTIVE"
    """Broken in one step from a state confirmed on the EVM; no sequence that reaches it was found."""
    DIVERGED = "DIVERGED"
    """Model and contract disagree on an executed call."""
    FOUND = "FOUND"
    """An audit finding that the committed baseline does not explain."""
    UNEXPECTED = "UNEXPECTED"
    """Declared a known limitation, and proved: the declaration is out of date."""
    BOUNDED = "BOUNDED"
    """Holds up to the stated number of calls."""
    UNKNOWN = "UNKNOWN"
    """Not decided; the detail says why (time, memory, the solver's reason)."""
    VACUOUS = "VACUOUS"
    """The hypotheses cannot be met, so the property says nothing."""
    UNSUPPORTED = "UNSUPPORTED"
    """The contract uses a construct the prover does not handle; the detail names it."""


class ExitCode(IntEnum):
    """The process's exit codes, stable."""

    HOLDS = 0
    BROKEN = 1
    USAGE = 2
    INCOMPLETE = 3


HOLDING = frozenset({Outcome.PROVED, Outcome.HELD, Outcome.LIMITATION})
BROKEN = frozenset(
    {Outcome.REFUTED, Outcome.DIVERGED, Outcome.FOUND, Outcome.NOT_INDUCTIVE, Outcome.UNEXPECTED}
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row of a result.

    `check` is the kind of check (``prove``, ``fuzz``, ``audit``, ``equiv`` ...),
    `function` the ABI signature or "" where the check is about the whole
    contract. `assumptions` names what the verdict rests on, `evidence` holds
    check-specific data (statistics, a replay file's path) fit for JSON.
    """

    target: str
    check: str
    property: str
    function: str
    outcome: Outcome
    seconds: float
    detail: str = ""
    assumptions: tuple[str, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)


def exit_code(verdicts: list[Verdict]) -> ExitCode:
    """Return the exit code for `verdicts`: broken beats incomplete beats holding.

    No verdict at all is incomplete: a run that decided nothing never passes.
    """
    outcomes = {verdict.outcome for verdict in verdicts}
    if outcomes & BROKEN:
        return ExitCode.BROKEN
    if not outcomes or outcomes - HOLDING:
        return ExitCode.INCOMPLETE
    return ExitCode.HOLDS
