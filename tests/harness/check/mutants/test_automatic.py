"""Automatic mutants: what each operator makes of a real syntax tree."""

from __future__ import annotations

from pathlib import Path

from harness.check.mutants.automatic import Change, changes_of
from harness.compiler import CompilerError, Project, Settings, compile_contract
from harness.compiler.tree import compile_tree

SETTINGS = Settings("0.8.30", optimizer=False)
HEADER = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.20;\n"
SOURCE = """
contract Allowance {
    uint256 public limit = 7;
    uint256[4] public spent;
    bool public closed = false;
    error Closed();
    event Spent(uint256 amount, uint256 left);

    modifier whileOpen() {
        if (closed) revert Closed();
        _;
    }

    function spend(uint256 amount, uint256 place) external whileOpen returns (uint256 left) {
        require(amount <= limit && !closed);
        spent[place] += amount * 2;
        emit Spent(amount, limit - amount);
        left = amount == 0 ? limit : 0;
        for (uint256 i; i < 4; ++i) {
            left /* odd */ - /* place */ 1;
        }
    }
}
"""


def made(tmp_path: Path, text: str = SOURCE) -> list[Change]:
    (tmp_path / "A.sol").write_text(HEADER + text, encoding="utf-8")
    tree = compile_tree(Project.open(tmp_path), ["A.sol"], SETTINGS)
    return list(changes_of("A.sol", tree.sources["A.sol"].text, tree.ast("A.sol")))


def lines(changes: list[Change], operator: str) -> set[str]:
    return {change.changed for change in changes if change.operator == operator}


def test_comparisons_change_in_strictness_and_direction(tmp_path: Path):
    found = lines(made(tmp_path), "comparison")
    assert "require(amount < limit && !closed);" in found
    assert "require(amount > limit && !closed);" in found
    assert "left = amount != 0 ? limit : 0;" in found


def test_arithmetic_changes_where_no_comment_hides_the_operator(tmp_path: Path):
    found = lines(made(tmp_path), "arithmetic")
    assert found == {
        "spent[place] -= amount * 2;",
        "spent[place] += amount / 2;",
        "emit Spent(amount, limit + amount);",
    }


def test_constants_change_but_not_the_sizes_of_types(tmp_path: Path):
    found = lines(made(tmp_path), "constant")
    assert {"uint256 public limit = 8;", "uint256 public limit = 0;"} <= found
    assert "bool public closed = true;" in found
    assert not any("uint256[" in line for line in found)


def test_logic_changes(tmp_path: Path):
    assert lines(made(tmp_path), "logic") == {
        "require(amount <= limit || !closed);",
        "require(amount <= limit && closed);",
    }


def test_guards_and_modifiers_go(tmp_path: Path):
    found = lines(made(tmp_path), "deleted_guard")
    assert {"if (false) revert Closed();", "if (true) revert Closed();"} <= found
    assert any(
        line.startswith("function spend(uint256 amount, uint256 place) external  returns") for line in found
    )


def test_statements_go_but_no_loop_loses_its_step(tmp_path: Path):
    changes = made(tmp_path)
    assert lines(changes, "deleted_statement") >= {"{ }"}
    assert not any("i < 4; { }" in change.changed for change in changes)
    assert "for (uint256 i; i < 4; --i) {" in lines(changes, "step_direction")


def test_arguments_of_one_type_change_places(tmp_path: Path):
    found = lines(made(tmp_path), "swapped_argument")
    assert found == {"emit Spent(limit - amount, amount);", "left = amount == 0 ? 0 : limit;"}


def test_names_are_unique_and_stay_when_another_function_changes(tmp_path: Path):
    before = {change.name: change.changed for change in made(tmp_path)}
    longer = SOURCE.replace("    modifier", "    function more() external { limit += 5; }\n\n    modifier")
    after = {change.name: change.changed for change in made(tmp_path, longer)}

    assert len(before) == len(made(tmp_path))
    inside = {name: text for name, text in before.items() if name.startswith("Allowance.spend")}
    assert inside
    assert inside.items() <= after.items()


def test_every_change_is_one_edit_and_most_compile(tmp_path: Path):
    changes = made(tmp_path)
    project = Project.open(tmp_path)
    failed = 0
    for change in changes:
        try:
            compile_contract(project.changed({"A.sol": change.code}), "A.sol:Allowance", SETTINGS)
        except CompilerError:
            failed += 1

    assert len({change.code for change in changes}) == len(changes)
    assert failed <= len(changes) // 10


def test_spans_are_bytes(tmp_path: Path):
    text = SOURCE.replace("a name", "ä nàme").replace(
        "uint256 public limit = 7;", "/* größer */ uint256 public limit = 7;"
    )
    assert "/* größer */ uint256 public limit = 8;" in lines(made(tmp_path, text), "constant")
