"""Detectors of our own, usable in plain Slither too."""

from __future__ import annotations

from slither.detectors.abstract_detector import AbstractDetector

DETECTORS: tuple[type[AbstractDetector], ...] = ()
