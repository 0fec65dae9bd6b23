"""The report's page as a reader meets it, in a real Chromium where the machine has one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.check.verdict import Outcome, Verdict
from harness.report.document import Report, Run
from harness.report.html import render_html
from tests.browser.chromium import Chromium, Page, program, started

PHONE, DESK = 375, 1280
FUNCTIONS = [f"functionWithQuiteALongName{number}(uint256,address)" for number in range(15)]
PROPERTIES = [f"a_property_with_a_name_that_goes_on_{number}" for number in range(15)]
STORY = [
    {
        "sender": "STRANGER",
        "call": "f(" + "9" * 77 + ")",
        "result": "reverted " + "0x" + "ab" * 200,
        "changes": [{"path": "stakers[0x" + "11" * 20 + "].exitAmount", "before": 0, "after": 2**256 - 1}],
    }
]
FINDING = {
    "detector": "timestamp",
    "impact": "Low",
    "confidence": "Medium",
    "place": "f" * 90,
    "file": "contracts/a/very/deep/folder/with/a/long/name/Toy.sol",
    "first_line": 1,
    "last_line": 1,
    "description": "d" * 200,
    "fingerprint": "00",
}
EXECUTED = {
    "kinds": 1,
    "calls": 2,
    "not_followed": 1,
    "files": [
        {
            "file": "Toy.sol",
            "lines": {"1": 2, "2": 0},
            "branches": [{"line": 1, "column": 1, "condition": "c" * 200, "true": 1, "false": 0}],
        }
    ],
}

ENVIRONMENT = {
    "poolproof": "0.1.0",
    "command": ["verify", "--json", "x" * 100],
    "python": "3.11.7",
    "platform": "Linux",
    "cpus": 2,
    "packages": {"pyrevm": "0.3.7"},
    "commit": "a" * 40 + "+",
    "seed": 2**63,
    "solc": {},
}


def described(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "invariant",
        "sentence": "It holds.",
        "reason": "Because.",
        "kills": ["mutant_" * 20],
        "limitation": False,
        "source": "def f():\n    return " + "x + " * 80 + "x\n",
    }


def written(function: str) -> dict[str, Any]:
    place = {"file": "Toy.sol", "line": 1}
    return {"signature": function, "contract": "Toy", "location": place, "text": "function " + "x" * 200}


def context() -> dict[str, Any]:
    assumption = {
        "name": "hashes_differ",
        "sentence": "They do.",
        "reason": "r " * 200,
        "discharged_by": "us",
    }
    variable = {
        "label": "count",
        "slot": "9" * 77,
        "offset": 3,
        "bytes": 8,
        "type": "uint64",
        "namespace": "a.b",
    }
    return {
        "title": "A toy",
        "contract": "contracts/a/very/deep/folder/with/a/long/name/Toy.sol:ContractWithALongName",
        "properties": [described(name) for name in PROPERTIES],
        "assumptions": [assumption],
        "functions": [written(function) for function in FUNCTIONS],
        "storage": [variable],
        "sources": {"Toy.sol": "x" * 300 + "\nuint y;\n"},
    }


def wide_report() -> Report:
    """Return a report whose names, numbers and tables are as wide as they come."""
    proofs = [
        Verdict("toy", "prove", name, function, Outcome.PROVED, 0.01, "", ("hashes_differ",))
        for name in PROPERTIES
        for function in FUNCTIONS
    ]
    wide = "0x" + "cd" * 300
    story = {"story": STORY}
    refuted = Verdict("toy", "prove", "x" * 120, FUNCTIONS[0], Outcome.REFUTED, 1.0, wide, (), story)
    known = Verdict("toy", "prove", "y" * 120, FUNCTIONS[1], Outcome.LIMITATION, 1.0, wide, (), story)
    evidence = {"finding": FINDING, "proofs": {PROPERTIES[0]: "PROVED"}}
    found = Verdict("toy", "audit", "timestamp", "f" * 90, Outcome.HELD, 0.0, wide, evidence=evidence)
    campaign = Verdict("toy", "fuzz", "model", "", Outcome.HELD, 1.0, "", evidence={"executed": EXECUTED})
    verdicts = (*proofs, refuted, known, found, campaign)
    return Report(verdicts, ENVIRONMENT, {"toy": context()}, (Run("toy", "prove", 5.0),))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    name = program()
    if name is None:
        pytest.skip("there is no Chromium on this machine: apt-get install chromium")
    with started(name, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "index.html"
    file.write_text(render_html(wide_report()), encoding="utf-8")
    return file


@pytest.fixture
def open_page(browser: Chromium, file: Path) -> Iterator[Callable[..., Page]]:
    """Open the report at a width; complaints of the console and requests to the network end the test."""
    pages: list[Page] = []

    def opened(width: int, scheme: str = "light") -> Page:
        pages.append(Page(browser, file.as_uri(), width, scheme))
        return pages[-1]

    yield opened
    assert [complaint for page in pages for complaint in page.complaints] == []


UNFOLD = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_page_never_scrolls_sideways(open_page: Callable[..., Page], width: int) -> None:
    page = open_page(width)
    assert page.evaluate("innerWidth") == width
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.evaluate(UNFOLD)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_cell_of_the_matrix_leads_to_its_verdict(open_page: Callable[..., Page]) -> None:
    page = open_page(DESK)
    page.evaluate("document.querySelector('table.matrix td.holds a').click()")
    page.evaluate("unfold()")  # what the change of the address does, a moment later

    target = "document.querySelector(':target')"
    assert page.evaluate(f"{target}.checkVisibility()")
    assert "PROVED" in page.evaluate(f"{target}.innerText")


def test_every_link_leads_to_something_that_can_be_seen(open_page: Callable[..., Page]) -> None:
    page = open_page(DESK)
    hidden = page.evaluate(
        """(() => {
            const links = new Set([...document.querySelectorAll("a[href^='#']")].map((link) => link.hash));
            return [...links].filter((hash) => {
                const place = document.getElementById(decodeURIComponent(hash.slice(1)));
                if (!place) return true;
                for (let part = place; part; part = part.parentElement) part.open = true;
                return place.getClientRects().length === 0;
            });
        })()"""
    )
    assert hidden == []


def test_the_keyboard_reaches_the_results_first(open_page: Callable[..., Page]) -> None:
    page = open_page(DESK)
    page.press("Tab")

    assert page.evaluate("document.activeElement.innerText") == "Skip to the results"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background(open_page: Callable[..., Page], scheme: str) -> None:
    page = open_page(DESK, scheme)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")

    for selector in SHOWN:
        assert page.evaluate(f"({CONTRAST})({json.dumps(selector)})") >= 4.5, selector


def test_pictures_say_what_they_show(open_page: Callable[..., Page]) -> None:
    page = open_page(DESK)
    silent = "[...document.querySelectorAll('svg, meter')].filter((each) => !each.ariaLabel).length"

    assert page.evaluate("document.querySelectorAll('svg').length") > 0
    assert page.evaluate(silent) == 0


def test_printing_unfolds_everything(open_page: Callable[..., Page]) -> None:
    page = open_page(DESK)
    assert page.pdf() > 0

    assert page.evaluate("document.querySelectorAll('details:not([open])').length") == 0


SHOWN = (
    "h1",
    "p",
    ".quiet",
    "td.holds a",
    "td.known a",
    ".badge.broken",
    ".badge.known",
    ".badge.impact",
    "a",
)
CONTRAST = """(selector) => {
    const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => {
        const linear = (value) => {
            const part = value / 255;
            return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        };
        return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    };
    const node = document.querySelector(selector);
    const text = light(channels(getComputedStyle(node).color));
    let behind = node;
    while (channels(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
    const back = light(channels(getComputedStyle(behind).backgroundColor));
    return (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
}"""
