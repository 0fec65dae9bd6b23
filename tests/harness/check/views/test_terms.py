"""A symbolic storage seen as a state: what lies where no array reaches belongs to that state."""

from __future__ import annotations

from harness.check.views.terms import Origin
from harness.compiler.layout import Layout, Scalar, Variable
from harness.symbolic.path import Path
from harness.symbolic.slots import Labels
from harness.symbolic.storage import Fresh, Storage
from harness.term.core import const

LABELS = Labels(Layout((Variable("owner", 0, 0, Scalar("address", 160), "C"),)))


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
