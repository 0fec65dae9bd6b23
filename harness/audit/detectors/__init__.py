"""Detectors of our own for staking pools, a Slither plugin: `slither` itself finds them once this is installed."""

from __future__ import annotations

from slither.detectors.abstract_detector import AbstractDetector

DETECTORS: tuple[type[AbstractDetector], ...] = ()


def plugin() -> tuple[list[type[AbstractDetector]], list[type]]:
    """Return the detectors and printers, as Slither's plugin interface wants them."""
    return list(DETECTORS), []
