"""From a tree to an artefact, and what the user reads when that fails."""

from __future__ import annotations

import pytest
from eth_hash.auto import keccak

from harness.compiler import service
from harness.compiler.artifact import Settings
from harness.compiler.errors import CompilerError
from harness.compiler.service import compile_contract, compile_many

COUNTER = """
contract Counter {
    uint64 public immutable limit;
    uint256 public count;
    constructor(uint64 limit_) { limit = limit_; }
    /// @notice Counts.
    function step() external { require(count < limit); count += 1; }
}
"""


@pytest.mark.parametrize("pipeline", ["legacy", "via-ir"])
def test_an_artefact_has_code_abi_layout_sources_and_natspec(tree, cache, pipeline):
    made = compile_contract(
        tree({"src/Counter.sol": COUNTER}), "src/Counter.sol:Counter", Settings("0.8.30", pipeline), cache
    )

    assert (made.name, made.unit) == ("Counter", "src/Counter.sol")
    assert made.creation.bytecode.startswith(b"\x60")
    assert made.creation.source_map
    assert made.runtime.source_map
    assert keccak(b"step()")[:4] in made.runtime.bytecode
    assert {entry.get("name") for entry in made.abi} >= {"step", "count", "limit"}
    assert [variable.label for variable in made.layout.variables] == ["count"]
    assert made.sources[0][0] == "src/Counter.sol"
    assert made.metadata["userdoc"]["methods"]["step()"]["notice"] == "Counts."
    assert made.settings.pipeline == pipeline


def test_immutables_carry_their_name_and_place(tree, cache, settings):
    made = compile_contract(tree({"C.sol": COUNTER}), "C.sol:Counter", settings, cache)

    assert {name for name, _, _ in made.runtime.immutables} == {"limit"}
    for _, offset, length in made.runtime.immutables:
        assert made.runtime.bytecode[offset : offset + length] == bytes(32)


def test_what_was_compiled_once_comes_from_the_cache(tree, cache, settings, monkeypatch):
    project = tree({"C.sol": COUNTER})
    first = compile_contract(project, "C.sol:Counter", settings, cache)
    monkeypatch.setattr(service, "raise_errors", lambda answer: pytest.fail("compiled twice"))

    assert compile_contract(project, "C.sol:Counter", settings, cache) == first


def test_a_changed_source_or_setting_is_compiled_again(tree, cache, settings):
    first = compile_contract(tree({"C.sol": COUNTER}), "C.sol:Counter", settings, cache)
    other = compile_contract(
        tree({"C.sol": COUNTER.replace("+= 1", "+= 2")}), "C.sol:Counter", settings, cache
    )
    unoptimised = compile_contract(
        tree({"C.sol": COUNTER}), "C.sol:Counter", Settings("0.8.30", optimizer=False), cache
    )

    assert len({first.input_hash, other.input_hash, unoptimised.input_hash}) == 3
    assert first.runtime.bytecode != other.runtime.bytecode
    assert len(unoptimised.runtime.bytecode) > len(first.runtime.bytecode)


def test_an_artefact_does_not_depend_on_what_is_compiled_with_it(tree, tmp_path, settings):
    project = tree({"A.sol": COUNTER, "B.sol": 'import "./A.sol"; contract B is Counter(7) {}'})
    names = ["A.sol:Counter", "B.sol:B"]
    together = compile_many(project, names, settings, service.Cache(tmp_path / "one"))

    for name in names:
        alone = compile_contract(project, name, settings, service.Cache(tmp_path / "two"))
        assert alone.runtime.bytecode == together[name].runtime.bytecode
        assert alone.input_hash == together[name].input_hash


def test_an_error_in_the_source_reads_as_solc_formats_it(tree, cache, settings):
    project = tree({"C.sol": "contract C { function f() public { uint8 x = 256; } }"})

    with pytest.raises(CompilerError, match=r"TypeError: .*not implicitly convertible") as caught:
        compile_contract(project, "C.sol:C", settings, cache)

    assert "--> C.sol:3:" in str(caught.value)


def test_a_pragma_for_another_compiler_says_which_one_runs(tree, cache, settings):
    project = tree({"C.sol": "pragma solidity 0.7.6; contract C {}"})

    with pytest.raises(CompilerError, match=r"requires different compiler version.*0\.8\.30") as caught:
        compile_contract(project, "C.sol:C", settings, cache)

    assert "Choose a solc that the pragma admits" in str(caught.value)


@pytest.mark.parametrize(
    ("contract", "message"),
    [
        ("C.sol:Missing", r"C\.sol declares no contract Missing; it declares: Counter, Base\."),
        ("Nowhere.sol:C", r"There is no file Nowhere\.sol in .*root"),
        ("Counter", r"'Counter' does not name a contract: write FILE\.sol:Contract\."),
        ("C.sol:", r"does not name a contract"),
        ("C.sol:Base", r"C\.sol:Base has no bytecode \(it is abstract\)"),
    ],
)
def test_a_contract_that_cannot_be_compiled_is_named_with_the_remedy(
    tree, cache, settings, contract, message
):
    project = tree({"C.sol": COUNTER + "abstract contract Base {}"})

    with pytest.raises(CompilerError, match=message):
        compile_contract(project, contract, settings, cache)


def test_a_missing_import_is_shown_with_file_and_line(tree, cache, settings):
    project = tree(
        {"src/C.sol": 'import "./D.sol";\nimport "@nowhere/E.sol";\ncontract C {}', "src/D.sol": ""}
    )

    with pytest.raises(CompilerError, match=r'^src/C\.sol:4: cannot find "@nowhere/E\.sol".*--remap\.$'):
        compile_contract(project, "src/C.sol:C", settings, cache)


def test_a_solc_that_is_not_there_says_what_is(tree, cache, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)

    with pytest.raises(CompilerError, match=r"solc 0\.8\.1 is not installed \(npm has 0\.8\.30"):
        compile_contract(tree({"C.sol": COUNTER}), "C.sol:Counter", Settings("0.8.1"), cache)
