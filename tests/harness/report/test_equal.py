"""What is proved equal: kept in a file, and told in Markdown and in the report."""

from __future__ import annotations

import pytest

from harness.check.verdict import Outcome, Verdict
from harness.report.equal import FILE, Equality, recorded, renew_equal
from harness.report.errors import ReportError

RECEIPT = {"contract": "c", "specification": "s", "poolproof": "p", "tools": "z3-solver 4", "behaviour": "b"}
PAGE = """before
<!-- equal: all -->
old
<!-- end -->
<!-- equal: v3 -->
<!-- end -->
<!-- equal: v9 -->
<!-- end -->
after
"""


def verdict(function: str, claim: str, *assumptions: str, outcome: Outcome = Outcome.PROVED) -> Verdict:
    return Verdict("v3", "equiv", claim, function, outcome, 1.24, "", assumptions, {"receipt": RECEIPT})


VERDICTS = (
    verdict("exit()", "stores_alike", "gas", "no_calls_back", "padding"),
    verdict("exit()", "reverts_alike", "gas"),
    verdict("owner()", "returns_alike", "gas"),
    verdict("owner()", "succeeds_alike", "gas", outcome=Outcome.UNKNOWN),
    verdict("short calldata", "malformed_calls_fail_without_data"),
    Verdict("v3", "prove", "owner_stays", "exit()", Outcome.PROVED, 9.0, "", ("registry",)),
)


def test_a_way_in_is_equal_where_every_claim_is_proved() -> None:
    found = Equality.of(VERDICTS)

    assert {name: one.is_equal for name, one in found.functions.items()} == {
        "exit()": True,
        "owner()": False,
        "short calldata": True,
    }
    assert (found.equal, found.claims, round(found.seconds, 2)) == (2, 5, 6.2)


def test_an_assumption_of_all_is_told_once() -> None:
    found = Equality.of(VERDICTS)

    assert found.shared == ["gas"]
    assert {name: found.besides(name) for name in found.functions} == {
        "exit()": ["no_calls_back", "padding"],
        "owner()": [],
        "short calldata": [],
    }


def test_what_is_recorded_is_read_and_told() -> None:
    runs = FILE.read(FILE.written(recorded({}, VERDICTS)), "equivalence.json")

    assert (
        renew_equal(PAGE, runs)
        == """before
<!-- equal: all -->
| contract | ways in proved equal to the model | claims | in | all under |
| --- | --- | --- | --- | --- |
| v3 | 2 of 3 | 5 | 6 s | `gas` |
<!-- end -->
<!-- equal: v3 -->
| way in | claims proved | in | under, besides |
| --- | --- | --- | --- |
| `exit()` | 2 of 2 | 2.5 s | `no_calls_back`, `padding` |
| `owner()` | 1 of 2 | 2.5 s |  |
| `short calldata` | 1 of 1 | 1.2 s |  |

Each that the model knows rests on `gas`.
<!-- end -->
<!-- equal: v9 -->
No comparison is recorded.
<!-- end -->
after
"""
    )


def test_a_target_that_is_recorded_again_leaves_the_others() -> None:
    runs = recorded({"v1": {"about": {}, "functions": {}}}, VERDICTS)
    again = recorded(runs, VERDICTS[2:3])

    assert list(again) == ["v1", "v3"]
    assert list(again["v3"]["functions"]) == ["owner()"]


def test_a_record_says_what_its_verdicts_depend_on() -> None:
    about = recorded({}, VERDICTS)["v3"]["about"]

    assert about == {"contract": "c", "specification": "s", "poolproof": "p", "tools": "z3-solver 4"}


@pytest.mark.parametrize("text", ["", "[]", '{"format": "poolproof-mutants", "version": 1, "runs": {}}'])
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(ReportError, match=r"^other.json is no .*: run poolproof equiv --record anew.$"):
        FILE.read(text, "other.json")
