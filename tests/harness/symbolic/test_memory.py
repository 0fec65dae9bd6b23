from __future__ import annotations

import pytest

from harness.symbolic import pieces
from harness.symbolic.data import Known
from harness.symbolic.errors import Inexact
from harness.symbolic.memory import Memory, merge
from harness.term.core import ZERO, Term, bvar, const, ite, not_, var

A, B = var("a"), var("b")
HIGH = bvar("high")


def test_a_word_stored_at_an_odd_address_comes_back_as_itself():
    memory = Memory()
    memory.store(0x84, A)

    assert memory.word(0x84) is A
    assert memory.word(0x200) is ZERO


def test_overlapping_stores_keep_what_the_later_one_leaves():
    memory = Memory()
    memory.store(0x80, const(0xAABBCCDD << 224))
    memory.store(0x84, A)

    assert pieces.constant_bytes(memory.read(0x80, 4)) == bytes.fromhex("aabbccdd")
    assert memory.word(0x84) is A


def test_pieces_of_one_word_join_again():
    memory = Memory()
    memory.store(0x80, A)

    halves = [*memory.read(0x80, 10), *memory.read(0x8A, 22)]

    assert pieces.number(halves) is A


def test_copies_change_on_their_own():
    memory = Memory()
    memory.store(0, A)
    copy = memory.copy()
    copy.store(0, B)

    assert memory.word(0) is A
    assert copy.word(0) is B


def test_a_merge_chooses_where_the_sides_differ_only():
    left, condition = Memory(), bvar("c")
    left.store(0, A)
    left.store(32, A)
    right = left.copy()
    right.store(32, B)

    merged = merge(condition, left, right)

    assert merged.word(0) is A
    assert merged.word(32) is ite(condition, A, B)


def chosen(distance: int = 0) -> Term:
    """An address: 0x100 or 0x80, and so far behind."""
    return ite(HIGH, const(0x100 + distance), const(0x80 + distance))


def put(memory: Memory, word: Term, distance: int = 0) -> None:
    """Store a word so far behind the choice of addresses."""

    def at(address: int, old: list[pieces.Piece]) -> list[pieces.Piece]:
        here = HIGH if address == 0x100 + distance else not_(HIGH)
        return pieces.of_words([ite(here, word, pieces.number(old))])

    addresses = [0x80 + distance, 0x100 + distance]
    memory.put(chosen(distance), addresses, 32, pieces.of_words([word]), at)


def test_what_is_stored_at_a_choice_of_addresses_comes_back_there_and_at_each_of_them():
    memory = Memory()
    put(memory, const(0xAABBCCDD << 224))
    put(memory, A, 4)

    assert pieces.constant_bytes(memory.beside(chosen(), 4)) == bytes.fromhex("aabbccdd")
    assert memory.beside(chosen(4), 32) == [(32, A, 0)]
    assert memory.beside(chosen(8), 32) is None
    assert memory.word(0x84) is ite(HIGH, ZERO, A)
    assert memory.word(0x104) is ite(HIGH, A, ZERO)


@pytest.mark.parametrize("address", [0x61, 0x80, 0x9F, 0xD0, 0x11F])
def test_a_store_where_a_choice_may_lie_leaves_nothing_beside_it(address):
    memory = Memory()
    put(memory, A)
    memory.store(address, B)

    assert memory.beside(chosen(), 32) is None
    assert memory.word(address) is B


@pytest.mark.parametrize("address", [0x61, 0x9F, 0xC1, 0xFF, 0x101, 0x11F, 0x141, 0x15F])
@pytest.mark.parametrize("first", [0, 64])
def test_a_store_where_any_word_beside_a_choice_may_lie_leaves_none_of_them(first, address):
    memory = Memory()
    put(memory, A, first)
    put(memory, A, 64 - first)
    memory.store(address, B)

    assert memory.beside(chosen(), 32) is None
    assert memory.beside(chosen(64), 32) is None


OTHERS = {
    "with the addresses swapped": ite(HIGH, const(0x80), const(0x100)),
    "further apart": ite(HIGH, const(0x180), const(0x80)),
    "by another condition": ite(bvar("c"), const(0x100), const(0x80)),
    "of more addresses": ite(bvar("c"), const(0x100), chosen()),
}


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_beside_one_choice_is_not_beside_another(other):
    memory = Memory()
    put(memory, A)

    assert memory.beside(OTHERS[other], 32) is None


@pytest.mark.parametrize("address", [0x60, 0x120])
def test_a_store_elsewhere_leaves_what_is_beside_a_choice(address):
    memory = Memory()
    put(memory, A)
    memory.store(address, B)

    assert memory.beside(chosen(), 32) == [(32, A, 0)]


def test_a_merge_keeps_beside_a_choice_what_no_side_changed():
    left = Memory()
    put(left, A)
    right, changed = left.copy(), left.copy()
    right.store(0x200, B)
    put(changed, B)

    assert merge(bvar("c"), left, right).beside(chosen(), 32) == [(32, A, 0)]
    assert merge(bvar("c"), left, changed).beside(chosen(), 32) is None
    assert merge(bvar("c"), left, changed).word(0x100) is ite(
        bvar("c"), ite(HIGH, A, ZERO), ite(HIGH, B, ZERO)
    )


def test_bytes_made_of_others_are_not_known_beside_a_choice_where_those_are_not():
    memory = Memory()
    put(memory, A)
    for distance in (0, 16):
        memory.put(chosen(distance), [0x80 + distance, 0x100 + distance], 32, list, lambda _, old: old)

    assert memory.beside(chosen(), 16) == [(16, A, 0)]
    assert memory.beside(chosen(), 32) is None


def test_words_that_wait_for_each_other_in_a_long_row_are_worked_out():
    memory = Memory()
    for _ in range(2000):
        put(memory, B)
        memory = merge(bvar("c"), memory, memory.copy())

    assert memory.word(0x80) is ite(HIGH, ZERO, B)


def test_a_copy_of_unknown_length_is_read_whole_or_not_at_all():
    memory, size = Memory(), var("size", 0, 100)
    memory.store(0, A)
    memory.store(64, B)
    data = Known(pieces.of_words([A, B]), size)
    memory.write_blob(const(32), 32, data)

    assert memory.read_blob(const(32), size) is data
    assert memory.read_blob(const(32), const(7)) is None
    assert memory.word(0) is A
    with pytest.raises(Inexact, match="unknown length"):
        memory.word(64)


def test_a_store_over_it_spoils_the_whole():
    memory, size = Memory(), var("size", 0, 100)
    memory.write_blob(const(32), 32, Known(pieces.of_words([A]), size))
    memory.store(40, B)

    assert memory.read_blob(const(32), size) is None
    assert memory.word(40) is B


def test_after_a_merge_what_one_side_does_not_know_is_not_known():
    left, right = Memory(), Memory()
    left.write_blob(const(32), 32, Known(pieces.of_words([A]), var("size", 0, 100)))
    right.store(0, A)
    right.store(32, B)

    merged = merge(bvar("c"), left, right)

    with pytest.raises(Inexact):
        merged.word(32)


def test_deferred_bytes_are_worked_out_when_they_are_read():
    memory = Memory()
    calls = []

    def make():
        calls.append(1)
        return pieces.of_words([A, B])

    memory.defer(0, 64, make)
    memory.store(32, const(5))

    assert not calls
    assert memory.word(0) is A
    assert memory.word(32) is const(5)
    assert calls == [1]
