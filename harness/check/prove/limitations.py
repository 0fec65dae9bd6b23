"""What verdicts on known limitations are worth: each has to be refuted, or else the run fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from harness.check.verdict import Outcome, Verdict
from harness.lang import Spec


def judged(verdicts: Iterable[Verdict], spec: Spec[Any]) -> Iterator[Verdict]:
    """Yield the verdicts, one for each known limitation that was looked at, after all others.

    One that is refuted somewhere is as it was declared. One that is proved everywhere is not, so that its
    declaration is out of date; what is neither is neither.
    """
    names = [one.name for one in spec.limitations]
    about: dict[str, list[Verdict]] = {name: [] for name in names}
    for verdict in verdicts:
        if verdict.property in about:
            about[verdict.property].append(verdict)
        else:
            yield verdict
    for found in about.values():
        if found:
            yield _judged(found)


def _judged(found: list[Verdict]) -> Verdict:
    """Return what one limitation's verdicts, one for each function that it is about, amount to."""
    refuted = next((one for one in found if one.outcome is Outcome.REFUTED), None)
    if refuted is not None:
        return replace(refuted, outcome=Outcome.LIMITATION, detail=f"as declared: {refuted.detail}")
    left = next((one for one in found if one.outcome is not Outcome.PROVED), None)
    if left is not None:
        return replace(left, detail=f"declared a known limitation, but not refuted: {left.detail}")
    detail = "declared a known limitation, but it holds: move it from `limitations` to the properties"
    return replace(found[0], outcome=Outcome.UNEXPECTED, detail=detail)
