"""Results of mutants: kept in a file, and told in Markdown."""

from __future__ import annotations

import pytest

from harness.check.verdict import Outcome, Verdict
from harness.report.errors import ReportError
from harness.report.mutants import FILE, recorded, renew_mutants

ABOUT = {"v3": {"steps": 50_000, "quick": 4_000}}
PAGE = """before
<!-- mutants: scores -->
old
<!-- end -->
<!-- mutants: by-hand v3 -->
<!-- end -->
<!-- mutants: automatic v3 -->
<!-- end -->
after
"""


def trial(
    *noticed: str,
    seconds: float = 1.0,
    calls: int = 0,
    different: tuple[str, ...] = (),
    asked: tuple[str, ...] = (),
) -> dict[str, object]:
    return {
        "noticed": dict.fromkeys(noticed, "REFUTED"), "held": ["other"], "undecided": [],
        "seconds": seconds, "calls": calls, "different": [*different], "asked": [*asked], "assumptions": [],
    }  # fmt: skip


def mutant(
    name: str, state: str, automatic: bool = False, unreached: str = "", **trials: dict[str, object]
) -> Verdict:
    evidence = {
        "state": state, "automatic": automatic, "sentence": f"What {name} does.", "unreached": unreached,
        "reason": "Why | not." if state == "equivalent" else "", "names": [] if automatic else ["one"],
        "trials": [{"by": by, **found} for by, found in trials.items()],
    }  # fmt: skip
    return Verdict("v3", "mutants", name, "", Outcome.HELD, 1.5, "", (), evidence)


BOTH = mutant("both", "killed", proof=trial("one", "two", seconds=2.54), campaign=trial("model", calls=1_201))
MOVED = mutant("moved", "killed", layout=trial("layout"), proof=trial("one"), campaign=trial(calls=50_000))
PROVED = mutant("proved", "killed", unreached="It is far.", proof=trial("one"), campaign=trial(calls=50_000))
MADE = [
    mutant("P.f:constant:1", "killed", True, campaign=trial("model", calls=3)),
    mutant("P.f:constant:2", "equivalent", True),
    mutant("P.f:deleted_guard:1", "killed", True, proof=trial("one")),
    mutant("P.f:deleted_guard:2", "survived", True, proof=trial(), comparison=trial(different=("f()",))),
    mutant("P.f:logic:1", "proved equal", True, comparison=trial(asked=("f()", "g(uint256)"))),
    mutant("P.f:logic:2", "proved equal", True, comparison=trial()),
    mutant("P.f:logic:3", "killed", True, campaign=trial("model", calls=9_321)),
]
RUNS = recorded({}, [BOTH, MOVED, PROVED, *MADE], ABOUT)


def test_scores_and_tables_are_written_between_their_marks() -> None:
    page = renew_mutants(PAGE, RUNS)

    assert "| v3 | 3 of 3 | 1 of 3 | 3 of 4 | 2 | 1 |\n" in page
    assert "| `both` | What both does. | `one`, `two` | 2.5 s | 1,201, 1.0 s |\n" in page
    assert "| `moved` | What moved does. | `layout` | 1.0 s | no |\n" in page
    assert "| `proved` | It is far. |\n" in page
    assert "| constant | 1 | 0 | 1 | 0 | 0 |\n| deleted guard | 1 | 0 | 0 | 1 | 0 |\n" in page
    assert "| `P.f:constant:2` | What P.f:constant:2 does. | equivalent | Why \\| not. |\n" in page
    assert "| What P.f:deleted_guard:2 does. | survived | It differs in `f()`. |\n" in page
    assert "| proved equal | Proved of `f()`, `g(uint256)`; each other way in comes to the" in page
    assert "| What P.f:logic:2 does. | proved equal | Each way in comes to the same terms. |\n" in page
    assert "old" not in page and page.startswith("before\n") and page.endswith("after\n")


def test_what_is_written_is_read_again_with_a_line_for_each_mutant() -> None:
    text = FILE.written(RUNS)

    assert FILE.read(text, "results.json") == RUNS
    assert sum('"state"' in line for line in text.splitlines()) == 10
    assert all(line.count('"state"') <= 1 for line in text.splitlines())


def test_a_run_takes_the_place_of_an_older_one_of_its_target_and_maker() -> None:
    later = recorded(RUNS, [PROVED], {"v3": {"steps": 60_000}})

    assert list(later["by-hand v3"]["mutants"]) == ["proved"]
    assert later["by-hand v3"]["about"] == {"steps": 60_000}
    assert later["automatic v3"] == RUNS["automatic v3"]


def test_of_an_automatic_mutant_that_was_noticed_only_who_did_is_kept() -> None:
    row = RUNS["automatic v3"]["mutants"]["P.f:constant:1"]
    assert row == {"state": "killed", "campaign": {"noticed": ["model"], "calls": 3, "seconds": 1.0}}


def test_what_noticed_automatic_mutants_is_counted_by_its_cost() -> None:
    page = renew_mutants(PAGE, RUNS)

    for means in ("a campaign of 4,000 calls", "a campaign of 50,000 calls", "the proof"):
        assert f"| {means} | 1 |\n" in page


def test_a_table_of_what_was_never_run_says_so() -> None:
    page = renew_mutants(PAGE, {})
    assert page.count("No run is recorded.\n") == 3


@pytest.mark.parametrize("text", ["no", "[]", '{"format": "else"}', '{"format": "poolproof-mutants"}'])
def test_a_file_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(ReportError, match=r"results\.json is no"):
        FILE.read(text, "results.json")


def test_a_mark_of_no_kind_of_table_is_refused() -> None:
    with pytest.raises(ReportError, match="marked 'score': the kinds are scores, by-hand TARGET"):
        renew_mutants("<!-- mutants: score -->\n<!-- end -->\n", RUNS)
