"""Scores and tables of mutants in Markdown."""

from harness.check.verdict import Outcome, Verdict
from harness.report.mutants import renew_mutants

PAGE = """before
<!-- mutants: score by-hand v3 -->
old
<!-- end -->
<!-- mutants: table by-hand v3 -->
<!-- end -->
<!-- mutants: score automatic v3 -->
<!-- end -->
<!-- mutants: table automatic v3 -->
<!-- end -->
<!-- mutants: score by-hand v1 -->
kept
<!-- end -->
after
"""


def mutant(name: str, state: str, automatic: bool = False, **noticed: dict[str, str]) -> Verdict:
    trials = [{"by": by, "noticed": found} for by, found in noticed.items()]
    evidence = {
        "state": state, "automatic": automatic, "sentence": f"What {name} does.", "reason": "Why | not.",
        "trials": trials,
    }  # fmt: skip
    return Verdict("v3", "mutants", name, "", Outcome.HELD, 1.5, "", (), evidence)


BOTH = mutant("both", "killed", proof={"one": "REFUTED", "two": "REFUTED"}, campaign={"model": "DIVERGED"})
MOVED = mutant("moved", "killed", layout={"layout": "FOUND"})
ESCAPED = mutant("escaped", "survived", proof={})
MADE = [
    mutant("P.f:constant:1", "killed", True, campaign={"model": "DIVERGED"}),
    mutant("P.f:constant:2", "equivalent", True),
    mutant("P.f:deleted_guard:1", "killed", True, proof={"one": "REFUTED"}),
]


def test_scores_and_tables_are_written_between_their_marks() -> None:
    page = renew_mutants(PAGE, [BOTH, ESCAPED, MOVED, *MADE])

    assert "v3: 2 of 3 known bugs are noticed, 1 by proof and 1 by a campaign of random calls.\n" in page
    assert "| `both` | What both does. | `one`, `two` | yes |\n" in page
    assert "| `escaped` | What escaped does. |  | no |\n" in page
    assert "| `moved` | What moved does. | `layout` | no |\n" in page
    assert "v3: 2 of 2 automatic mutants are noticed; 1 more are equivalent, as explained.\n" in page
    assert "| constant | 1 | 1 | 0 | 0 |\n| deleted guard | 1 | 0 | 0 | 0 |\n" in page
    assert "| `P.f:constant:2` | What P.f:constant:2 does. | equivalent | Why \\| not. |\n" in page
    assert "old" not in page and page.startswith("before\n") and page.endswith("after\n")


def test_what_the_run_was_not_about_stays() -> None:
    assert "kept" in renew_mutants(PAGE, [BOTH])
    assert renew_mutants(PAGE, []) == PAGE


def test_no_time_is_written() -> None:
    assert "1.5" not in renew_mutants(PAGE, [BOTH, *MADE])
