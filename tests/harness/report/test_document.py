from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from harness.check.verdict import Outcome, Verdict
from harness.lang import Assumption, Model, Spec, invariant, record
from harness.report.document import Report, describe, from_json, schema, to_json
from harness.report.errors import ReportError


@record
class Counter:
    count: int = 0


@invariant(kills="count_from_one")
def counts(pool: Counter) -> bool:
    """The count is never negative.

    Nothing counts down.
    """
    return pool.count >= 0


SPEC = Spec(
    "toy",
    "A counter",
    Model(Counter, Counter(), ()),
    (counts,),
    assumptions=(Assumption("hashes_differ", "Hashes do not collide.", "It is infeasible.", "cryptography"),),
)
ENVIRONMENT: dict[str, Any] = {
    "poolproof": "0.1.0",
    "command": ["prove", "toy"],
    "python": "3.11.7",
    "platform": "Linux",
    "cpus": 2,
    "packages": {"pyrevm": "0.3.7"},
    "commit": None,
    "seed": 7,
    "solc": {"toy": {"version": "0.8.30"}},
}
VERDICTS = tuple(
    Verdict("toy", "prove", "counts", "add()", outcome, 0.25, "why", ("hashes_differ",), {"queries": 3})
    for outcome in Outcome
)
REPORT = Report(VERDICTS, ENVIRONMENT, {"toy": describe(SPEC, "Counter.sol:Counter")})


def test_the_json_is_as_the_schema_says() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(json.loads(to_json(REPORT)))


def test_the_schema_knows_every_outcome() -> None:
    known = schema()["$defs"]["verdict"]["properties"]["verdict"]["enum"]
    assert set(known) == {outcome.value for outcome in Outcome}


def test_a_report_comes_back_from_its_json_as_it_was() -> None:
    assert from_json(to_json(REPORT), "report.json") == REPORT


def test_a_target_is_described_by_its_sentences() -> None:
    [described] = REPORT.targets["toy"]["properties"]

    assert described["sentence"] == "The count is never negative."
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
        (to_json(REPORT).replace('"PROVED"', '"FINE"'), r"at \$.verdicts\[0\].verdict, 'FINE'"),
    ],
)
def test_what_is_not_a_report_is_refused_with_the_reason(text: str, complaint: str) -> None:
    with pytest.raises(ReportError, match=complaint):
        from_json(text, "report.json")
