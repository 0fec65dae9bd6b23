from __future__ import annotations

import pytest

from harness.compiler.layout import FixedArray, Layout, Mapping, Member, Scalar, Struct, Variable
from harness.symbolic.errors import Inexact
from harness.symbolic.path import Path
from harness.symbolic.slots import Labels
from harness.symbolic.storage import Fresh, Storage
from harness.term import word
from harness.term.core import TRUE, bvar, const, eq, ite, le, lt, var
from harness.term.hashing import keccak, keccak_words
from harness.term.pack import extract

UINT64, UINT32, ADDRESS = Scalar("uint", 64), Scalar("uint", 32), Scalar("address", 160)
SEAT = Struct("Seat", (Member("stake", 0, 0, UINT64), Member("fee", 0, 8, UINT32)), 1)
LAYOUT = Layout(
    (
        Variable("owner", 0, 0, ADDRESS, "C"),
        Variable("paused", 0, 20, Scalar("bool", 8), "C"),
        Variable("gap", 1, 0, FixedArray(Scalar("uint", 256), 9, 1, 1, 9), "C"),
        Variable("seats", 10, 0, FixedArray(SEAT, 8, 1, 1, 8), "C"),
        Variable("ids", 18, 0, Mapping(ADDRESS, UINT32), "C"),
        Variable("votes", 19, 0, Mapping(ADDRESS, Mapping(Scalar("uint", 256), SEAT)), "C"),
        Variable("small", 20, 0, FixedArray(UINT32, 12, 8, 1, 2), "C"),
    )
)
WHO, KEY, INDEX = var("who", 0, (1 << 160) - 1), var("key"), var("index")


def labels() -> Labels:
    return Labels(LAYOUT)


def only(found: Labels, slot, path: Path | None = None):
    meaning = found.meaning(slot, path or Path())
    (place,) = meaning.places
    return place, meaning


def test_a_concrete_slot_is_a_word_with_its_fields():
    place, meaning = only(labels(), const(0))

    assert [part.label for part in place.region.fields] == ["owner", "paused", ""]
    assert not meaning.obligations


def test_a_field_that_nobody_wrote_is_its_own_unknown():
    found = labels()
    storage = Storage(found, Fresh())
    stake = extract(storage.word(word.add(const(10), const(3))), 0, 64)

    assert stake.op == "apply"
    assert (stake.data.name, stake.args) == ("storage.seats.stake", (const(3),))


def test_a_checked_index_needs_no_obligation_and_an_unchecked_one_leaves_it():
    checked = Path().extended(lt(INDEX, const(8)))
    slot = word.add(const(10), INDEX)

    place, meaning = only(labels(), slot, checked)
    assert (place.region.name, place.keys) == ("seats", (INDEX,))
    assert all(checked.decide(condition) for _, condition in meaning.obligations)
    _, free = only(labels(), word.add(const(10), var("free", 0, 100)))
    assert [name for name, _ in free.obligations] == ["seats: index < 8"]


def test_an_index_less_one_is_decoded_by_what_the_path_says():
    """`seats[id - 1]`: the constant part alone lies in the array before."""
    path = Path().extended(le(const(1), INDEX)).extended(le(INDEX, const(8)))

    place, meaning = only(labels(), word.add(const(9), INDEX), path)

    assert place.region.name == "seats"
    assert all(path.decide(condition) for _, condition in meaning.obligations)


def test_mappings_nest_and_remember_their_keys():
    inner = keccak((KEY, keccak((WHO, const(19)))))

    place, meaning = only(labels(), inner)

    assert (place.region.name, place.keys) == ("votes", (WHO, KEY))
    assert meaning.assumptions


def test_a_constant_hash_is_the_same_region_as_a_symbolic_one():
    found = labels()
    digest = keccak_words(7, 18)
    found.learn(digest, (7, 18))

    assert only(found, const(digest))[0].keys == (const(7),)
    assert only(found, const(digest))[0].region is only(found, keccak((WHO, const(18))))[0].region


def test_what_the_layout_does_not_know_is_a_word_of_its_own():
    place, _ = only(labels(), const(0x99))
    hashed, _ = only(labels(), keccak((KEY, const(0x98))))

    assert not place.region.labelled
    assert not hashed.region.labelled
    assert place.region is not hashed.region


def test_a_choice_between_constant_slots_is_one_place_with_a_choice_as_key():
    place, _ = only(labels(), ite(bvar("c"), const(11), const(14)))

    assert place.region.name == "seats"
    assert place.keys == (ite(bvar("c"), const(1), const(4)),)
    assert place.condition is TRUE


def test_a_choice_between_things_is_written_where_it_points_only():
    found = labels()
    storage = Storage(found, Fresh())
    slot = ite(bvar("c"), const(0), keccak((WHO, const(18))))
    before = storage.word(const(0))
    storage.write(found.meaning(slot, Path()), const(5))

    assert storage.word(const(0)) is ite(bvar("c"), const(5), before)


def test_elements_that_share_a_word_are_functions_of_their_own_index():
    storage = Storage(labels(), Fresh())

    fifth_of_second = extract(storage.word(const(21)), 4 * 32, 32)

    assert (fifth_of_second.data.name, fifth_of_second.args) == ("storage.small", (const(12),))


def test_a_slot_that_nothing_explains_is_refused():
    without_arrays = Labels(Layout(LAYOUT.variables[:2]))

    with pytest.raises(Inexact, match="no variable of the layout explains"):
        without_arrays.meaning(var("anything"), Path())


def test_reads_see_writes_at_equal_keys():
    found = labels()
    storage = Storage(found, Fresh())
    mine, other = keccak((WHO, const(18))), keccak((KEY, const(18)))
    old = storage.word(other)
    storage.write(found.meaning(mine, Path()), const(9))

    assert storage.word(mine) is const(9)
    assert storage.word(other) is ite(eq(KEY, WHO), const(9), old)


def test_variables_with_one_label_are_not_one_unknown():
    twice = Layout(
        (
            Variable("x", 0, 0, UINT64, "C"),
            Variable("x", 1, 0, UINT64, "D"),
            Variable("x", 2, 0, UINT64, "D", "space"),
            Variable("C", 3, 0, Struct("S", (Member("x", 0, 0, UINT64),), 1), "D"),
        )
    )
    storage = Storage(Labels(twice), Fresh())

    words = {extract(storage.word(const(slot)), 0, 64) for slot in range(4)}

    assert len(words) == 4


def test_a_variable_named_like_the_environment_is_another_unknown():
    storage = Storage(Labels(Layout((Variable("caller", 0, 0, ADDRESS, "C"),))), Fresh())

    assert extract(storage.word(const(0)), 0, 160).data.name == "storage.caller"
