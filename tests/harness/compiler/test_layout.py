"""solc's storage layout, and the ERC-7201 namespaces that it does not list."""

from __future__ import annotations

import pytest

from harness.compiler import service, standard_json
from harness.compiler.ast_layout import ast_storage_layout
from harness.compiler.errors import CompilerError
from harness.compiler.layout import (
    ByteString,
    DynamicArray,
    FixedArray,
    Mapping,
    Scalar,
    Struct,
)
from harness.compiler.layout_parser import parse_layout
from harness.compiler.namespaces import erc7201_slot
from harness.compiler.service import compile_contract
from harness.compiler.tree import compile_tree

MEMBERS = """
    uint64 small; uint32 smaller; int24 signed; bool flag; address who; address payable payee;
    bytes7 few; bytes32 hash; Colour colour; Price price; Shard shard; C self;
    uint8[3] bytes_; uint24[21] packed; uint256[2] words; Pair[4] pairs; uint16[5][7] nested;
    uint256[SIZE] constant_; uint128[] list; Pair[] pairList; string name; bytes blob;
    mapping(address => Pair) byWho; mapping(string => mapping(Colour => uint8[4])) deep;
    function() external callback; uint8 last;
"""
DECLARATIONS = """
type Price is uint128; type Shard is int8;
enum Colour { RED, GREEN }
struct Pair { uint128 left; uint64 right; bool both; uint256 sum; }
uint256 constant SIZE = 3 * 2;
"""
STATE_AND_NAMESPACE = f"""
{DECLARATIONS}
contract C {{
    /// @custom:storage-location erc7201:example.main
    struct Main {{ {MEMBERS} }}
    {MEMBERS}
    Main whole;
}}
"""


def variables(made):
    return {(variable.namespace, variable.label): variable for variable in made.layout.variables}


@pytest.fixture
def compiled(tree, cache, settings):
    def compile_(text, name="C"):
        return compile_contract(tree({"C.sol": text}), f"C.sol:{name}", settings, cache)

    return compile_


def test_the_slot_of_a_namespace_is_the_one_in_the_standard():
    assert erc7201_slot("example.main") == 0x183A6125C38840424C4A85FA12BAB2AB606C4B6D0E7CC73C0C06BA5300EAB500


def test_a_namespaced_struct_is_laid_out_as_solc_lays_out_the_same_struct(compiled):
    found = variables(compiled(STATE_AND_NAMESPACE))
    base = erc7201_slot("example.main")
    whole = found[None, "whole"].type

    assert isinstance(whole, Struct)
    assert len(whole.members) == 26
    for member in whole.members:
        variable = found["example.main", member.label]
        assert (variable.slot - base, variable.offset) == (member.slot, member.offset), member.label
        assert variable.type == member.type, member.label
        assert variable.contract == "C.sol:C"


def test_every_kind_of_type_is_read(compiled):
    types = {label: item.type for (space, label), item in variables(compiled(STATE_AND_NAMESPACE)).items()}
    pair = Struct("Pair", types["pairs"].element.members, 2)

    assert types["small"] == Scalar("uint", 64)
    assert types["signed"] == Scalar("int", 24)
    assert types["payee"] == types["who"] == Scalar("address", 160)
    assert types["few"] == Scalar("bytes", 56)
    assert types["colour"] == Scalar("enum", 8)
    assert types["price"] == Scalar("uint", 128)
    assert types["shard"] == Scalar("int", 8)
    assert types["self"] == Scalar("contract", 160)
    assert types["callback"] == Scalar("function", 192)
    assert types["bytes_"] == FixedArray(Scalar("uint", 8), 3, per_word=32, stride=1, words=1)
    assert types["packed"] == FixedArray(Scalar("uint", 24), 21, per_word=10, stride=1, words=3)
    assert types["words"] == FixedArray(Scalar("uint", 256), 2, per_word=1, stride=1, words=2)
    assert types["pairs"] == FixedArray(pair, 4, per_word=1, stride=2, words=8)
    assert types["nested"].stride == types["nested"].element.words == 1
    assert types["constant_"].length == 6
    assert types["list"] == DynamicArray(Scalar("uint", 128), per_word=2, stride=1)
    assert types["pairList"] == DynamicArray(pair, per_word=1, stride=2)
    assert (types["name"], types["blob"]) == (ByteString("string"), ByteString("bytes"))
    assert types["byWho"] == Mapping(Scalar("address", 160), pair)
    assert types["deep"].key == ByteString("string")
    assert types["deep"].value.key == Scalar("enum", 8)


def test_variables_are_in_storage_order_and_name_the_contract_that_declares_them(compiled):
    made = compiled("contract Base { uint8 a; } contract C is Base { uint8 b; uint256 c; }")

    assert [(item.label, item.slot, item.offset, item.contract) for item in made.layout.variables] == [
        ("a", 0, 0, "C.sol:Base"),
        ("b", 0, 1, "C.sol:C"),
        ("c", 1, 0, "C.sol:C"),
    ]


def test_namespaces_come_from_every_base_and_from_no_other_contract(tree, cache, settings):
    space = "/// @custom:storage-location erc7201:{0}\n struct S_{0} {{ uint256 {0}; }}"
    files = {
        "Base.sol": f"abstract contract Base {{ {space.format('base')} }}",
        "Other.sol": f"contract Other {{ {space.format('other')} }}",
        "C.sol": f'import "./Base.sol"; import "./Other.sol";contract C is Base {{ {space.format("mine")} }}',
    }
    made = compile_contract(tree(files), "C.sol:C", settings, cache)

    assert {(item.namespace, item.contract) for item in made.layout.variables} == {
        ("base", "Base.sol:Base"),
        ("mine", "C.sol:C"),
    }


def test_openzeppelins_owner_and_initialisation_have_labels(compiled):
    made = compiled(
        'import "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";'
        "contract C is OwnableUpgradeable { uint256 x; }"
    )

    spaces = {item.label: (item.namespace, item.type) for item in made.layout.variables}
    assert spaces["_owner"] == ("openzeppelin.storage.Ownable", Scalar("address", 160))
    assert spaces["_initialized"] == ("openzeppelin.storage.Initializable", Scalar("uint", 64))


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "given is not a solc storageLayout"),
        ({"storage": [{"label": "a"}]}, "given is not a solc storageLayout"),
        (
            {"storage": [{"label": "a", "slot": "0", "offset": 0, "type": "t_x"}], "types": {}},
            "given: type t_x is used but not listed under 'types'",
        ),
    ],
)
def test_a_document_that_is_no_layout_is_a_clear_error(document, message):
    with pytest.raises(CompilerError, match=message):
        parse_layout(document, "given")


def test_the_rules_of_layout_applied_to_the_ast_agree_with_solc(compiled, monkeypatch):
    by_solc = compiled(STATE_AND_NAMESPACE)
    original = standard_json.contract_entry

    def without_layout(answer, *arguments):
        del answer["contracts"]["C.sol"]["C"]["storageLayout"]
        return original(answer, *arguments)

    monkeypatch.setattr(service, "contract_entry", without_layout)

    assert compiled(STATE_AND_NAMESPACE + "// again").layout == by_solc.layout


def test_constants_immutables_and_transient_variables_take_no_storage(tree, cache, settings):
    text = "contract C { uint256 constant A = 1; uint256 immutable b = 2; uint256 transient c; uint256 d; }"
    made = compile_tree(tree({"C.sol": text}), ["C.sol"], settings, cache)
    contract = made.declarations.contract("C.sol", "C")

    assert [entry["label"] for entry in ast_storage_layout(contract, made.declarations)["storage"]] == ["d"]


def test_a_namespace_that_is_only_a_slot_in_a_constant_gets_the_constants_name(compiled):
    slot = f"{erc7201_slot('some.guard'):#066x}"
    made = compiled(f"""contract C {{
        // keccak256(abi.encode(uint256(keccak256("some.guard")) - 1)) & ~bytes32(uint256(0xff))
        bytes32 private constant GUARD = {slot};
        bytes32 private constant OTHER = bytes32(uint256(7));
    }}""")

    (word,) = made.layout.variables
    assert (word.label, word.slot, word.namespace) == ("GUARD", int(slot, 16), "some.guard")
    assert word.type == Scalar("bytes", 256)


def document(*variables: tuple[str, int, int, str]):
    """Return a storageLayout with these variables (label, slot, offset, type)."""
    word = {"encoding": "inplace", "label": "uint256", "numberOfBytes": "32"}
    half = {"encoding": "inplace", "label": "uint128", "numberOfBytes": "16"}
    array = {"encoding": "inplace", "label": "uint256[4]", "numberOfBytes": "128", "base": "t_word"}
    members = [
        {"label": "one", "slot": "0", "offset": 0, "type": "t_word"},
        {"label": "two", "slot": "0", "offset": 16, "type": "t_half"},
    ]
    odd = {"encoding": "inplace", "label": "struct Odd", "numberOfBytes": "32", "members": members}
    short = {**array, "numberOfBytes": "96"}
    huge = {**array, "label": f"uint256[{2**255}]", "numberOfBytes": str(2**260)}
    types = {"t_huge": huge, "t_word": word, "t_half": half, "t_array": array, "t_odd": odd, "t_short": short}
    storage = [
        {"label": label, "slot": str(slot), "offset": offset, "type": type_}
        for label, slot, offset, type_ in variables
    ]
    return {"storage": storage, "types": types}


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ([("a", 0, 0, "t_half"), ("b", 0, 8, "t_half")], "`a` and `b` overlap"),
        ([("owner", 0, 0, "t_word"), ("cells", 0, 0, "t_array")], "overlap"),
        ([("cells", 0, 0, "t_array"), ("owner", 3, 0, "t_word")], "`cells` and `owner` overlap"),
        ([("odd", 0, 0, "t_odd")], "`one` and `two` overlap"),
        ([("short", 0, 0, "t_short")], "longer than its numberOfBytes"),
        ([("huge", 0, 0, "t_huge")], "entries of mappings may lie in it"),
    ],
)
def test_a_layout_whose_labels_lie_is_refused(variables, complaint):
    with pytest.raises(CompilerError, match=complaint):
        parse_layout(document(*variables))


def test_variables_that_share_a_word_or_follow_each_other_are_none_of_that():
    layout = parse_layout(
        document(
            ("a", 0, 0, "t_half"), ("b", 0, 16, "t_half"), ("cells", 1, 0, "t_array"), ("c", 5, 0, "t_word")
        )
    )
    assert [one.label for one in layout.variables] == ["a", "b", "cells", "c"]
