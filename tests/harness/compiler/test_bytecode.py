"""Linking, immutables, source maps, and contracts from files."""

from __future__ import annotations

import json

import pytest

from harness.compiler.artifact import Code
from harness.compiler.errors import CompilerError
from harness.compiler.link import link, patch_immutables, require_linked
from harness.compiler.loaded import load_artifact
from harness.compiler.service import compile_contract
from harness.compiler.source_map import SourceMap, Span, decode, instruction_starts, locate
from harness.compiler.well_known import STRUCTS

LIBRARY = """
library Half { function part(uint256 x) external pure returns (uint256) { return x / 2; } }
contract C {
    // ä: two bytes
    function half(uint256 x) external pure returns (uint256) { return Half.part(x) + Half.part(1); }
}
"""
ADDRESS = 0x1234567890123456789012345678901234567890
CODE = Code(bytes(100), links=(("L.sol:Lib", 10), ("L.sol:Lib", 50)))


def test_a_contract_with_a_library_is_linked_before_use(tree, cache, settings):
    made = compile_contract(tree({"C.sol": LIBRARY}), "C.sol:C", settings, cache)

    assert {name for name, _ in made.runtime.links} == {"C.sol:Half"}
    with pytest.raises(CompilerError, match=r"libraries that are not linked \(C\.sol:Half\)"):
        require_linked(made.runtime)

    linked = link(made.runtime, {"Half": ADDRESS})
    assert require_linked(linked).count(ADDRESS.to_bytes(20, "big")) == len(made.runtime.links)


def test_a_library_is_linked_by_its_full_or_short_name_and_by_number_or_text():
    by_number = link(CODE, {"L.sol:Lib": ADDRESS})

    assert by_number.bytecode[10:30] == by_number.bytecode[50:70] == ADDRESS.to_bytes(20, "big")
    assert link(CODE, {"Lib": hex(ADDRESS)}) == by_number


@pytest.mark.parametrize(
    ("libraries", "message"),
    [
        ({}, r"libraries that are not linked \(L\.sol:Lib\)"),
        ({"Lib": "0xzz"}, "'0xzz' is not an address for library Lib"),
        ({"Lib": 1 << 160}, "is not an address for library Lib"),
    ],
)
def test_a_library_without_a_proper_address_is_a_clear_error(libraries, message):
    with pytest.raises(CompilerError, match=message):
        link(CODE, libraries)


def test_immutables_are_filled_in_by_name():
    code = Code(bytes(80), immutables=(("limit", 1, 32), ("other", 40, 32)))

    patched = patch_immutables(code, {"limit": 7, "other": 8})

    assert (patched.bytecode[32], patched.bytecode[71]) == (7, 8)
    with pytest.raises(CompilerError, match="has an immutable other without a value"):
        patch_immutables(code, {"limit": 7})
    with pytest.raises(CompilerError, match="does not fit immutable limit of 32 bytes"):
        patch_immutables(code, {"limit": 1 << 256, "other": 0})


def test_the_compressed_source_map_repeats_what_is_left_out():
    assert list(decode("1:2:0:-;;:9;3:::i;:::o;4:5:-1:-:7")) == [
        Span(1, 2, 0, "-"),
        Span(1, 2, 0, "-"),
        Span(1, 9, 0, "-"),
        Span(3, 9, 0, "i"),
        Span(3, 9, 0, "o"),
        Span(4, 5, -1, "-"),
    ]
    assert list(decode("")) == []


def test_push_data_is_not_an_instruction():
    assert instruction_starts(bytes.fromhex("5f60015b7f" + "5b" * 32 + "0061ff")) == [0, 1, 3, 4, 37, 38]


def test_a_program_counter_leads_to_the_solidity(tree, cache, settings):
    made = compile_contract(tree({"C.sol": LIBRARY}), "C.sol:C", settings, cache)
    source_map = SourceMap.of(made)

    places = [place for pc in source_map.spans if (place := source_map.locate(pc)) is not None]

    sums = [place for place in places if place.text == "Half.part(x) + Half.part(1)"]
    assert {(place.unit, place.line, place.column, place.end_line) for place in sums} == {("C.sol", 7, 71, 7)}
    assert str(sums[0]) == "C.sol:7:71"
    assert locate(made, 0) is not None
    assert locate(made, 1) is None, "push data"
    assert locate(made, len(made.runtime.bytecode) - 1) is None, "metadata"
    assert SourceMap.of(made, creation=True).locate(0) is not None


@pytest.fixture
def files(tmp_path):
    """Write code, layout and ABI files and return their paths."""

    def write(code="0x60006000", layout=None, abi=None):
        contents = {
            "code.hex": code,
            "layout.json": json.dumps(layout if layout is not None else {"storage": [], "types": None}),
            "abi.json": json.dumps(abi if abi is not None else []),
        }
        for name, text in contents.items():
            (tmp_path / name).write_text(text)
        return [tmp_path / name for name in contents]

    return write


def test_a_contract_from_files_equals_the_one_compiled_here(tree, cache, settings, files):
    made = compile_contract(tree({"C.sol": "contract C { uint8 public a; }"}), "C.sol:C", settings, cache)
    layout = {
        "storage": [{"label": "a", "slot": "0", "offset": 0, "type": "t_uint8", "contract": "C.sol:C"}],
        "types": {"t_uint8": {"encoding": "inplace", "label": "uint8", "numberOfBytes": "1"}},
    }

    loaded = load_artifact(*files(made.runtime.bytecode.hex() + "\n", layout, {"abi": list(made.abi)}))

    assert loaded.runtime.bytecode == made.runtime.bytecode
    assert (loaded.layout, loaded.abi) == (made.layout, made.abi)


OPENZEPPELIN = """
import "@openzeppelin/contracts-upgradeable/access/Ownable2StepUpgradeable.sol";
import "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import "@openzeppelin/contracts-upgradeable/utils/ReentrancyGuardUpgradeable.sol";
contract C is Ownable2StepUpgradeable, PausableUpgradeable, ReentrancyGuardUpgradeable {
    uint8 public a;
    function init() external initializer nonReentrant { __Ownable_init(msg.sender); _pause(); a = 1; }
}
"""


def test_openzeppelins_namespaces_are_found_in_code_without_sources(tree, cache, settings, files):
    """solc lays out `a` alone; what else the code uses is where the sources say."""
    made = compile_contract(tree({"C.sol": OPENZEPPELIN}), "C.sol:C", settings, cache)
    layout = {
        "storage": [{"label": "a", "slot": "0", "offset": 0, "type": "t_uint8"}],
        "types": {"t_uint8": {"encoding": "inplace", "label": "uint8", "numberOfBytes": "1"}},
    }

    loaded = load_artifact(*files(made.runtime.bytecode.hex(), layout, list(made.abi)))

    def places(artifact):
        return {(v.label, v.slot, v.offset, v.type, v.namespace) for v in artifact.layout.variables}

    assert places(loaded) == places(made)
    assert {v.namespace for v in made.layout.variables if v.namespace} == {
        f"openzeppelin.storage.{name}" for name in STRUCTS
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"code": "0xzz"}, r"code\.hex is not hexadecimal bytecode"),
        ({"code": " \n"}, r"code\.hex is empty"),
        ({"code": "60__$abc$__"}, r"code\.hex holds code with unlinked libraries"),
        ({"layout": [1]}, r"layout\.json is not a solc storageLayout"),
        ({"abi": {"x": 1}}, r"abi\.json is not an ABI"),
        ({"abi": [{"type": "function"}]}, r"abi\.json: entry 0 is not an ABI entry"),
        ({"abi": ["x"]}, r"abi\.json: entry 0 is not an ABI entry"),
    ],
)
def test_files_that_hold_something_else_are_clear_errors(files, given, message):
    with pytest.raises(CompilerError, match=message):
        load_artifact(*files(**given))


def test_a_missing_or_broken_file_is_a_clear_error(files, tmp_path):
    code, layout, abi = files()
    with pytest.raises(CompilerError, match=r"gone\.hex cannot be read"):
        load_artifact(tmp_path / "gone.hex", layout, abi)
    abi.write_text("[\n{")
    with pytest.raises(CompilerError, match=r"abi\.json:2: not valid JSON"):
        load_artifact(code, layout, abi)
