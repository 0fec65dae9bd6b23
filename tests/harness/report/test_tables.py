from __future__ import annotations

import pytest

from harness.report.document import Report
from harness.report.errors import ReportError
from harness.report.tables import renew_tables

TEXT = "Before.\n<!-- table: {mark} -->\n| old |\n<!-- end -->\nAfter.\n"


def test_a_marked_table_is_replaced_and_the_rest_is_kept(report: Report) -> None:
    text = renew_tables(TEXT.format(mark="assumptions toy"), report.targets, "README.md")

    assert text.startswith("Before.\n<!-- table: assumptions toy -->\n| assumption | ")
    assert (
        "| `hashes_differ` | Hashes do not collide. | It is infeasible. | cryptography |\n<!-- end -->"
        in text
    )
    assert text.endswith("After.\n")
    assert "old" not in text


def test_the_summary_counts_what_is_claimed_of_each_target(report: Report) -> None:
    text = renew_tables(TEXT.format(mark="summary all"), report.targets, "README.md")

    assert "| target | contract | invariants | rules | relations | scenarios | known limitations |" in text
    assert "| toy | A counter | 1 | 0 | 0 | 0 | 0 | 1 |\n" in text


def test_renewing_twice_changes_nothing(report: Report) -> None:
    once = renew_tables(TEXT.format(mark="properties toy"), report.targets, "README.md")
    assert renew_tables(once, report.targets, "README.md") == once


@pytest.mark.parametrize("mark", ["properties v9", "weather toy"])
def test_a_mark_that_means_nothing_is_refused(report: Report, mark: str) -> None:
    with pytest.raises(ReportError, match=f"README.md marks a table '{mark}'"):
        renew_tables(TEXT.format(mark=mark), report.targets, "README.md")
