"""What the verdicts of a whole proof are worth together.

Each induction step takes every invariant for granted before the call. That is sound only if each of them
is proved in turn: where one is not, nothing that rests on it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from harness.check.verdict import Outcome, Verdict
from harness.lang import Spec

PREFIX = "invariant "
PREMISES = "premises"
"""The evidence that says for each implication of a rule whether its premise can hold (None: undecided)."""

LOST = ""
"""The property of a verdict on a task that came to no end: nothing is known of any invariant there."""


def settled(
    verdicts: Iterable[Verdict], spec: Spec[Any], whole: bool, everywhere: bool | None = None
) -> list[Verdict]:
    """Return the verdicts with those taken back that rest on an invariant which is not proved.

    An invariant's own steps may rest on it: they say which functions keep it. Where the proof is not the
    `whole` one, a verdict says that it rests on invariants which were not looked at. The claims that were
    looked at `everywhere` (as in a whole proof) are VACUOUS where they say nothing.
    """
    result = list(verdicts)
    invariants = {one.name for one in spec.invariants}
    while True:
        failed = {one.property for one in result if one.outcome is not Outcome.PROVED}
        unproved = invariants if LOST in failed else invariants & failed
        weakened = [_weakened(one, unproved) for one in result]
        if weakened == result:
            found = _emptied(result) if (whole if everywhere is None else everywhere) else result
            return found if whole else [_conditional(one) for one in found]
        result = weakened


def _emptied(verdicts: list[Verdict]) -> list[Verdict]:
    """Return the verdicts with those proofs VACUOUS that are of a claim with a premise which can never hold.

    A claim about several functions needs each premise to be possible for one of them; where it is not proved
    for all of them, nothing is said of that.
    """
    unproved = {one.property for one in verdicts if one.outcome is not Outcome.PROVED}
    if LOST in unproved:
        return verdicts
    met: dict[str, list[list[bool | None]]] = {}
    for verdict in verdicts:
        if verdict.property not in unproved:
            met.setdefault(verdict.property, []).append(verdict.evidence.get(PREMISES, []))
    empty: dict[str, int] = {}
    for name, found in met.items():
        places = zip_longest(*found, fillvalue=False)
        never = [place for place, one in enumerate(places, 1) if all(each is False for each in one)]
        empty |= {name: never[0]} if never else {}
    return [
        replace(one, outcome=Outcome.VACUOUS, detail=f"premise {empty[one.property]} can never hold")
        if one.property in empty
        else one
        for one in verdicts
    ]


def rests_on(verdict: Verdict) -> set[str]:
    """Return the names of the invariants that a proof used."""
    used = verdict.evidence.get("hypotheses", ())
    return {name.removeprefix(PREFIX) for name in used if name.startswith(PREFIX)}


def _weakened(verdict: Verdict, unproved: set[str]) -> Verdict:
    missing = sorted(rests_on(verdict) & unproved - {verdict.property})
    if verdict.outcome is not Outcome.PROVED or not missing:
        return verdict
    named = ", ".join(f"`{name}`" for name in missing)
    return replace(verdict, outcome=Outcome.UNKNOWN, detail=f"rests on {named}, not proved")


def _conditional(verdict: Verdict) -> Verdict:
    if verdict.outcome is not Outcome.PROVED or not rests_on(verdict) - {verdict.property}:
        return verdict
    return replace(verdict, detail="given the invariants, of which this run did not look at every step")
