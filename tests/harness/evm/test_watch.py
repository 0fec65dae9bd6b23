"""The watch set sees every labelled change, and the journal every other."""

from __future__ import annotations

import pytest

from harness.compiler import Artifact
from harness.compiler.layout import Scalar
from harness.evm.abi import Abi
from harness.evm.errors import EvmError
from harness.evm.storage import Storage
from harness.evm.vm import Chain
from harness.evm.watch import Change, Field, WatchSet

ALICE, BOB, CALLER, STORE = 0xA11CE, 0xB0B, 0xAA, 0xBB
KEYS = {"byWho": [ALICE], "nested": [1], "nested[]": [-2], "list": range(3), "__gap": (), "_deep.inner": [3]}


@pytest.fixture
def chain() -> Chain:
    return Chain()


def test_every_watched_field_that_changed_is_named_with_its_values(chain: Chain, shelf: Artifact) -> None:
    address = chain.deploy(CALLER, shelf.creation.bytecode)
    watch = WatchSet(shelf.layout, KEYS)
    before = watch.read(chain, address)
    chain.call(CALLER, address, Abi(shelf.abi).function("fill").encode(ALICE, BOB))
    after = watch.read(chain, address)

    changes = {change.path: (change.before, change.after) for change in watch.changes(before, after)}

    assert changes["signed"] == (0, -5)
    assert changes["yes"] == (False, True)
    assert changes["packed[19]"] == (0, 2**32 - 1)
    assert changes[f"byWho[0x{ALICE:040x}].left"] == (0, 13)
    assert changes["nested[1][-2]"] == (0, 14)
    assert changes["list.length"] == (0, 20)
    assert changes["list[2]"] == (0, 1002)
    assert changes["_deep.inner[3].right"] == (0, BOB)
    assert "byFour[16909060]" not in changes
    storage = Storage(chain, address, shelf.layout)
    for path, (_, now) in changes.items():
        if path not in ("short", "long", "blob") and not path.startswith("<"):
            assert storage.read(path) == now
    assert watch.values(after)["colour"] == 2


def test_equal_readings_have_no_changes(chain: Chain, shelf: Artifact) -> None:
    watch = WatchSet(shelf.layout)
    assert watch.changes(watch.read(chain, STORE), watch.read(chain, STORE)) == []


def test_bits_that_no_watched_field_claims_are_shown(chain: Chain, shelf: Artifact) -> None:
    watch = WatchSet(shelf.layout, {"byWho": [ALICE]})
    field = watch.fields[f"byWho[0x{ALICE:040x}].left"]
    before = watch.read(chain, STORE)
    chain.write(STORE, watch.slots[field.index], 1 << 255)
    assert watch.changes(before, watch.read(chain, STORE)) == [
        Change(f"<other bits of slot {watch.slots[field.index]:#x}>", 0, 1 << 255)
    ]


def test_keys_for_an_unknown_variable_are_refused(shelf: Artifact) -> None:
    with pytest.raises(EvmError, match="keys are given for stackers"):
        WatchSet(shelf.layout, {"stackers": [1]})


def test_a_write_to_any_slot_is_in_the_journal(chain: Chain) -> None:
    chain.set_code(STORE, bytes.fromhex("6020355f355500"))  # sstore(word 0, word 1)

    def store(slot: int, word: int) -> None:
        assert chain.call(CALLER, STORE, slot.to_bytes(32, "big") + word.to_bytes(32, "big")).success

    store(1, 1)
    outer = chain.snapshot()
    assert chain.written_since(outer) == {}
    store(2**255 + 3, 9)
    store(5, 1)
    store(5, 0)
    store(1, 1)
    inner = chain.snapshot()
    store(7, 7)
    assert chain.written_since(inner) == {STORE: {7}}
    assert chain.written_since(outer) == {STORE: {2**255 + 3, 5, 7}}
    chain.revert(inner)
    assert chain.written_since(outer) == {STORE: {2**255 + 3, 5}}
    chain.revert(outer)
    with pytest.raises(EvmError, match="was reverted"):
        chain.written_since(outer)


def test_what_a_reverted_call_wrote_is_not_in_the_journal(chain: Chain) -> None:
    chain.set_code(STORE, bytes.fromhex("60016001555f5ffd"))
    with chain.rolled_back():
        snapshot = chain.snapshot()
        assert not chain.call(CALLER, STORE).success
        assert chain.written_since(snapshot) == {}
        chain.revert(snapshot)


@pytest.mark.parametrize(
    ("scalar", "bits", "text"),
    [
        (Scalar("address", 160), 0xA11CE, "0x00000000000000000000000000000000000a11ce"),
        (Scalar("contract", 160), 1, "0x0000000000000000000000000000000000000001"),
        (Scalar("int", 8), 0xFF, "-1"),
        (Scalar("uint", 64), 10, "10"),
    ],
)
def test_a_field_is_shown_as_its_type_is_read(scalar: Scalar, bits: int, text: str) -> None:
    assert Field("field", 0, 0, (1 << scalar.bits) - 1, scalar).shown(bits) == text
