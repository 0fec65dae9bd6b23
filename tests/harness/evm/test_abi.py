"""Encoding and decoding agree with the ABI specification, as eth-abi implements it."""

from __future__ import annotations

from typing import Any

import eth_abi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.evm.abi import Abi
from harness.evm.codec import Codec, parse_type
from harness.evm.decoded import Reverted
from harness.evm.errors import EvmError
from harness.evm.keccak import keccak256
from harness.evm.raw import RawLog


def param(kind: str, name: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, **more}


PAIR = param("tuple", components=[param("uint64"), param("address")])
ENTRIES = [
    {"type": "function", "name": "stake", "inputs": [param("uint64"), param("uint32")], "outputs": []},
    {
        "type": "function",
        "name": "pairs",
        "inputs": [],
        "outputs": [{**PAIR, "type": "tuple[2]"}, param("uint8[3]")],
    },
    {
        "type": "function",
        "name": "all",
        "inputs": [],
        "outputs": [{**PAIR, "type": "tuple[]"}, param("string")],
    },
    {
        "type": "function",
        "name": "get",
        "inputs": [param("uint256"), param("bytes32")],
        "outputs": [param("address")],
    },
    {"type": "function", "name": "over", "inputs": [param("uint8")], "outputs": []},
    {"type": "function", "name": "over", "inputs": [param("int8")], "outputs": []},
    {"type": "constructor", "inputs": [param("address"), param("bytes")]},
    {
        "type": "event",
        "name": "Slashed",
        "inputs": [param("uint64"), param("address", indexed=True), param("uint64")],
    },
    {"type": "event", "name": "Named", "inputs": [param("string", indexed=True), param("string")]},
    {"type": "error", "name": "DENIED", "inputs": []},
    {"type": "error", "name": "ZERO", "inputs": [param("uint256"), param("bytes32")]},
]

uint = st.integers(0, 2**256 - 1)


@pytest.fixture(scope="module")
def abi() -> Abi:
    return Abi(ENTRIES)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1))
def test_static_words_are_encoded_as_eth_abi_does(amount: int, fee: int) -> None:
    stake = Abi(ENTRIES).function("stake")
    wanted = keccak256(b"stake(uint64,uint32)")[:4] + eth_abi.encode(["uint64", "uint32"], [amount, fee])
    assert stake.encode(amount, fee) == wanted
    assert stake.decode(wanted) == (amount, fee)


TYPES = {
    "uint8": st.integers(0, 255),
    "int24": st.integers(-(2**23), 2**23 - 1),
    "int256": st.integers(-(2**255), 2**255 - 1),
    "bool": st.booleans(),
    "uint256[3]": st.tuples(uint, uint, uint),
    "int8[2][1]": st.tuples(st.tuples(st.integers(-128, 127), st.integers(-128, 127))),
    "string": st.text(max_size=70),
    "bytes": st.binary(max_size=70),
    "uint16[]": st.lists(st.integers(0, 65535), max_size=5).map(tuple),
    "string[][2]": st.tuples(*[st.lists(st.text(max_size=40), max_size=2).map(tuple)] * 2),
}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_values_come_back_and_are_encoded_as_eth_abi_does(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(TYPES)), max_size=4))
    values = tuple(data.draw(TYPES[name]) for name in names)
    codec = Codec([parse_type(param(name)) for name in names])
    encoded = codec.encode(values)
    assert encoded == eth_abi.encode(names, values)
    assert codec.decode(encoded) == values


def test_addresses_and_fixed_bytes_are_numbers_also_beside_dynamic_types() -> None:
    names = ["address", "bytes4", "bytes32", "string", "address[]"]
    codec = Codec([parse_type(param(name)) for name in names])
    values = (2**160 - 7, 0x01020304, int.from_bytes(b"taiko".ljust(32, b"\0"), "big"), "hé", (5, 6))
    encoded = codec.encode(values)
    library = [
        (2**160 - 7).to_bytes(20, "big"),
        b"\1\2\3\4",
        b"taiko",
        "hé",
        [bytes(19) + b"\5", bytes(19) + b"\6"],
    ]
    assert encoded == eth_abi.encode(names, library)
    assert codec.decode(encoded) == values


def test_static_structs_and_arrays_become_tuples(abi: Abi) -> None:
    words = [1, 2, 3, 4, 7, 8, 9]
    data = b"".join(word.to_bytes(32, "big") for word in words)
    assert abi.function("pairs").decode_returned(data) == (((1, 2), (3, 4)), (7, 8, 9))
    assert abi.function("pairs").results.encode((((1, 2), (3, 4)), (7, 8, 9))) == data


def test_dynamic_arrays_of_structs_become_tuples(abi: Abi) -> None:
    results = abi.function("all").results
    values = (((1, 2), (3, 2**160 - 1)), "text")
    assert results.decode(results.encode(values)) == values


def test_a_name_can_be_given_as_text(abi: Abi) -> None:
    get = abi.function("get")
    assert get.encode(1, "taiko") == get.encode(1, b"taiko")
    assert get.encode(1, b"taiko")[-32:] == b"taiko".ljust(32, b"\0")


def test_packed_words_are_not_checked(abi: Abi) -> None:
    assert abi.function("stake").pack(2**256 - 1)[4:] == b"\xff" * 32


@pytest.mark.parametrize(
    ("name", "values", "complaint"),
    [
        ("stake", (2**64, 0), "does not fit uint64"),
        ("stake", (-1, 0), "does not fit uint64"),
        ("stake", (1,), "takes 2 values, 1 given"),
        ("stake", ("a", 0), "not a value of type uint64"),
        ("over", (1,), "overloaded"),
        ("nothing", (), "no function `nothing`"),
        ("get", (1, b"x" * 33), "does not fit bytes32"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    abi: Abi, name: str, values: tuple[Any, ...], complaint: str
) -> None:
    with pytest.raises(EvmError, match=complaint):
        abi.function(name).encode(*values)


def test_an_overload_is_chosen_by_signature(abi: Abi) -> None:
    assert abi.function("over(int8)").encode(-1)[4:] == b"\xff" * 32


@pytest.mark.parametrize("data", [b"", bytes(31), b"\xff" * 32])
def test_return_data_that_does_not_fit_is_refused(abi: Abi, data: bytes) -> None:
    with pytest.raises(EvmError, match=r"too few|not a clean address"):
        abi.function("get").decode_returned(data)


def test_errors_are_named(abi: Abi) -> None:
    assert abi.decode_revert(keccak256(b"DENIED()")[:4])[:2] == ("DENIED", ())
    zero = keccak256(b"ZERO(uint256,bytes32)")[:4] + (5).to_bytes(32, "big") + (6).to_bytes(32, "big")
    assert abi.decode_revert(zero) == Reverted("ZERO", (5, 6), zero)


def test_reasons_and_panics_are_decoded_without_being_in_the_abi(abi: Abi) -> None:
    reason = bytes.fromhex("08c379a0") + eth_abi.encode(["string"], ["no"])
    panic = bytes.fromhex("4e487b71") + (0x11).to_bytes(32, "big")
    assert abi.decode_revert(reason)[:2] == ("Error", ("no",))
    assert abi.decode_revert(panic)[:2] == ("Panic", (0x11,))
    assert str(abi.decode_revert(panic)) == "Panic(0x11: arithmetic overflow or underflow)"


def test_unknown_revert_data_is_kept(abi: Abi) -> None:
    assert abi.decode_revert(b"\1\2\3\4\5")[:2] == ("0x01020304", (b"\5",))
    assert abi.decode_revert(b"")[:2] == ("", ())
    assert abi.decode_revert(bytes.fromhex("4e487b71"))[:2] == ("0x4e487b71", (b"",))


def test_events_have_their_arguments_in_declared_order(abi: Abi) -> None:
    topic = keccak256(b"Slashed(uint64,address,uint64)")
    log = RawLog(9, (topic, (7).to_bytes(32, "big")), eth_abi.encode(["uint64", "uint64"], [1, 3]))
    assert abi.decode_event(log) == ("Slashed", (1, 7, 3), 9)


def test_indexed_text_is_its_hash(abi: Abi) -> None:
    log = RawLog(9, (keccak256(b"Named(string,string)"), b"h" * 32), eth_abi.encode(["string"], ["t"]))
    assert abi.decode_event(log).args == (b"h" * 32, "t")


def test_unknown_logs_are_kept(abi: Abi) -> None:
    assert abi.decode_event(RawLog(9, (b"t" * 32,), b"d")) == ("0x" + "74" * 32, ((b"t" * 32,), b"d"), 9)
    assert abi.decode_event(RawLog(9, (), b"d")) == ("", ((), b"d"), 9)


def test_constructor_arguments_are_encoded(abi: Abi) -> None:
    assert abi.encode_constructor(1, b"z") == eth_abi.encode(["address", "bytes"], [bytes(19) + b"\1", b"z"])


def test_joined_tables_know_both_contracts(abi: Abi) -> None:
    both = Abi([ENTRIES[0]]).joined(abi)
    assert both.decode_revert(keccak256(b"DENIED()")[:4]).name == "DENIED"
    assert len(both.functions) == len(abi.functions)
