from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from harness.check.verdict import Outcome, Verdict
from harness.report.document import Report, from_json, schema, to_json
from harness.report.errors import ReportError

EVERY_OUTCOME = tuple(
    Verdict("toy", "prove", "counts", "add()", outcome, 0.25, "why", ("hashes_differ",), {"queries": 3})
    for outcome in Outcome
)


@pytest.fixture
def outcomes(report: Report) -> Report:
    """A report with a verdict of every outcome."""
    return replace(report, verdicts=EVERY_OUTCOME)


def test_the_json_is_as_the_schema_says(outcomes: Report) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert [*jsonschema.Draft202012Validator(schema()).iter_errors(json.loads(to_json(outcomes)))] == []


def test_the_schema_knows_every_outcome() -> None:
    known = schema()["$defs"]["verdict"]["properties"]["verdict"]["enum"]
    assert set(known) == {outcome.value for outcome in Outcome}


def test_a_report_comes_back_from_its_json_as_it_was(outcomes: Report) -> None:
    assert from_json(to_json(outcomes), "report.json") == outcomes


def test_a_target_is_described_by_its_sentences(report: Report) -> None:
    [described] = report.targets["toy"]["properties"]

    assert described["sentence"] == "The count is never negative, and `count < 1 & <script>` is only text."
    assert described["reason"] == "Nothing counts down."
    assert described["kills"] == ["count_from_one"]
    assert "return pool.count >= 0" in described["source"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "not JSON"),
        ("[]", "not a report of schema 1"),
        ('{"schema": 2}', "its schema is 2"),
        ('{"schema": 1}', "is a required property"),
    ],
)
def test_what_is_not_a_report_is_refused_with_the_reason(text: str, complaint: str) -> None:
    with pytest.raises(ReportError, match=complaint):
        from_json(text, "report.json")


def test_a_verdict_that_does_not_exist_is_refused_with_its_place(outcomes: Report) -> None:
    with pytest.raises(ReportError, match=r"at \$.verdicts\[0\].verdict, 'FINE'"):
        from_json(to_json(outcomes).replace('"PROVED"', '"FINE"'), "report.json")
