"""The report as data: what every other format is rendered from, and its JSON form."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from importlib import resources
from typing import Any

from harness.check.verdict import Outcome, Verdict
from harness.lang import Assumption, Figure, Property, Spec
from harness.report.errors import ReportError

SCHEMA = 1
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """One check of one target, and the seconds that passed while it ran."""

    target: str
    check: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """What one run decided.

    `environment` and `targets` are as the JSON Schema describes them; `interrupted` says that the
    run was stopped before it had decided everything.
    """

    verdicts: tuple[Verdict, ...]
    environment: Json
    targets: dict[str, Json] = field(default_factory=dict)
    runs: tuple[Run, ...] = ()
    interrupted: bool = False


def schema() -> Json:
    """Return the JSON Schema of a report."""
    text = resources.files("harness.report").joinpath("schema/report.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def to_json(report: Report) -> str:
    """Return the report as JSON text, ending in a newline."""
    document = {
        "schema": SCHEMA,
        "interrupted": report.interrupted,
        "runs": [asdict(run) for run in report.runs],
        "verdicts": [_verdict_to_json(verdict) for verdict in report.verdicts],
        "targets": report.targets,
        "environment": report.environment,
    }
    return json.dumps(document, indent=2) + "\n"


def from_json(text: str, name: str) -> Report:
    """Return the report that `text` holds; `name` is what errors call it.

    Raises:
        ReportError: if it is not JSON, or not as the schema says.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ReportError(f"{name} is not JSON: {error}.") from error
    version = document.get("schema") if isinstance(document, dict) else None
    if version != SCHEMA:
        raise ReportError(
            f"{name} is not a report of schema {SCHEMA} (its schema is {version!r}): make it anew."
        )
    _validate(document, name)
    verdicts = tuple(_verdict_from_json(verdict) for verdict in document["verdicts"])
    return Report(
        verdicts,
        document["environment"],
        document.get("targets", {}),
        tuple(Run(**run) for run in document.get("runs", ())),
        document["interrupted"],
    )


def _validate(document: Json, name: str) -> None:
    """Raise ReportError unless a document is as the schema says."""
    import jsonschema  # takes long, and only who reads a report needs it

    validator = jsonschema.Draft202012Validator(schema())
    wrong = jsonschema.exceptions.best_match(validator.iter_errors(document))
    if wrong is not None:
        raise ReportError(f"{name} is not a report: at {wrong.json_path}, {wrong.message}.")


def describe(spec: Spec[Any], contract: str) -> Json:
    """Return what a report says of a target: its properties with their sentences, and its assumptions."""
    return {
        "title": spec.title,
        "contract": contract,
        "properties": [*_properties(spec.properties, False), *_properties(spec.limitations, True)],
        "assumptions": [describe_assumption(assumption) for assumption in spec.assumptions],
        "figures": [_figure(figure()) for figure in spec.figures],
    }


def describe_assumption(assumption: Assumption) -> Json:
    """Return what a report says of an assumption."""
    return {
        "name": assumption.name,
        "sentence": assumption.sentence,
        "reason": assumption.reason,
        "discharged_by": assumption.discharged_by,
    }


def _properties(properties: Iterable[Property], limitation: bool) -> Iterable[Json]:
    for item in properties:
        yield {
            "name": item.name,
            "kind": item.kind,
            "sentence": item.sentence,
            "reason": item.reason,
            "kills": list(item.kills),
            "limitation": limitation,
            "source": inspect.getsource(item.predicate),
        }


def _figure(figure: Figure) -> Json:
    points = [[list(point) for point in series.points] for series in figure.series]
    series = [{**asdict(each), "points": its} for each, its in zip(figure.series, points, strict=True)]
    return {**asdict(figure), "series": series}


def _verdict_to_json(verdict: Verdict) -> Json:
    return {
        "target": verdict.target,
        "check": verdict.check,
        "property": verdict.property,
        "function": verdict.function,
        "verdict": verdict.outcome.value,
        "seconds": round(verdict.seconds, 6),
        "detail": verdict.detail,
        "assumptions": list(verdict.assumptions),
        "evidence": verdict.evidence,
    }


def _verdict_from_json(entry: Json) -> Verdict:
    return Verdict(
        target=entry["target"],
        check=entry["check"],
        property=entry["property"],
        function=entry["function"],
        outcome=Outcome(entry["verdict"]),
        seconds=entry["seconds"],
        detail=entry["detail"],
        assumptions=tuple(entry["assumptions"]),
        evidence=entry["evidence"],
    )
