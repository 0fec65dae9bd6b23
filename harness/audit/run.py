"""The audit as a check: verdicts from findings and the baseline."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from harness.audit import CHECK
from harness.audit.baseline import Accepted, Baseline, Triage
from harness.audit.engine import Detections, detect
from harness.audit.finding import Failure, Finding
from harness.audit.outline import outline
from harness.audit.proofs import Proofs
from harness.check.verdict import Outcome, Verdict
from harness.compiler.tree import CompiledTree

SUMMARY = "no new finding"


def run_audit(
    tree: CompiledTree,
    baseline: Baseline,
    target: str,
    units: Iterable[str] | None = None,
    detections: Detections | None = None,
    proofs: Proofs | None = None,
    contract: tuple[str, str] | None = None,
) -> list[Verdict]:
    """Audit `tree` and return a verdict for each finding, stale entry and failed detector, and one for all.

    Args:
        tree: the sources, analysed.
        baseline: what is accepted, and why.
        target: what the verdicts call it.
        units: the sources to report on (default: all of the tree that are not dependencies). Compile one
            tree for several targets and name each one's units here: whether code is dead, for example,
            depends on the whole tree.
        detections: a run of the detectors over `tree` to use instead of a new one.
        proofs: what the prover says of the properties that accepted findings are harmless by.
        contract: the contract (unit, name) whose outline goes with the last verdict, if any.

    Raises:
        AuditError: if Slither cannot read the tree.
    """
    started = time.monotonic()
    found = detections or detect(tree)
    seconds = time.monotonic() - started
    triage = baseline.triage(found.findings, tree.own_units if units is None else units)
    return [
        *(_found(target, finding) for finding in triage.new),
        *(_stale(target, entry) for entry in triage.stale),
        *(_failed(target, failure) for failure in found.failures),
        *(_accepted(target, finding, entry, proofs or Proofs()) for finding, entry in triage.accepted),
        _summary(
            target, found, triage, seconds, asdict(outline(found.slither, *contract)) if contract else {}
        ),
    ]


def _summary(target: str, found: Detections, triage: Triage, seconds: float, seen: dict[str, Any]) -> Verdict:
    broken = triage.new or triage.stale
    outcome = Outcome.FOUND if broken else Outcome.UNKNOWN if found.failures else Outcome.HELD
    detail = (
        f"{len(found.detectors)} detectors: {len(triage.new)} new findings, "
        f"{len(triage.accepted)} accepted, {len(triage.stale)} stale entries"
    )
    evidence = {"detectors": list(found.detectors), "outline": seen}
    return Verdict(target, CHECK, SUMMARY, "", outcome, seconds, detail, evidence=evidence)


def _failed(target: str, failure: Failure) -> Verdict:
    detail = f"the detector failed: {failure.reason}"
    return Verdict(target, CHECK, failure.detector, "", Outcome.UNKNOWN, 0.0, detail)


def _found(target: str, finding: Finding) -> Verdict:
    return Verdict(
        target, CHECK, finding.detector, finding.place, Outcome.FOUND, 0.0, finding.description,
        evidence={"finding": asdict(finding)},
    )  # fmt: skip


def _accepted(target: str, finding: Finding, entry: Accepted, proofs: Proofs) -> Verdict:
    view = proofs.view(entry.proved_by)
    evidence = {"finding": asdict(finding), "reason": entry.reason, "proofs": view.standings}
    said = " ".join(filter(None, (entry.reason, view.sentence)))
    detail = f"accepted: {said}" if view.outcome is Outcome.HELD else said
    return Verdict(
        target, CHECK, finding.detector, finding.place, view.outcome, 0.0, detail, evidence=evidence
    )


def _stale(target: str, entry: Accepted) -> Verdict:
    detail = (
        f"stale baseline entry {entry.fingerprint}: it accepts a finding that is no longer there; "
        "remove it (or lower its count)"
    )
    return Verdict(
        target,
        CHECK,
        entry.detector,
        entry.place,
        Outcome.FOUND,
        0.0,
        detail,
        evidence={"stale": asdict(entry)},
    )
