"""A comparer that looks at the wrong place, or not at all, does not pass for agreement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from harness.check.campaign import Options, ground
from harness.check.campaign.ground import Parts
from harness.check.campaign.prediction import Predictor
from harness.check.campaign.runner import campaign_of
from harness.check.campaign.wire import Events
from harness.check.verdict import BROKEN
from harness.check.views import Cell, Entries, Fields, Shape
from harness.check.views.packing import ModelTable
from harness.check.views.stored import Memory
from harness.evm import vm

QUICK = Options(steps=1_000, shrink=False)
Patch = pytest.MonkeyPatch


def view_reads_one_bit_off(patch: Patch) -> None:
    """The balance in a packed record is taken to begin eight bits higher."""
    known = ground.bind

    def off(*arguments: Any) -> dict[str, Shape]:
        shapes = known(*arguments)
        if "accounts" not in shapes:  # the coin's
            return shapes
        accounts = shapes["accounts"]
        assert isinstance(accounts, Entries)
        record = accounts.value
        assert isinstance(record, Fields)
        name, cell = record.members[0]
        assert isinstance(cell, Cell)
        moved = replace(cell, offset=cell.offset + 8)
        members = ((name, moved), *record.members[1:])
        return shapes | {"accounts": replace(accounts, value=replace(record, members=members))}

    patch.setattr(ground, "bind", off)


def view_goes_stale(patch: Patch) -> None:
    """Words that have changed are not taken over."""
    patch.setattr(Memory, "change", lambda memory, words: set())


def records_are_not_decoded_again(patch: Patch) -> None:
    """Words are taken over, but not told to the records that lie in them."""
    patch.setattr(Memory, "own", lambda *_: None)


def tables_forget_an_entry(patch: Patch) -> None:
    """Of the entries that were put into a table, one is not packed."""
    known = ModelTable.keys_since
    patch.setattr(ModelTable, "keys_since", lambda *tables: sorted(known(*tables) or ())[1:])


def journal_loses_changes(patch: Patch) -> None:
    """Every fifth change of a word is not read."""
    known = vm.word_changes
    patch.setattr(vm, "word_changes", lambda *given: [c for n, c in enumerate(known(*given)) if n % 5])


def journal_invents_changes(patch: Patch) -> None:
    """A change of a word is read twice, the second time of another slot."""

    def invented(*given: Any) -> list[Any]:
        changes = known(*given)
        return [*changes, *((frame, (account, slot + 7), old + 1) for frame, (account, slot), old in changes)]

    known = vm.word_changes
    patch.setattr(vm, "word_changes", invented)


def marks_are_one_call_late(patch: Patch) -> None:
    """Changes are put down to the call before."""
    known = vm.Chain.history
    patch.setattr(
        vm.Chain, "history", lambda chain, marks, *rest: known(chain, [*marks[1:], chain.frames], *rest)
    )


def model_says_nothing_of_storage(patch: Patch) -> None:
    """What the model changes is not packed."""
    known = Predictor._conclude

    def forgetful(predictor: Predictor, step: Any, result: Any) -> None:
        known(predictor, step, result)
        result.bits = {}

    patch.setattr(Predictor, "_conclude", forgetful)


def events_are_written_with_another_topic(patch: Patch) -> None:
    """The topics of expected events are those of others."""
    known = Events.log

    def other(events: Events, *given: Any) -> Any:
        emitter, topics, data = known(events, *given)
        return emitter, (bytes(32), *topics[1:]), data

    patch.setattr(Events, "log", other)


SABOTAGE: list[Callable[[Patch], None]] = [
    view_reads_one_bit_off,
    view_goes_stale,
    records_are_not_decoded_again,
    tables_forget_an_entry,
    journal_loses_changes,
    journal_invents_changes,
    marks_are_one_call_late,
    model_says_nothing_of_storage,
    events_are_written_with_another_topic,
]


@pytest.mark.parametrize("sabotage", SABOTAGE, ids=lambda one: one.__name__)
def test_sabotage_of_the_comparer_shows(
    sabotage: Callable[[Patch], None], vault_parts: Parts, monkeypatch: Patch
) -> None:
    sabotage(monkeypatch)

    result = campaign_of("vault", vault_parts, QUICK)

    assert result.case is not None
    assert any(verdict.outcome in BROKEN for verdict in result.verdicts)
