"""The registry of known bugs: one file each, in folders."""

from pathlib import Path

import pytest

from harness.check.mutants.errors import MutantError
from harness.check.mutants.mutant import load_mutants, parse_mutant
from harness.check.target import Target
from tests.toys.vault import SOURCE

UNIT = SOURCE.partition(":")[0]
HEAD = "Target: vault\nKilled by: one, two\nBug: It pays\n  twice.\nReason: Money.\n\n"
DIFF = f"""--- a/{UNIT}
+++ b/{UNIT}
@@ -41,2 +41,2 @@
-    uint256 public constant DELAY = 1 days;
+    uint256 public constant DELAY = 2 days;
     uint256 public constant LEAST = 100;
"""


def test_a_mutant_says_what_it_does_and_what_must_notice():
    mutant = parse_mutant(HEAD + DIFF, "pays_twice")

    assert (mutant.name, mutant.targets, mutant.kills) == ("pays_twice", ("vault",), ("one", "two"))
    assert (mutant.sentence, mutant.reason) == ("It pays twice.", "Money.")
    assert mutant.patch.files == (UNIT,)


def test_an_applied_mutant_changes_what_the_compiler_sees_and_no_file(vault: Target):
    broken = parse_mutant(HEAD + DIFF, "slow").applied(vault.project)

    assert "DELAY = 2 days" in broken.text(UNIT)
    assert "DELAY = 2 days" in broken.closure([UNIT])[UNIT].text
    assert "DELAY = 1 days" in vault.project.text(UNIT)
    assert "DELAY = 1 days" in (vault.project.root / UNIT).read_text()


def test_a_mutant_of_a_missing_file_is_an_error_with_its_name(vault: Target):
    with pytest.raises(MutantError, match=r'lost: cannot find "nowhere\.sol"'):
        parse_mutant(HEAD + DIFF.replace(UNIT, "nowhere.sol"), "lost").applied(vault.project)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (HEAD.replace("Reason: Money.\n", ""), "there is no line 'Reason: ...'"),
        (HEAD.replace("Reason", "Because"), "is none of the lines Target, Killed by, Bug, Reason"),
        (HEAD.replace("Bug:", "Target: v2\nBug:"), "is none of the lines"),
        ("loose text\n\n", "is none of the lines"),
    ],
)
def test_a_bad_header_is_refused(head: str, words: str):
    with pytest.raises(MutantError, match=words):
        parse_mutant(head + DIFF, "bad")


def test_mutants_are_loaded_by_name_and_by_target(tmp_path: Path):
    for place, name, target in (
        ("a", "second", "vault"),
        ("b", "first", "vault, other"),
        ("b", "third", "other"),
    ):
        (tmp_path / place).mkdir(exist_ok=True)
        (tmp_path / place / f"{name}.patch").write_text((HEAD + DIFF).replace("vault\n", f"{target}\n", 1))

    assert [mutant.name for mutant in load_mutants(tmp_path)] == ["first", "second", "third"]
    assert [mutant.name for mutant in load_mutants(tmp_path, "vault")] == ["first", "second"]


def test_one_target_has_no_two_mutants_of_one_name(tmp_path: Path):
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "same.patch").write_text(HEAD + DIFF)

    with pytest.raises(MutantError, match="vault has another mutant called same"):
        load_mutants(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path):
    with pytest.raises(MutantError, match="There is no folder"):
        load_mutants(tmp_path / "none")
