"""Running Slither over a compiled tree: all of its detectors, ours and those of installed plugins."""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import metadata
from typing import Any

from slither import Slither
from slither.detectors import all_detectors
from slither.detectors.abstract_detector import AbstractDetector
from slither.exceptions import SlitherException

from harness.audit.detectors import DETECTORS
from harness.audit.errors import AuditError
from harness.audit.finding import Failure, Finding, finding_of
from harness.compiler.crytic import crytic_compile
from harness.compiler.tree import CompiledTree

PLUGIN_GROUP = "slither_analyzer.plugin"
# Slither has no common root for what a detector may raise on code that it does not expect.
DETECTOR_ERRORS = (
    SlitherException,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)
_LOGGERS = ("Slither", "Detectors", "CryticCompile", "ContractSolcParsing", "ExpressionParsing")


@dataclass(frozen=True, slots=True)
class Detections:
    """What a run of all detectors gave: their names, their findings about the tree itself, their failures.

    `slither` is what they looked at.
    """

    detectors: tuple[str, ...]
    findings: tuple[Finding, ...]
    failures: tuple[Failure, ...]
    slither: Slither = field(repr=False, compare=False)


def detect(tree: CompiledTree) -> Detections:
    """Run every detector over `tree`.

    Comments that silence Slither and files of its triage mode are ignored on purpose: what is accepted is
    said in the baseline, with a reason, or not at all.

    Raises:
        AuditError: if Slither cannot read the tree.
    """
    with quiet():
        slither = analyse(tree)
        findings: list[Finding] = []
        failures: list[Failure] = []
        for detector in detector_classes():
            slither.register_detector(detector)
        for instance in slither.detectors:
            try:
                findings.extend(_findings(instance))
            except DETECTOR_ERRORS as error:
                failures.append(Failure(instance.ARGUMENT, f"{type(error).__name__}: {error}"))
    names = tuple(sorted(detector.ARGUMENT for detector in detector_classes()))
    ordered = sorted(findings, key=lambda found: (found.file, found.first_line, found.detector, found.place))
    return Detections(names, tuple(ordered), tuple(failures), slither)


def _findings(detector: AbstractDetector) -> list[Finding]:
    """Return what `detector` finds, each once.

    Not by its `detect`: that takes equal findings in contracts of one name for one, wherever they are.
    """
    if not detector._is_applicable_detector():
        return []
    found: dict[str, Finding] = {}
    for output in detector._detect():
        finding = finding_of(output.data)
        if finding is not None:
            found.setdefault(json.dumps(output.data, sort_keys=True), finding)
    return list(found.values())


def analyse(tree: CompiledTree) -> Slither:
    """Return Slither's view of `tree`.

    Raises:
        AuditError: if Slither cannot read it.
    """
    try:
        return Slither(crytic_compile(tree))
    except DETECTOR_ERRORS as error:
        raise AuditError(
            f"Slither cannot analyse {tree.project.root} ({type(error).__name__}: {error}): "
            "try a solc version that it knows."
        ) from error


@lru_cache(maxsize=1)
def detector_classes() -> tuple[type[AbstractDetector], ...]:
    """Return the classes of all detectors, each once: Slither's own, ours, and other plugins'."""
    classes: list[Any] = [value for value in vars(all_detectors).values() if _is_detector(value)]
    classes.extend(DETECTORS)
    for entry_point in metadata.entry_points(group=PLUGIN_GROUP):
        detectors, _ = entry_point.load()()
        classes.extend(detectors)
    return tuple(dict.fromkeys(classes))


def _is_detector(value: object) -> bool:
    return inspect.isclass(value) and issubclass(value, AbstractDetector) and value is not AbstractDetector


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Slither's loggers off the terminal: what they say is in the findings."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
