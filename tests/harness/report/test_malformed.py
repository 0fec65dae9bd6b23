"""A report that somebody damaged: one sentence, or every form of it, and never a traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from harness.check.verdict import Outcome, Verdict
from harness.report.document import Report, from_json, to_json
from harness.report.errors import ReportError
from harness.report.html import render_html, render_markdown
from harness.report.junit import render_junit
from harness.report.sarif import render_sarif
from tests.harness.report.test_page import CODE, EXECUTED, MUTANT, OUTLINE, SOURCES, found, limitation

FORMS = (render_html, render_markdown, render_junit, render_sarif)
GONE = object()


@pytest.fixture
def document(report: Report) -> Any:
    """The JSON of a report with one of everything."""
    evidence = {"executed": EXECUTED, "outline": OUTLINE, "coverage": {"events": {"Added": 0}}}
    context = {
        **report.targets["toy"],
        "sources": SOURCES,
        "code": CODE,
        "mutants": {"automatic": {"about": {}, "current": True, "mutants": {"m": {"state": "survived"}}}},
    }
    more = (
        limitation(),
        found(counts="PROVED"),
        Verdict("toy", "fuzz", "model", "", Outcome.HELD, 1.0, "", evidence=evidence),
        Verdict("toy", "mutants", "count_from_one", "", Outcome.HELD, 1.0, "", evidence=MUTANT),
    )
    full = replace(report, verdicts=(*report.verdicts, *more), targets={"toy": context})
    return json.loads(to_json(full))


def paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to everything in a document."""
    if above:
        yield above
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from paths(each, (*above, key))


def damaged(document: Any, path: tuple[Any, ...], value: object) -> str:
    """Return the document with something else in one place, or with nothing there."""
    other = copy.deepcopy(document)
    place = other
    for key in path[:-1]:
        place = place[key]
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(other)


def test_a_damaged_report_is_refused_in_one_sentence_or_shown(document: Any) -> None:
    refused: list[str] = []
    for number, path in enumerate(paths(document)):
        # Every place is damaged once, each time in another of these ways.
        value = (GONE, None, 7, "other", [], {})[number % 6]
        try:
            read = from_json(damaged(document, path, value), "report.json")
        except ReportError as error:
            refused.append(str(error))
            continue
        for render in FORMS:
            render(read)
    assert len(refused) > 100
    assert [sentence for sentence in refused if "\n" in sentence] == []


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"schema": 0}', '{"schema": 1}', "\x00", "nan"])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(ReportError, match=r"^report\.json is not .*\.$"):
        from_json(text, "report.json")
