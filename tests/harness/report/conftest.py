from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.check.verdict import Outcome, Verdict
from harness.lang import Assumption, Figure, Model, Series, Spec, invariant, record
from harness.report.document import Report, Run, describe


@record
class Counter:
    count: int = 0


@invariant(kills="count_from_one")
def counts(pool: Counter) -> bool:
    """The count is never negative, and `count < 1 & <script>` is only text.

    Nothing counts down.
    """
    return pool.count >= 0


def counting() -> Figure:
    points = ((1.0, 1.0), (10.0, 9.0))
    series = (Series("low", points), Series("high", points, "dashed"), Series("seen", points, "marks"))
    return Figure("Counting", "How `count` grows.", "calls", "count", series, logarithmic=True)


def shares() -> Figure:
    return Figure("Shares", "Who counts.", "slot", "share", (Series("weight", ((1, 0.5), (2, 0.5)), "bars"),))


SPEC = Spec(
    "toy",
    "A counter",
    Model(Counter, Counter(), ()),
    (counts,),
    assumptions=(Assumption("hashes_differ", "Hashes do not collide.", "It is infeasible.", "cryptography"),),
)
ENVIRONMENT: dict[str, Any] = {
    "poolproof": "0.1.0",
    "command": ["verify", "toy"],
    "python": "3.11.7",
    "platform": "Linux",
    "cpus": 2,
    "packages": {"pyrevm": "0.3.7"},
    "commit": None,
    "seed": 7,
    "solc": {
        "toy": {
            "version": "0.8.30",
            "pipeline": "legacy",
            "optimizer": True,
            "runs": 200,
            "evm_version": "cancun",
        }
    },
}
ADD, REMOVE = "add(uint256)", "remove(uint256)"
STORY = [
    {"sender": "STAKER", "at": 1000, "call": "add(5)", "result": "ok", "events": ["Added(5)"]},
    {
        "sender": "STRANGER",
        "call": "remove(6)",
        "result": "ok",
        "changes": [{"path": "count", "before": 5, "after": 2**256 - 1}],
    },
]
FINDING = {
    "detector": "timestamp",
    "impact": "Low",
    "confidence": "Medium",
    "place": "Counter.add(uint256)",
    "file": "Counter.sol",
    "first_line": 4,
    "last_line": 6,
    "description": "Counter.add(uint256) uses timestamp for comparisons",
    "fingerprint": "0123456789abcdef",
}
UNUSED = {**FINDING, "detector": "dead-code", "fingerprint": "fedcba9876543210"}


def context() -> dict[str, Any]:
    location = {"file": "Counter.sol", "line": 4, "end_line": 6}
    storage = {"label": "count", "slot": "0", "offset": 0, "bytes": 32, "type": "uint256", "namespace": None}
    return {
        **describe(SPEC, "Counter.sol:Counter"),
        "functions": [
            {"signature": name, "contract": "Counter", "location": location, "text": f"function {name} {{ }}"}
            for name in (ADD, REMOVE)
        ],
        "storage": [storage],
    }


@pytest.fixture
def report() -> Report:
    """A run with one of everything: proofs, a refutation with its story, a campaign, findings, an unknown."""
    refuted = {"story": STORY, "replay": "build/replays/counts.json"}
    campaign = {"steps": 1000, "coverage": {"functions": {"add(uint256)": 600, "remove(uint256)": 0}}}
    verdicts = (
        Verdict("toy", "prove", "counts", ADD, Outcome.PROVED, 0.1, "", ("hashes_differ",)),
        Verdict("toy", "prove", "counts", REMOVE, Outcome.REFUTED, 0.2, "2 calls", evidence=refuted),
        Verdict("toy", "prove", "effect", REMOVE, Outcome.UNKNOWN, 2.0, "the solver's time was up"),
        Verdict("toy", "fuzz", "counts", "", Outcome.HELD, 1.0, "1,000 calls", evidence=campaign),
        Verdict("toy", "audit", "timestamp", "Counter.add(uint256)", Outcome.HELD, 0.0, "accepted: a second",
                evidence={"finding": FINDING, "reason": "A second does not matter."}),
        Verdict("toy", "audit", "dead-code", "Counter.old()", Outcome.FOUND, 0.0, "it is never used",
                evidence={"finding": UNUSED}),
    )  # fmt: skip
    runs = (Run("toy", "prove", 1.5), Run("toy", "fuzz", 1.0), Run("toy", "audit", 4.0))
    return Report(verdicts, ENVIRONMENT, {"toy": context()}, runs)


@pytest.fixture
def illustrated(report: Report) -> Report:
    """The same with charts, which take a second to draw."""
    pictured = describe(replace(SPEC, figures=(counting, shares)), "Counter.sol:Counter")
    return replace(report, targets={"toy": {**report.targets["toy"], "figures": pictured["figures"]}})
