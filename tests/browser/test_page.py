"""The report's page as a reader meets it, in a real Chromium. Run by `make browser`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.check.verdict import Outcome, Verdict
from harness.report.document import Report, Run
from harness.report.html import render_html

pytestmark = pytest.mark.browser

PHONE, DESK = 375, 1280
FUNCTIONS = [f"functionWithQuiteALongName{number}(uint256,address)" for number in range(30)]
PROPERTIES = [f"a_property_with_a_name_that_goes_on_{number}" for number in range(40)]
STORY = [
    {
        "sender": "STRANGER",
        "call": "f(" + "9" * 77 + ")",
        "result": "reverted " + "0x" + "ab" * 200,
        "changes": [{"path": "stakers[0x" + "11" * 20 + "].exitAmount", "before": 0, "after": 2**256 - 1}],
    }
]


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
    return Report((*proofs, refuted), ENVIRONMENT, {"toy": context()}, (Run("toy", "prove", 5.0),))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium: the machine's own, as Debian packages it."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert program is not None, "there is no Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Open the report at a width; complaints of the console and requests to the network end the test."""
    file = tmp_path / "index.html"
    file.write_text(render_html(wide_report()), encoding="utf-8")
    complaints: list[str] = []
    pages = []

    def opened(width: int, **options: Any) -> Any:
        page = browser.new_page(viewport={"width": width, "height": 800}, **options)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request", lambda request: complaints.append(request.url) if "http" in request.url[:4] else None
        )
        page.goto(file.as_uri())
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert complaints == []


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("unfolded", [False, True])
def test_the_page_never_scrolls_sideways(open_page: Callable[..., Any], width: int, unfolded: bool) -> None:
    page = open_page(width)
    if unfolded:
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_cell_of_the_matrix_leads_to_its_verdict(open_page: Callable[..., Any]) -> None:
    page = open_page(DESK)
    page.locator("table.matrix td.holds a").first.click()

    target = page.locator(":target")
    assert target.is_visible()
    assert "PROVED" in target.inner_text()


def test_every_link_leads_to_something_that_can_be_seen(open_page: Callable[..., Any]) -> None:
    page = open_page(DESK)
    hidden = page.evaluate(
        """() => {
            const links = new Set([...document.querySelectorAll("a[href^='#']")].map((link) => link.hash));
            return [...links].filter((hash) => {
                const place = document.getElementById(decodeURIComponent(hash.slice(1)));
                if (!place) return true;
                for (let part = place; part; part = part.parentElement) part.open = true;
                return place.getClientRects().length === 0;
            });
        }"""
    )
    assert hidden == []


def test_the_keyboard_reaches_the_results_first(open_page: Callable[..., Any]) -> None:
    page = open_page(DESK)
    page.keyboard.press("Tab")

    assert page.locator(":focus").inner_text() == "Skip to the results"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background(open_page: Callable[..., Any], scheme: str) -> None:
    page = open_page(DESK, color_scheme=scheme)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")

    for selector in ("h1", "p", ".quiet", "td.holds a", ".badge.broken", "a"):
        assert page.evaluate(CONTRAST, selector) >= 4.5, selector


def test_printing_unfolds_everything(open_page: Callable[..., Any]) -> None:
    page = open_page(DESK)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert page.locator("details:not([open])").count() == 0


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
