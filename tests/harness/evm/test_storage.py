"""Storage read and written by path is what the compiled contract's own code reads and writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.compiler import Artifact
from harness.evm.abi import Abi
from harness.evm.errors import EvmError
from harness.evm.storage import Storage
from harness.evm.vm import Chain

ALICE, BOB, CALLER = 0xA11CE << 100, 0xB0B, 0xAA


@dataclass
class Bench:
    chain: Chain
    address: int
    abi: Abi
    storage: Storage

    def ask(self, getter: str, *arguments: Any) -> Any:
        function = self.abi.function(getter)
        outcome = self.chain.call(CALLER, self.address, function.encode(*arguments), static=True)
        returned = function.decode_returned(outcome.output)
        return returned[0] if len(returned) == 1 else returned


@pytest.fixture(scope="module")
def bench(shelf: Artifact) -> Bench:
    chain, abi = Chain(), Abi(shelf.abi)
    address = chain.deploy(CALLER, shelf.creation.bytecode)
    return Bench(chain, address, abi, Storage(chain, address, shelf.layout, {"ALICE": ALICE}))


LONG = "a text that does not fit into thirty-one bytes, so it is stored elsewhere"
FILLED = {
    "small": 200,
    "signed": -5,
    "yes": True,
    "who": ALICE,
    "colour": 2,
    "four": 0x01020304,
    "wide": 2**256 - 2,
    "pair": {"left": 11, "right": BOB, "flag": True},
    "pair.right": BOB,
    "packed": (1, 0, 0, 0, 0, 0, 0, 2, 3, *[0] * 10, 2**32 - 1),
    "packed[8]": 3,
    "pairs[4].left": 12,
    f"byWho[{ALICE:#x}].left": 13,
    "byWho[ALICE].right": BOB,
    "byWho[ALICE]": {"left": 13, "right": BOB, "flag": False},
    "nested[1][-2]": 14,
    "byFour[0x01020304]": 15,
    'byText["some text"]': 16,
    "byFlag[true]": 17,
    "list.length": 20,
    "list[19]": 1019,
    "list": tuple(range(1000, 1020)),
    "pairList[1].right": BOB,
    "pairList.length": 2,
    "short": "short",
    "long": LONG,
    "blob": b"\1\2\3\4\5",
    "_deep.tag": 9,
    "deep.pairs[1].left": 20,
    "_deep.inner[3].right": BOB,
    "_hidden": 7,
    "hidden": 7,
    "ShelfBase.__gap[1]": 0,
}


@pytest.mark.parametrize("path", FILLED)
def test_what_the_contract_wrote_is_read_by_path(bench: Bench, path: str) -> None:
    with bench.chain.rolled_back():
        assert bench.chain.call(CALLER, bench.address, bench.abi.function("fill").encode(ALICE, BOB)).success
        assert bench.storage.read(path) == FILLED[path]


WRITTEN: list[tuple[str, Any, str, tuple[Any, ...]]] = [
    ("small", 9, "small", ()),
    ("signed", -(2**23), "signed", ()),
    ("yes", True, "yes", ()),
    ("who", BOB, "who", ()),
    ("colour", 1, "colour", ()),
    ("four", 0xFFFFFFFF, "four", ()),
    ("packed[15]", 77, "packed", (15,)),
    ("byWho[7].left", 2**64 - 1, "byWho", (7,)),
    ("nested[5][-128]", 3, "nested", (5, -128)),
    ('byText["x"]', 4, "byText", ("x",)),
    ("byFour[5]", 6, "byFour", (5,)),
    ("list", [5, 6, 7], "list", (2,)),
    ("short", LONG, "short", ()),
    ("blob", b"\xff" * 31, "blob", ()),
    ("blob", b"\xff" * 32, "blob", ()),
    ("_deep.inner[8].right", ALICE, "deep", (8,)),
]


@pytest.mark.parametrize(("path", "value", "getter", "arguments"), WRITTEN)
def test_what_is_written_by_path_is_what_the_contract_reads(
    bench: Bench, path: str, value: Any, getter: str, arguments: tuple[Any, ...]
) -> None:
    with bench.chain.rolled_back():
        bench.storage.write(path, value)
        seen = bench.ask(getter, *arguments)
        wanted = value[arguments[0]] if path == "list" else value
        assert wanted in seen if isinstance(seen, tuple) else seen == wanted
        assert bench.storage.read(path) == (tuple(value) if isinstance(value, list) else value)


def test_a_write_leaves_its_neighbours_in_the_word(bench: Bench) -> None:
    with bench.chain.rolled_back():
        bench.chain.call(CALLER, bench.address, bench.abi.function("fill").encode(ALICE, BOB))
        bench.storage.write("yes", False)
        neighbours = {path: bench.storage.read(path) for path in ("small", "signed", "who", "colour", "four")}
    assert neighbours == {path: FILLED[path] for path in neighbours}


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(first=st.binary(max_size=100), second=st.binary(max_size=100))
def test_a_byte_string_of_any_length_replaces_any_other(shelf: Artifact, first: bytes, second: bytes) -> None:
    chain, abi = Chain(), Abi(shelf.abi)
    address = chain.deploy(CALLER, shelf.creation.bytecode)
    storage = Storage(chain, address, shelf.layout)
    storage.load({"blob": first})
    storage.load({"blob": second})
    answer = chain.call(CALLER, address, abi.function("blob").encode()).output
    assert abi.function("blob").decode_returned(answer) == (second,)


def test_a_state_is_loaded_as_one_assignment(bench: Bench) -> None:
    with bench.chain.rolled_back():
        bench.storage.load({"pairs[3].left": 5, "byWho[ALICE]": {"flag": True}, "small": 1})
        assert bench.ask("pairs", 3) == (5, 0, False)
        assert bench.ask("byWho", ALICE) == (0, 0, True)
        assert bench.ask("small") == 1


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("nothing", "no variable `nothing`; it has _hidden, __gap, small"),
        ("pair.middle", "`pair` has no member `middle`; it has left, right, flag"),
        ("packed[20]", "outside the array with 20 elements"),
        ("byWho", "is a mapping: name a key"),
        ("byWho[x]", "'x' is neither a number nor a known name"),
        ("small[1]", "`small` is a single value"),
        ("small.x", "has no member `x`"),
        ("byWho[1", "cannot read"),
        ("", "empty storage path"),
        ("__gap[0]", "declared more than once; write one of ShelfBase.__gap, Shelf.__gap"),
        (f"byWho[{2**160}]", "does not fit"),
        ('byWho["x"]', "the key must be a number"),
        ("byText[1]", "must be a quoted text"),
    ],
)
def test_a_wrong_path_is_explained(bench: Bench, path: str, complaint: str) -> None:
    with pytest.raises(EvmError) as caught:
        bench.storage.read(path)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value"), [("small", 256), ("signed", 2**23), ("who", -1), ("small", "x"), ("byWho", 1)]
)
def test_a_value_that_does_not_fit_is_refused(bench: Bench, path: str, value: Any) -> None:
    with pytest.raises(EvmError, match=rf"`{path}`"):
        bench.storage.write(path, value)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("small", "small, signed, yes, who, colour"),
        ("pair.flag", "pair.right, pair.flag"),
        ("packed[9]", "packed[8..15]"),
        ("packed[19]", "packed[16..19]"),
        ("pairs[4].left", "pairs[4].left"),
        ("_deep.pairs[1].right", "_deep.pairs[1].right, _deep.pairs[1].flag"),
        ("list.length", "list"),
        ("Shelf.__gap[1]", "Shelf.__gap[0..1]"),
    ],
)
def test_a_slot_is_described_by_what_is_kept_there(bench: Bench, path: str, shown: str) -> None:
    paths = bench.storage.paths
    slot = paths.place(path).slot
    described = paths.describe(slot)
    assert all(part in described.split(", ") for part in shown.split(", "))


def test_a_slot_that_nothing_is_kept_at_is_described_by_its_number(bench: Bench) -> None:
    assert bench.storage.paths.describe(2**200) == f"slot {2**200:#x}"
