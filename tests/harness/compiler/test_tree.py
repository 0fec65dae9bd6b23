"""A tree for its syntax, and its hand-over to crytic-compile and Slither."""

from __future__ import annotations

import pytest
from slither import Slither

from harness.compiler.crytic import crytic_compile
from harness.compiler.errors import CompilerError
from harness.compiler.tree import compile_tree

FILES = {
    "src/A.sol": 'import "./sub/B.sol"; import "dep/D.sol";'
    "contract A is B, D { function a() external { x = 1; } }",
    "src/sub/B.sol": "abstract contract B { uint256 internal x; }",
    "node_modules/dep/D.sol": "contract D { uint256 y; }",
    "lib/other/E.sol": "contract E {}",
}


def test_a_folder_is_compiled_with_what_it_imports(tree, cache, settings):
    made = compile_tree(tree(FILES), ["src"], settings, cache)

    assert made.units == ("src/A.sol", "src/sub/B.sol")
    assert made.own_units == ["src/A.sol", "src/sub/B.sol"]
    assert set(made.sources) == {"src/A.sol", "src/sub/B.sol", "dep/D.sol"}
    assert made.ast("src/A.sol")["nodeType"] == "SourceUnit"
    assert made.declarations.contracts("src/A.sol") == ["A"]
    assert made.warnings() == []


def test_dependencies_inside_the_root_are_not_taken_for_its_own(tree, cache, settings):
    made = compile_tree(tree(FILES), ["."], settings, cache)

    assert made.units == ("src/A.sol", "src/sub/B.sol")


def test_a_folder_without_sources_is_a_clear_error(tree, cache, settings):
    with pytest.raises(CompilerError, match=r"There is no \.sol file in .*lib"):
        compile_tree(tree({"lib/E.sol": "contract E {}"}), ["lib"], settings, cache)


def test_an_error_in_the_tree_reads_as_solc_formats_it(tree, cache, settings):
    with pytest.raises(CompilerError, match=r"ParserError: (.|\n)*--> A\.sol:3:"):
        compile_tree(tree({"A.sol": "contract {"}), ["A.sol"], settings, cache)


def test_slither_reads_the_tree_from_memory_and_knows_its_dependencies(tree, cache, settings, monkeypatch):
    made = compile_tree(tree(FILES), ["src"], settings, cache)
    # A different file of the same name in the working directory must not be taken for ours.
    wrong = made.project.root / "elsewhere" / "src"
    wrong.mkdir(parents=True)
    (wrong / "A.sol").write_text("contract Wrong {}")
    monkeypatch.chdir(wrong.parent)

    slither = Slither(crytic_compile(made))

    contract = slither.get_contract_from_name("A")[0]
    assert [variable.name for variable in contract.functions[0].state_variables_written] == ["x"]
    assert "contract A is B, D" in contract.source_mapping.content
    assert [each.name for each in slither.contracts if each.is_from_dependency()] == ["D"]
    assert contract.source_mapping.filename.short == "src/A.sol"
