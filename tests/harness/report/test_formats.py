from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from junitparser import Error, Failure, JUnitXml

from harness.check.verdict import Outcome
from harness.report.document import Report, from_json, schema, to_json
from harness.report.html import render_html, render_markdown
from harness.report.junit import render_junit
from harness.report.sarif import render_sarif

SARIF_SCHEMA = Path(__file__).with_name("sarif-2.1.0-rtm.5.schema.json")
VOID = {"meta", "wbr", "link", "br", "hr", "img", "input", "rect"}


class Page(HTMLParser):
    """The ids, links and addresses of a page, and whether its elements are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "a":
            self.links.append(str(values["href"]))
        self.sources.extend(str(value) for name, value in attrs if name in ("src", "action"))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag in VOID or self.open.pop() == tag


def test_the_json_of_a_full_report_is_as_the_schema_says(report: Report) -> None:
    jsonschema.Draft202012Validator(schema()).validate(json.loads(to_json(report)))
    assert from_json(to_json(report), "report.json") == report


def test_every_link_of_the_page_leads_somewhere_on_it(report: Report) -> None:
    page = Page(render_html(report))

    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert page.open == []


def test_the_page_needs_nothing_but_itself(report: Report) -> None:
    text = render_html(report)
    text = re.sub(r'xmlns(:xlink)?="[^"]*"', "", text)  # names, not addresses

    assert Page(text).sources == []
    assert "http://" not in text
    assert "https://" not in text
    assert "@import" not in text


def test_the_page_tells_the_story_of_a_refutation(report: Report) -> None:
    text = render_html(report)

    assert "2 of 6 obligations do not hold; 1 was not decided." in text
    assert "<strong>STRANGER</strong> calls <code>remove(6)</code>" in text
    assert f"<td>5</td><td>{2**256 - 1}</td>" in text
    assert "poolproof replay build/replays/counts.json" in text


def test_figures_are_drawn_the_same_every_time_and_in_the_colours_of_the_page(illustrated: Report) -> None:
    text = render_html(illustrated)

    assert render_html(illustrated) == text
    assert from_json(to_json(illustrated), "report.json") == illustrated
    jsonschema.Draft202012Validator(schema()).validate(json.loads(to_json(illustrated)))
    assert len(Page(text).ids) == len(set(Page(text).ids))
    assert text.count("<figure>") == 2
    assert "How <code>count</code> grows." in text
    assert "currentColor" in text


def test_text_of_a_specification_is_never_markup(report: Report) -> None:
    assert "<script> is only" not in render_html(report)
    assert "<code>count &lt; 1 &amp; &lt;script&gt;</code> is only text" in render_html(report)


def test_the_markdown_says_what_does_not_hold_and_of_what_it_is_the_failure(report: Report) -> None:
    text = render_markdown(report)

    assert "- **REFUTED** `counts` in `remove(uint256)` (prove): 2 calls" in text
    assert "1 HELD, 1 PROVED, 1 REFUTED" in text
    assert "| Hashes do not collide. | It is infeasible. | cryptography | 1 |" in text


@pytest.mark.parametrize(
    ("outcome", "headline"),
    [
        (Outcome.PROVED, "Everything holds: 1 of 1 obligations."),
        (Outcome.REFUTED, "1 of 1 obligations does not hold."),
        (Outcome.UNKNOWN, "1 of 1 obligations was not decided."),
    ],
)
def test_the_headline_is_the_outcome_of_the_run(report: Report, outcome: Outcome, headline: str) -> None:
    single = replace(report, verdicts=(replace(report.verdicts[0], outcome=outcome),))

    assert headline in render_html(single)
    assert headline in render_markdown(single)


def test_an_empty_or_interrupted_run_never_looks_like_a_success(report: Report) -> None:
    assert "0 of 0 obligations were not decided" in render_html(replace(report, verdicts=()))
    assert "stopped before everything was decided" in render_html(replace(report, interrupted=True))


def sarif_of(report: Report) -> Any:
    return json.loads(render_sarif(report))["runs"][0]


def test_the_sarif_is_as_its_schema_says(report: Report) -> None:
    validator = jsonschema.Draft4Validator(json.loads(SARIF_SCHEMA.read_text()))
    assert [*validator.iter_errors(json.loads(render_sarif(report)))] == []


def test_the_sarif_has_a_result_for_each_thing_that_does_not_hold(report: Report) -> None:
    results = {result["ruleId"]: result for result in sarif_of(report)["results"]}

    assert results["toy/prove/counts"]["level"] == "error"
    assert results["toy/prove/effect"]["kind"] == "open"
    assert results["audit/dead-code"]["level"] == "note"
    assert "suppressions" not in results["audit/dead-code"]
    assert results["audit/timestamp"]["suppressions"][0]["justification"] == "A second does not matter."
    assert len(results) == 4


def test_a_detector_is_explained_and_graded_and_a_property_has_its_sentence(report: Report) -> None:
    rules = {rule["id"]: rule for rule in sarif_of(report)["tool"]["driver"]["rules"]}

    detector = rules["audit/timestamp"]
    assert detector["help"]["text"] == "Slither's detector timestamp: impact Low, confidence Medium."
    assert detector["properties"]["security-severity"] == "2.0"
    assert rules["toy/prove/counts"]["help"]["text"].startswith("The count is never negative")


def test_a_result_points_at_the_function_in_the_solidity(report: Report) -> None:
    [result] = [each for each in sarif_of(report)["results"] if each["ruleId"] == "toy/prove/counts"]
    place = result["locations"][0]["physicalLocation"]

    assert place["artifactLocation"]["uri"] == "Counter.sol"
    assert place["region"] == {"startLine": 4, "endLine": 6}


def test_fingerprints_survive_a_change_of_detail_and_line(report: Report) -> None:
    def fingerprints(given: Report) -> list[Any]:
        return [result["partialFingerprints"] for result in sarif_of(given)["results"]]

    moved = tuple(replace(verdict, detail="other words", seconds=9.0) for verdict in report.verdicts)
    assert fingerprints(replace(report, verdicts=moved)) == fingerprints(report)


def test_the_junit_file_has_a_case_an_obligation_and_an_error_for_the_undecided(report: Report) -> None:
    document = JUnitXml.fromstring(render_junit(report))
    cases = {case.name: case for suite in document for case in suite}

    assert len(cases) == len(report.verdicts)
    assert cases["counts[add(uint256)]"].is_passed
    assert isinstance(cases["counts[remove(uint256)]"].result[0], Failure)
    assert isinstance(cases["effect[remove(uint256)]"].result[0], Error)
    assert (document.tests, document.failures, document.errors) == (6, 2, 1)


def test_the_junit_file_holds_no_character_that_xml_forbids(report: Report) -> None:
    broken = replace(report.verdicts[1], detail="a\x00b\x1b[31m")
    assert "ab[31m" in render_junit(replace(report, verdicts=(broken,)))
