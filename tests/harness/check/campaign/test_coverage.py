"""Lines and branches that a campaign ran, told from calls that were followed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from harness.check.campaign import CampaignResult, Options, coverage
from harness.check.campaign.branches import condition_of
from harness.check.campaign.ground import Parts
from harness.check.campaign.runner import campaign_of
from harness.check.fuzz import fuzz
from harness.evm.tracing import Trace, trace
from harness.report.document import schema
from tests.harness.check.conftest import Broken

QUICK = Options(steps=2_000)
UNREACHED = "if (amount == 123456789123) {\nrevert Frozen();\n}"


def executed(result: CampaignResult) -> dict[str, Any]:
    data: dict[str, Any] = result.verdicts[0].evidence["executed"]
    return data


def branches(data: dict[str, Any]) -> dict[str, tuple[int, int]]:
    [file] = data["files"]
    return {one["condition"]: (one["true"], one["false"]) for one in file["branches"]}


@pytest.fixture(scope="module")
def whole(vault_parts: Parts) -> CampaignResult:
    return campaign_of("vault", vault_parts, QUICK)


def test_every_line_and_both_ways_of_every_branch_are_run(whole: CampaignResult) -> None:
    data = executed(whole)

    [file] = data["files"]
    assert file["file"].endswith("Vault.sol")
    assert all(file["lines"].values())
    assert set(branches(data)) >= {"amount < LEAST", "account.frozen", "block.timestamp < opens"}
    assert all(yes and no for yes, no in branches(data).values())
    assert data["not_followed"] == 0
    assert data["calls"] >= data["kinds"] > 10


def test_the_lines_are_the_sources(whole: CampaignResult) -> None:
    assert whole.material is not None
    [(unit, text)] = {one for one in whole.material.target.sources.values() if one[0].endswith("Vault.sol")}
    [file] = executed(whole)["files"]
    lines = text.splitlines()
    listed = [lines[int(line) - 1].strip() for line in file["lines"]]

    assert file["file"] == unit
    assert "if (amount < LEAST) revert TooLittle();" in listed
    assert not any(line.startswith("//") or line.endswith("external {") for line in listed)


def test_what_no_call_ran_counts_0(broken: Broken) -> None:
    result = fuzz(broken(("if (amount < LEAST)", UNREACHED + "if (amount < LEAST)")), QUICK)

    [file] = executed(result)["files"]
    [condition] = [one for one in file["branches"] if one["condition"] == "amount == 123456789123"]
    assert condition["true"] == 0
    assert condition["false"] > 0
    assert file["lines"][str(condition["line"])] > 0
    assert file["lines"][str(condition["line"] + 1)] == 0


def test_a_trace_that_came_to_something_else_counts_nowhere(
    vault_parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*arguments: Any) -> Trace:
        way = trace(*arguments)
        way.output += b"\0"
        return way

    monkeypatch.setattr(coverage, "trace", wrong)

    data = executed(campaign_of("vault", vault_parts, replace(QUICK, steps=300)))

    assert data["calls"] == 0
    assert data["not_followed"] > 0
    assert not any(data["files"][0]["lines"].values())


def test_it_is_as_the_reports_schema_says(whole: CampaignResult) -> None:
    definitions = schema()
    evidence = {"$ref": "#/$defs/evidence", "$defs": definitions["$defs"]}

    told = json.loads(json.dumps(whole.verdicts[0].evidence))
    assert list(jsonschema.Draft202012Validator(evidence).iter_errors(told)) == []


def test_errors_that_the_contract_declares_are_counted_though_never_seen(broken: Broken) -> None:
    more = "error Frozen();", "error Frozen(); error Never();"

    seen = fuzz(broken(more), QUICK).coverage["errors"]

    assert seen["Never"] == 0
    assert seen["TooLittle"] > 0
    assert seen["Poor"] > 0  # the coin's


CONDITIONS = {
    "if (a < b) revert X()": ("a < b", " revert X()", True),
    "if (f(a) && (b || c)) { x; } else { y; }": ("f(a) && (b || c)", " { x; }", True),
    'if (same(a, ")") /* ( */) return 1': ('same(a, ")") /* ( */', " return 1", True),
    "if (é == 'é') é": ("é == 'é'", " é", True),
    "if (a) b = 1; else c = 2": ("a", " b = 1", True),
    "for (uint256 i; i < n; ++i) { x; }": ("i < n", " { x; }", True),
    "for (;;) x": ("", " x", True),
    "while (a > 0) --a": ("a > 0", " --a", True),
    "a > b ? a : b": ("a > b", " a ", True),
    "a && b && c": ("a && b", " c", True),
    "a || f(b && c)": ("a", " f(b && c)", False),
    "a || b && c": ("a", " b && c", False),
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_is_found_with_what_it_decides(text: str) -> None:
    found = condition_of(text)

    assert found is not None
    decided = text.encode()[found.start : found.end].decode()
    assert (found.text, decided, found.outcome) == CONDITIONS[text]


@pytest.mark.parametrize("text", ["a + b", "provers[i]", "f(a && b)", "token.mint(to, amount)", "a"])
def test_what_decides_nothing_has_no_condition(text: str) -> None:
    assert condition_of(text) is None
