"""Patches: read, applied to the letter, refused with the place."""

import pytest

from harness.check.mutants.errors import MutantError
from harness.check.mutants.patch import parse_patch

FILE = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
DIFF = "--- a/f.sol\n+++ b/f.sol\n@@ -2,3 +2,3 @@\n two\n-three\n+THREE\n four\n"


def apply(diff: str, text: str = FILE) -> str:
    return parse_patch(diff, "bug").apply({"f.sol": text}, "bug")["f.sol"]


def test_a_hunk_replaces_its_lines():
    assert apply(DIFF) == FILE.replace("three", "THREE")


def test_several_hunks_know_how_far_earlier_ones_moved_them():
    longer = (
        "--- a/f.sol\n+++ b/f.sol\n@@ -1,2 +1,4 @@\n one\n+uno\n+due\n two\n@@ -6,2 +8,1 @@\n six\n-seven\n"
    )
    assert apply(longer) == "one\nuno\ndue\ntwo\nthree\nfour\nfive\nsix\n"


def test_a_hunk_follows_its_lines_where_those_above_have_grown():
    assert apply(DIFF, "zero\n" * 5 + FILE) == "zero\n" * 5 + FILE.replace("three", "THREE")


def test_an_empty_context_line_may_have_lost_its_blank():
    diff = "--- a/f.sol\n+++ b/f.sol\n@@ -1,3 +1,3 @@\n one\n\n-two\n+TWO\n"
    assert apply(diff, "one\n\ntwo\n") == "one\n\nTWO\n"


def test_a_hunk_that_fits_nowhere_is_named():
    with pytest.raises(MutantError, match=r"bug: f\.sol: the hunk for line 2 does not fit"):
        apply(DIFF, FILE.replace("two", "2"))


def test_a_hunk_that_fits_twice_elsewhere_is_not_applied():
    with pytest.raises(MutantError, match="fits in several places"):
        apply(DIFF, "zero\n" + FILE + FILE)


@pytest.mark.parametrize(
    ("diff", "words"),
    [
        ("", "has no diff"),
        ("@@ -1,1 +1,1 @@\n-one\n+two\n", "line 1 of the diff is none"),
        ("--- a/f.sol\n+++ b/f.sol\none\n", "line 3 of the diff is none"),
        ("--- a/f.sol\n+++ b/f.sol\n@@ -1,2 +1,2 @@\n one\n", "not as long as it says"),
        ("--- a/f.sol\n+++ b/f.sol\n@@ -1,1 +1,1 @@\n*one\n", "not as long as it says"),
        ("--- a/f.sol\n+++ b/f.sol\n@@ -1,1 +1,1 @@\n one\n+two\n", "line 5 of the diff is none"),
    ],
)
def test_what_is_no_diff_is_refused_with_its_line(diff: str, words: str):
    with pytest.raises(MutantError, match=words):
        parse_patch(diff, "bug")


def test_the_first_changed_line_is_known():
    ((_, (hunk,)),) = parse_patch(DIFF, "bug").hunks
    assert hunk.line == 3
