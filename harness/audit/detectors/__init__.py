"""Detectors of our own for staking pools: a Slither plugin, found by `slither` wherever this is installed."""

from __future__ import annotations

from harness.audit.detectors.base import PoolDetector
from harness.audit.detectors.call_before_effects import CallBeforeEffects
from harness.audit.detectors.deadline import DeadlineStrictness
from harness.audit.detectors.id_index import IdIndexMismatch
from harness.audit.detectors.lost_update import LostUpdate
from harness.audit.detectors.missing_modifier import MissingModifier
from harness.audit.detectors.narrow_multiplication import NarrowMultiplication
from harness.audit.detectors.narrowing_cast import NarrowingCast
from harness.audit.detectors.reset import AmountResetBeforePayment, KeyResetBeforeUse
from harness.audit.detectors.storage_gap import StorageGap

DETECTORS: tuple[type[PoolDetector], ...] = (
    AmountResetBeforePayment,
    CallBeforeEffects,
    DeadlineStrictness,
    IdIndexMismatch,
    KeyResetBeforeUse,
    LostUpdate,
    MissingModifier,
    NarrowMultiplication,
    NarrowingCast,
    StorageGap,
)


def plugin() -> tuple[list[type[PoolDetector]], list[type]]:
    """Return the detectors and printers, as Slither's plugin interface wants them."""
    return list(DETECTORS), []
