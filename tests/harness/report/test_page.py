"""What the page shows besides verdicts: limitations, coverage, findings with proofs, outlines, mutants."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from harness.check.verdict import Outcome, Verdict
from harness.report.document import Report, from_json, schema, to_json
from harness.report.exercised import exercised
from harness.report.html import render_html, render_markdown
from harness.report.outlined import call_tree
from tests.harness.report.conftest import ADD, FINDING, REMOVE, STORY

EXECUTED: dict[str, Any] = {
    "kinds": 3,
    "calls": 4,
    "not_followed": 0,
    "files": [
        {"file": "lib/Math.sol", "lines": {"9": 1}, "branches": []},
        {
            "file": "Counter.sol",
            "lines": {"1": 4, "3": 0},
            "branches": [
                {"line": 1, "column": 2, "condition": "count < 5", "true": 4, "false": 0},
                {"line": 3, "column": 2, "condition": "open", "one": 1, "other": 2},
            ],
        },
    ],
}
SOURCES = {"Counter.sol": "if (count < 5)\n    // a <b>\n    count++;"}
OUTLINE: dict[str, Any] = {
    "bases": [{"name": "Counter", "file": "Counter.sol", "bases": ["Owned"], "is_dependency": False}],
    "access": [
        {
            "function": ADD,
            "declared_in": "Counter",
            "mutability": "",
            "modifiers": ["onlyOwner"],
            "conditions": [],
            "reads": ["owner"],
            "writes": ["count"],
        }
    ],
    "calls": [
        {"caller": "Counter.add", "callee": "Counter._add", "external": False},
        {"caller": "Counter._add", "callee": "Counter.add", "external": False},
        {"caller": "Counter._add", "callee": "Token.mint", "external": True},
    ],
}
CODE = {"runtime": "0x" + "12" * 32, "creation": "0x" + "34" * 32, "bytes": 77}
MUTANT = {
    "state": "killed",
    "automatic": False,
    "sentence": "It counts from 1.",
    "reason": "",
    "trials": [{"by": "proof", "noticed": ["counts"]}, {"by": "campaign", "noticed": []}],
}


WHOLE = tuple(
    Verdict("toy", "prove", "counts", name, Outcome.PROVED, 0.1, "", ("hashes_differ",))
    for name in (REMOVE, "deployment")
)
"""What a whole proof has beside the report's first verdict."""


def with_verdicts(report: Report, *verdicts: Verdict) -> Report:
    return replace(report, verdicts=(*report.verdicts[:1], *verdicts))


def limitation() -> Verdict:
    tests = {"pytest": "def test_it(): ...  # <here>"}
    evidence = {"story": STORY, "replay": "build/replays/known.json", "tests": tests}
    return Verdict("toy", "prove", "counts", ADD, Outcome.LIMITATION, 0.2, "as declared", evidence=evidence)


def found(**proofs: str) -> Verdict:
    evidence = {"finding": FINDING, "reason": "why", "proofs": proofs}
    return Verdict("toy", "audit", "timestamp", "f", Outcome.HELD, 0.0, "accepted: why", evidence=evidence)


def test_a_known_limitation_is_shown_apart_with_its_story_and_a_test_to_copy(report: Report) -> None:
    known = with_verdicts(report, limitation())
    text = render_html(known)

    assert "Everything holds: 1 of 1 obligations; 1 known limitation, as declared." in text
    assert '<a href="#limitations-toy">1 known limitation</a>' in text
    assert '<span class="badge known">LIMITATION</span>' in text
    assert "<strong>STRANGER</strong> calls" in text
    assert "def test_it(): ...  # &lt;here&gt;" in text
    assert "What does not hold" not in text
    assert "LIMITATION" in render_markdown(known)


def test_a_story_is_drawn_for_who_sees_and_told_to_who_does_not(report: Report) -> None:
    text = render_html(with_verdicts(report, limitation()))

    assert (
        'role="img" aria-label="Sequence diagram. STAKER calls add(5): ok; STRANGER calls remove(6)' in text
    )
    assert text.count("var(--paper)") > 1


def test_source_lines_are_shown_with_how_often_they_ran(report: Report) -> None:
    targets = {"toy": {**report.targets["toy"], "sources": SOURCES}}
    campaign = Verdict(
        "toy",
        "fuzz",
        "model",
        "",
        Outcome.HELD,
        1.0,
        "",
        evidence={"executed": EXECUTED, "coverage": {"e": {}}},
    )
    text = render_html(replace(with_verdicts(report, campaign), targets=targets))

    assert "Told from 4 calls of 3 kinds" in text
    assert "1 of 2 lines, 3 of 4 ways of conditions" in text
    assert "line 1: <code>count &lt; 5</code> was never false" in text
    assert "    // a &lt;b&gt;" in text


def test_lines_without_code_do_not_count_and_files_with_text_come_first() -> None:
    own, library = exercised(EXECUTED, SOURCES)

    assert [line.state for line in own.lines] == ["holds", "", "undecided"]
    assert (own.run, own.taken) == ((1, 2), (3, 4))
    assert [condition.missed for condition in own.conditions] == [["false"], []]
    assert [(line.number, line.text) for line in library.lines] == [(9, "")]


PROVED_BADGE, DOUBTED_BADGE = ">proved harmless<", ">harmless? not proved in this run<"


@pytest.mark.parametrize(
    ("proofs", "badges"),
    [
        ({"counts": "PROVED"}, [PROVED_BADGE]),
        ({"counts": "PROVED", "other": "not asked"}, [DOUBTED_BADGE]),
        ({}, []),
    ],
)
def test_a_finding_is_called_harmless_only_where_every_proof_is_there(
    report: Report, proofs: dict[str, str], badges: list[str]
) -> None:
    text = render_html(with_verdicts(report, found(**proofs)))

    assert [badge for badge in (PROVED_BADGE, DOUBTED_BADGE) if badge in text] == badges


def test_the_gravest_finding_comes_first(report: Report) -> None:
    grave = replace(found(), evidence={"finding": {**FINDING, "impact": "High", "place": "Grave"}})
    text = render_html(with_verdicts(report, found(), grave))

    assert text.index("Grave") < text.index("Counter.add(uint256)</code>")


def test_the_outline_tells_who_may_call_and_who_calls_whom(report: Report) -> None:
    audit = Verdict(
        "toy", "audit", "no new finding", "", Outcome.HELD, 0.0, "", evidence={"outline": OUTLINE}
    )
    text = render_html(with_verdicts(report, audit))

    assert "onlyOwner" in text
    assert "Token.mint</code> <span" in text
    [inner] = call_tree(OUTLINE, OUTLINE["access"][0])
    assert (inner.name, [each.name for each in inner.calls]) == (
        "Counter._add",
        ["Counter.add", "Token.mint"],
    )
    assert inner.calls[0].calls == (), "recursion ends"


def test_the_first_screen_names_the_code_and_what_is_taken_for_granted(report: Report) -> None:
    other = Verdict("toy", "equiv", "counts", ADD, Outcome.PROVED, 0.1, "", ("of_another_check",))
    proved = with_verdicts(report, *WHOLE, other)
    text = render_html(replace(proved, targets={"toy": {**report.targets["toy"], "code": CODE}}))
    header = text[text.index("<header>") : text.index("</header>")]

    assert "runtime code of 77 bytes, keccak256 <code>0x12121212…12121212</code>" in header
    assert "<strong>1 property</strong> holds in every reachable state" in header
    assert '<a href="#assumption-toy-hashes-differ">hashes_differ</a>' in header
    assert "of_another_check" not in header


def test_nothing_is_said_to_be_proved_of_which_a_verdict_is_not(report: Report) -> None:
    assert "every reachable state" not in render_html(report)


def test_nothing_is_said_to_hold_always_where_something_was_left_out(report: Report) -> None:
    removed, deployed = WHOLE
    lost = Verdict("toy", "prove", "", ADD, Outcome.UNKNOWN, 0.0, "the time for the whole run was up")
    whole = with_verdicts(report, *WHOLE)
    partial = [
        with_verdicts(report, removed),
        with_verdicts(report, deployed),
        with_verdicts(report, *WHOLE, lost),
    ]

    assert "every reachable state" in render_html(whole)
    for one in (*partial, replace(whole, interrupted=True)):
        assert "every reachable state" not in render_html(one)


def test_mutants_are_shown_with_who_noticed_them(report: Report) -> None:
    mutant = Verdict("toy", "mutants", "count_from_one", "", Outcome.HELD, 1.0, "", evidence=MUTANT)
    text = render_html(with_verdicts(report, mutant))

    assert "Broken contracts, and who noticed" in text
    assert "Tried in this run. 1 killed." in text
    assert 'proof: <a href="#property-toy-counts"><code>counts</code></a>' in text


def test_recorded_mutants_are_shown_with_the_specification_that_they_were_tried_on(report: Report) -> None:
    rows = {"m1": {"state": "killed", "proof": {"noticed": ["counts"]}}, "m2": {"state": "survived"}}
    run = {"about": {}, "current": False, "mutants": rows}
    targets = {"toy": {**report.targets["toy"], "mutants": {"automatic": run}}}
    text = render_html(replace(report, targets=targets))

    assert "Automatic mutants, and who noticed" in text
    assert "Recorded earlier, with another version of the specification. 1 killed, 1 survived." in text
    assert 'proof: <a href="#property-toy-counts">' in text
    jsonschema.Draft202012Validator(schema()).validate(json.loads(to_json(replace(report, targets=targets))))


def test_all_of_this_survives_the_json(report: Report) -> None:
    context = {**report.targets["toy"], "sources": SOURCES, "code": CODE}
    evidence = {"executed": EXECUTED, "outline": OUTLINE}
    everything = Verdict("toy", "fuzz", "model", "", Outcome.HELD, 1.0, "", evidence=evidence)
    full = with_verdicts(
        replace(report, targets={"toy": context}), limitation(), found(a="PROVED"), everything
    )

    jsonschema.Draft202012Validator(schema()).validate(json.loads(to_json(full)))
    assert from_json(to_json(full), "report.json") == full
