"""Views of storage, packing, the journal's history, and invariants evaluated where something changed."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.check.campaign.claims import Claims, values_of
from harness.check.campaign.generate import Generator
from harness.check.campaign.ground import Ground
from harness.check.campaign.run import Run, Start, Table
from harness.check.campaign.wire import Events
from harness.check.views.packing import ModelTable, OutOfRange, changed_keys
from harness.check.views.stored import Memory, StoredTable
from harness.evm.abi import Abi
from harness.evm.decoded import EmittedEvent
from harness.evm.errors import EvmDefect
from harness.evm.raw import RawLog
from harness.evm.recorder import recorded_call
from harness.lang import ADDRESSES, WORDS, Domain, record, replace, total
from tests.toys.vault import DELAY, Account, Vault

GHOSTS = {"paid_in": 0, "paid_out": 0}

PAID = {
    "type": "event",
    "name": "Paid",
    "inputs": [
        {"name": "why", "type": "string", "indexed": False},
        {"name": "payer", "type": "uint256", "indexed": True},
        {"name": "amount", "type": "uint256", "indexed": False},
    ],
}


@record
class Paid:
    """An event whose data is not of a fixed length."""

    why: str
    payer: int
    amount: int


def seen(ground: Ground) -> Vault:
    view: Vault = ground.target.see(ground.target.fresh_memory(), GHOSTS)
    return view


def test_a_view_reads_what_is_stored(ground: Ground) -> None:
    storage = ground.site.storage()
    storage.load({"accounts[saver_1].amount": 5, "accounts[saver_1].frozen": True, "visits[17]": 9})
    saver = ground.site.address("saver_1")

    view = seen(ground)

    assert view.accounts[saver] == Account(5, 0, 1)
    assert view.accounts[saver + 1] == Account()
    assert [view.visits[place] for place in (0, 16, 17, 18)] == [0, 0, 9, 0]
    assert view.keeper == ground.site.address("keeper")
    assert view.paid_in == 0


def test_a_view_is_an_instance_of_the_states_record_and_can_be_copied(ground: Ground) -> None:
    view = seen(ground)

    copy = replace(view, total=7)

    assert isinstance(view, Vault)
    assert type(copy) is Vault
    assert (copy.total, copy.keeper) == (7, view.keeper)


def test_beyond_an_arrays_end_a_view_has_nothing(ground: Ground) -> None:
    ground.chain.write(ground.address, 5, 2**256 - 1)

    assert seen(ground).visits[20] == 0
    assert seen(ground).visits[2**30] == 0


def test_a_sum_follows_changes(ground: Ground) -> None:
    memory = ground.target.fresh_memory()
    view = ground.target.see(memory, GHOSTS)
    slot = ground.site.storage().paths.place("accounts[saver_2].amount").slot

    def amounts() -> Any:
        return total(view.accounts, lambda account: account.amount)

    assert amounts() == 0
    memory.change({slot: 41})
    assert amounts() == 41
    memory.change({slot: 2})
    assert amounts() == 2


def test_storage_and_model_are_the_same_after_packing(ground: Ground) -> None:
    rng = Random(1)
    before = ground.begin()
    accounts, visits = before.accounts, before.visits
    for _ in range(20):
        record = Account(rng.getrandbits(64), rng.getrandbits(40), rng.getrandbits(1))
        accounts = accounts.put(rng.choice(ground.people), record)
        visits = visits.put(rng.randrange(20), rng.getrandbits(16))
    after = replace(before, accounts=accounts, visits=visits, total=2**64 - 1)

    for slot, (mask, value) in ground.target.packer.changes(before, after).items():
        word = ground.chain.read(ground.address, slot)
        ground.chain.write(ground.address, slot, word & ~mask | value)

    assert ground.begin() == after


def test_what_a_place_cannot_hold_is_out_of_range(ground: Ground) -> None:
    before = ground.begin()

    for after in (
        replace(before, total=2**64),
        replace(before, total=-1),
        replace(before, accounts=before.accounts.put(1, Account(amount=2**64))),
        replace(before, visits=before.visits.put(20, 1)),
    ):
        with pytest.raises(OutOfRange):
            ground.target.packer.changes(before, after)


def test_a_model_array_has_an_end() -> None:
    table = ModelTable(0, {}, 3)

    assert table[2] == 0
    with pytest.raises(OutOfRange, match="index 3"):
        table[3]


def test_changed_keys_are_those_put_since() -> None:
    first = ModelTable(0, {1: 1}, None)
    second = first.put(2, 5).put(1, 0)
    third = second.put(7, 7)

    assert set(changed_keys(first, second)) == {1, 2}
    assert set(changed_keys(second, third)) == {7}
    assert set(changed_keys(ModelTable(0, {4: 4}, None), first)) == {1, 4}


def test_history_has_every_word_that_changed_call_by_call(ground: Ground) -> None:
    chain, storage = ground.chain, ground.site.storage()
    saver = ground.site.address("saver_1")
    snapshot = chain.snapshot()
    marks = [chain.frames]
    readings = []
    for amount in (100, 99, 250):
        ground.site.call(saver, "deposit", amount)
        marks.append(chain.frames)
        readings.append(storage.read("total"))

    history = chain.history(marks)
    place = ground.address, storage.paths.place("total").slot

    assert readings == [100, 100, 350]
    word = [span.get(place) for span in history]
    assert word[1] is None  # refused: nothing changed
    assert [w and (w[0] >> 160, w[1] >> 160) for w in word] == [(0, 100), None, (100, 350)]
    coin = ground.site.address("coin")
    assert {account for account, _ in history[0]} == {ground.address, coin}
    chain.revert(snapshot)


def test_a_journal_in_which_something_else_ends_with_a_bracket_is_refused(ground: Ground) -> None:
    chain = ground.chain
    known, marks = chain.journal, [0, chain.frames]
    assert chain.history(marks, known)

    with pytest.raises(EvmDefect, match="frames are found"):
        chain.history(marks, known.replace("{ address", "{ topics: [], address", 1))


def test_events_with_indexed_words_and_long_data_are_written_as_the_abi_has_them() -> None:
    abi = Abi([PAID])
    spec = SimpleNamespace(model=SimpleNamespace(transitions=()))
    emitter, topics, data = Events(abi, cast(Any, spec)).log(Paid("rent", 7, 9), 5)

    assert abi.decode_event(RawLog(emitter, topics, data)) == EmittedEvent("Paid", ("rent", 7, 9), 5)
    assert len(topics) == 2


def test_a_recorder_tells_the_calls_of_callees_and_changes_nothing_else(ground: Ground) -> None:
    chain, coin = ground.chain, ground.site.address("coin")
    saver = ground.site.address("saver_1")
    data = ground.abi.function("deposit").encode(123)
    with chain.rolled_back():
        plain = chain.call(saver, ground.address, data)
        logs = plain.logs
    code = chain.code(coin)

    outcome, seen_logs, calls = recorded_call(chain, [coin], saver, ground.address, data)

    assert outcome.success
    assert tuple(seen_logs) == logs
    assert [call.callee for call in calls] == [coin]
    take = ground.companions[coin][1].instance.abi.function("take")
    assert take.decode(calls[0].data) == (saver, 123)
    assert chain.code(coin) == code


def verdicts_differ(ground: Ground) -> bool:
    """Return whether invariants, evaluated where something changed, are ever others than evaluated anew."""
    table = Table(ground)
    claims, target = table.claims, ground.target
    assert not table.at_deployment
    paths = ["total", "accounts[saver_1].amount", "accounts[saver_1].since", "accounts[saver_2].amount"]
    rng = Random(3)
    words: dict[int, int] = {}
    for _ in range(60):
        place = ground.site.storage().paths.place(rng.choice(paths))
        old = words.get(place.slot, target.memory.at(place.slot))
        hole = ~(place.mask << place.shift)
        words[place.slot] = old & hole | rng.choice((0, 1, 5)) << place.shift
        table.change(target.memory, {place.slot: words[place.slot]})

        broken = {(one.invariant.name, one.keys) for one in claims.refresh(table.view)}

        fresh = Memory(lambda slot: words.get(slot, 0), ground.keys)
        naive = Claims(ground.spec.invariants, fresh, ground.addresses)
        everywhere = naive.refresh(target.see(fresh, table.ghosts))
        if broken != {(one.invariant.name, one.keys) for one in everywhere}:
            return True
    return False


def test_invariants_evaluated_where_something_changed_are_those_evaluated_everywhere(ground: Ground) -> None:
    assert not verdicts_differ(ground)


@pytest.mark.parametrize(
    ("owner", "step"), [(Claims, "_note"), (Claims, "touch"), (Memory, "own"), (StoredTable, "stale")]
)
def test_an_invariant_that_is_not_evaluated_again_though_it_should_be_is_noticed(
    owner: type, step: str, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, step, lambda *_: None)

    assert verdicts_differ(ground)


def test_small_domains_are_looked_at_whole_and_great_ones_at_their_ends() -> None:
    assert values_of(Domain("seat", 1, 32), ()) == range(1, 33)
    assert values_of(ADDRESSES, (0, 7)) == [0, 7]
    assert {0, 1, 2**256 - 1} <= set(values_of(WORDS, ()))


def test_a_sequence_leaves_nothing_behind(ground: Ground) -> None:
    table = Table(ground)
    storage = ground.site.storage()
    sequence = Generator(ground, 1).sequence(1)
    run = Run(table, Start({"accounts[saver_3].amount": 77, "total": 77, "accounts[saver_3].since": 1}))
    for _ in range(40):
        run.plan(sequence.next(run.pool))

    assert run.finish() == []

    assert storage.read("total") == 0
    assert table.view.accounts[ground.site.address("saver_3")] == Account()
    assert table.claims.refresh(table.view) == []


def test_a_written_start_is_where_the_model_begins(ground: Ground) -> None:
    table = Table(ground)
    saver = ground.site.address("saver_1")
    start = Start({"accounts[saver_1].amount": 500, "accounts[saver_1].since": 1, "total": 500})

    run = Run(table, start)

    assert run.pool.accounts[saver] == Account(500, 1, 0)
    assert run.pool.total == 500
    run.finish()


def test_entries_of_contracts_are_written_by_name(ground: Ground) -> None:
    """As replay files name them."""
    storage = ground.site.storage()

    storage.load({"accounts[vault].amount": 5})

    assert storage.read(f"accounts[{ground.address}].amount") == 5


def test_times_around_a_deadline_are_tried_for_whose_deadline_it_is(ground: Ground) -> None:
    generator = Generator(ground, 1)
    saver = ground.site.address("saver_1")
    pool = ground.begin()
    since = ground.start_time + 10**6
    pool = replace(pool, accounts=pool.accounts.put(saver, Account(5, since, 0)))
    seen_offsets: dict[int, int] = {}
    for index in range(1, 600):
        sequence = generator.sequence(index)
        for _ in range(40):
            call = sequence.next(pool)
            if call.signature == "withdraw()" and call.sender == saver:
                offset = call.time - since - DELAY
                seen_offsets[offset] = seen_offsets.get(offset, 0) + 1

    assert {-1, 0, 1} <= seen_offsets.keys()


def test_every_kind_of_malformed_call_is_made(ground: Ground) -> None:
    generator = Generator(ground, 1)
    kinds: set[str] = set()
    for index in range(1, 40):
        sequence = generator.sequence(index)
        for _ in range(60):
            call = sequence.next(ground.begin())
            if call.operation is None:
                kinds.add("bare" if not call.data else "short selector" if len(call.data) < 4 else "unknown")
            elif call.arguments is None:
                size = call.operation.function.arguments.size or 0
                kinds.add("short" if len(call.data) < 4 + size else "dirty")
            elif call.value:
                kinds.add("value")
            elif len(call.data) > len(call.operation.function.encode(*call.arguments)):
                kinds.add("long")

    assert kinds == {"bare", "short selector", "unknown", "short", "dirty", "value", "long"}
