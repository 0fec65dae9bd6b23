"""The list of automatic mutants that are none."""

from pathlib import Path

import pytest

from harness.check.mutants.equivalent import Equivalent, load_equivalents, reason_for
from harness.check.mutants.errors import MutantError

FILE = """
[[equivalent]]
mutants = "Pool.stake:constant:*"
reason = "Either way."

[[equivalent]]
target = "v2"
mutants = "*"
reason = "All of v2."
"""


def test_the_first_entry_that_fits_gives_the_reason(tmp_path: Path):
    (tmp_path / "list.toml").write_text(FILE)
    listed = load_equivalents(tmp_path / "list.toml")

    assert listed[1] == Equivalent("*", "All of v2.", "v2")
    assert reason_for(listed, "v2", "Pool.stake:constant:1") == "Either way."
    assert reason_for(listed, "v2", "Pool.exit:logic:1") == "All of v2."
    assert reason_for(listed, "v1", "Pool.exit:logic:1") is None


@pytest.mark.parametrize(
    "text",
    ["[[equivalent]]\nmutants = 'x'", "[[equivalent]]\nmutants = 1\nreason = 'x'", "equivalent = [1]",
     FILE + "because = 'x'"],
)  # fmt: skip
def test_an_entry_that_is_none_is_refused_with_its_number(tmp_path: Path, text: str):
    (tmp_path / "list.toml").write_text(text)
    with pytest.raises(MutantError, match=r"list\.toml: entry [12] needs"):
        load_equivalents(tmp_path / "list.toml")


def test_a_list_that_is_no_toml_is_refused(tmp_path: Path):
    (tmp_path / "list.toml").write_text("equivalent = [")
    with pytest.raises(MutantError, match="cannot be read as TOML"):
        load_equivalents(tmp_path / "list.toml")
