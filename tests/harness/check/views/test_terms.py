"""A symbolic storage seen as a state: what lies where no array reaches belongs to that state."""

from __future__ import annotations

from harness.check.views.binding import Cell
from harness.check.views.terms import Origin, TermWords
from harness.compiler.layout import Layout, Scalar, Variable
from harness.symbolic.path import Path
from harness.symbolic.slots import Labels
from harness.symbolic.storage import Fresh, Storage
from harness.term.core import const
from harness.term.symbol import term_of

ADDRESS = Scalar("address", 160)
LABELS = Labels(Layout((Variable("owner", 0, 0, ADDRESS, "C"),)))


def written(storage: Storage, value: int) -> Storage:
    """Return a copy of a storage in which something is written."""
    twin = storage.copy()
    twin.write(LABELS.meaning(const(0), Path()), const(value))
    return twin


def test_a_copy_in_which_nothing_is_written_is_the_same_state() -> None:
    before = Storage(LABELS, Fresh())
    origin = Origin(before)

    assert origin.beyond(before.copy()) is origin.beyond(before)


def test_states_with_other_contents_are_not_taken_for_one() -> None:
    before = Storage(LABELS, Fresh())
    states = [before, written(before, 1), written(before, 2), Storage(LABELS, Fresh(1))]
    origin = Origin(before)

    assert len({origin.beyond(state) for state in states}) == len(states)
    assert [before.same_as(state) for state in states] == [True, False, False, False]


def test_what_is_written_later_is_not_in_a_state_that_was_seen_before() -> None:
    storage = written(Storage(LABELS, Fresh()), 1)
    origin = Origin(storage)
    beyond = origin.beyond(storage)
    seen, unread = TermWords(storage, origin), TermWords(storage, origin)

    def owner(words: TermWords) -> object:
        return term_of(words.field(words.word(0), Cell(0, 0, ADDRESS), 0, 1)).data

    assert owner(seen) == 1
    storage.write(LABELS.meaning(const(0), Path()), const(2))
    assert (owner(seen), owner(unread), owner(TermWords(storage, origin))) == (1, 1, 2)
    assert origin.beyond(storage) is not beyond
