"""The report as SARIF 2.1.0, for code scanning: a result for everything that does not hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from harness.check.verdict import BROKEN, HOLDING, Verdict
from harness.report.document import Report

Json = dict[str, Any]
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_FINGERPRINT = "poolproof/v1"
_SEVERITY = {"High": "8.0", "Medium": "5.0", "Low": "2.0"}
"""What GitHub sorts alerts by; it calls 7.0 and more high, 4.0 and more medium."""


def render_sarif(report: Report) -> str:
    """Return the report as SARIF text.

    A rule is a property or a detector. What holds is not a result, but for the audit findings that the
    baseline accepts: those are suppressed results, with the reason as justification. A fingerprint depends
    on the target, the check, the property and the function only, so it outlives edits around them.
    """
    shown = [verdict for verdict in report.verdicts if _is_shown(verdict)]
    rules = {_rule_id(verdict): _rule(report, verdict) for verdict in shown}
    positions = {name: position for position, name in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "poolproof",
                "version": report.environment["poolproof"],
                "rules": list(rules.values()),
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, verdict, positions[_rule_id(verdict)]) for verdict in shown],
        "invocations": [
            {"executionSuccessful": not report.interrupted, "arguments": report.environment["command"]}
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _is_shown(verdict: Verdict) -> bool:
    return verdict.outcome not in HOLDING or "finding" in verdict.evidence


def _rule_id(verdict: Verdict) -> str:
    if verdict.check == "audit":
        return f"audit/{verdict.property}"
    return "/".join(part for part in (verdict.target, verdict.check, verdict.property) if part)


def _rule(report: Report, verdict: Verdict) -> Json:
    known = next((entry for entry in _properties(report, verdict) if entry["name"] == verdict.property), None)
    if known is None:
        what = f"{verdict.check}: {verdict.property or verdict.target}"
        return {"id": _rule_id(verdict), "shortDescription": {"text": what}, **_detector(verdict)}
    help_text = "\n\n".join(text for text in (known["sentence"], known["reason"]) if text)
    return {
        "id": _rule_id(verdict),
        "name": known["name"],
        "shortDescription": {"text": known["sentence"]},
        "help": {"text": help_text, "markdown": f"{help_text}\n\n```python\n{known['source']}```\n"},
    }


def _detector(verdict: Verdict) -> Json:
    """Return what code scanning shows of a detector: what it is, and how grave its findings are."""
    finding = verdict.evidence.get("finding")
    if finding is None:
        return {}
    grade = f"impact {finding['impact']}, confidence {finding['confidence']}"
    text = f"Slither's detector {finding['detector']}: {grade}."
    severity = _SEVERITY.get(finding["impact"])
    graded = {"properties": {"tags": ["security"], "security-severity": severity}} if severity else {}
    return {"help": {"text": text}, **graded}


def _properties(report: Report, verdict: Verdict) -> Iterable[Json]:
    context = report.targets.get(verdict.target)
    yield from context["properties"] if context is not None else ()


def _result(report: Report, verdict: Verdict, rule: int) -> Json:
    result = {
        "ruleId": _rule_id(verdict),
        "ruleIndex": rule,
        "level": _level(verdict),
        "kind": "fail" if verdict.outcome in BROKEN or verdict.outcome in HOLDING else "open",
        "message": {"text": _message(verdict)},
        "locations": [_location(report, verdict)],
        "partialFingerprints": {_FINGERPRINT: _fingerprint(verdict)},
    }
    if verdict.outcome in HOLDING:
        result["suppressions"] = [{"kind": "external", "justification": verdict.evidence.get("reason", "")}]
    return result


def _level(verdict: Verdict) -> str:
    finding = verdict.evidence.get("finding")
    if finding is not None:
        return {"High": "error", "Medium": "warning"}.get(finding["impact"], "note")
    # SARIF wants "none" for a result that is still open.
    return "error" if verdict.outcome in BROKEN else "none"


def _message(verdict: Verdict) -> str:
    where = f" in {verdict.function}" if verdict.function else ""
    lines = [f"{verdict.outcome.value}: {verdict.property or verdict.check}{where}.", verdict.detail]
    if verdict.evidence.get("replay"):
        lines.append(f"See it happen: poolproof replay {verdict.evidence['replay']}")
    return "\n".join(line for line in lines if line)


def _location(report: Report, verdict: Verdict) -> Json:
    file, first, last = _place(report, verdict)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": file, "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": first, "endLine": last},
        }
    }


def _place(report: Report, verdict: Verdict) -> tuple[str, int, int]:
    """Return file, first and last line: the verdict's own place, else its function, else its contract."""
    finding = verdict.evidence.get("finding")
    if finding is not None:
        return finding["file"], finding["first_line"], finding["last_line"]
    context = report.targets.get(verdict.target, {})
    places = [
        entry["location"] for entry in context.get("functions", ()) if entry["signature"] == verdict.function
    ]
    for place in (verdict.evidence.get("location"), *places):
        if place is not None:
            return place["file"], place["line"], place.get("end_line", place["line"])
    return context.get("contract", verdict.target).partition(":")[0], 1, 1


def _fingerprint(verdict: Verdict) -> str:
    finding = verdict.evidence.get("finding")
    if finding is not None:
        return str(finding["fingerprint"])
    text = "\n".join([verdict.target, verdict.check, verdict.property, verdict.function])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
