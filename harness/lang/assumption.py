"""Assumptions: what a verdict takes for granted, with the reason and who discharges it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Assumption:
    """One thing taken for granted.

    `discharged_by` says what makes it credible: a check of ours by name, a
    theorem about the EVM, or the reader. `predicate`, where there is one, is
    ``(before, call) -> Prop`` and is assumed of every call; without it the
    assumption describes a modelling decision of the prover.
    """

    name: str
    sentence: str
    reason: str
    discharged_by: str
    predicate: Callable[..., Any] | None = None
