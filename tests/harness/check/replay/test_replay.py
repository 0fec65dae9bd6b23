from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness.check.campaign import Options
from harness.check.campaign.ground import Parts
from harness.check.fuzz import fuzz
from harness.check.replay import Replay, ReplayError, load_replay, play, save_replay
from harness.check.replay import replay as run_replay
from harness.check.replay.format import (
    Expectation,
    ReplayCall,
    ReplayStart,
    schema,
    to_json,
)
from harness.check.target import Target
from harness.cli.replay import told
from tests.harness.check.conftest import Broken
from tests.toys.vault.target import ROOT

FORGETS_THE_TOTAL = ("total -= amount;", "")
GOLDEN = ROOT / "tests/golden/replay-vault.txt"


@pytest.fixture
def found(broken: Broken, tmp_path: Path) -> tuple[Target, Replay, Path]:
    """Return a vault that forgets to lower its total, and the replay file that shows it."""
    target = broken(FORGETS_THE_TOTAL)
    fuzz(target, Options(steps=2_000), tmp_path)
    (path,) = tmp_path.glob("*.json")
    return target, load_replay(path), path


def deposit(**changes: Any) -> ReplayCall:
    call = ReplayCall("saver_1", 1_700_000_000, 1_001, "deposit(uint64)", {"amount": "100"})
    return replace(call, **changes)


def handmade(material: Parts, *calls: ReplayCall, **start: Any) -> Replay:
    return Replay(
        "vault",
        "Vault.sol:Vault",
        material.target.input_hash,
        "a test",
        ReplayStart(**start),
        calls,
        Expectation("total_is_the_sum"),
    )


def test_a_saved_replay_is_what_the_schema_says(found: tuple[Target, Replay, Path]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert list(jsonschema.Draft202012Validator(schema()).iter_errors(json.loads(found[2].read_text()))) == []


def test_a_replay_reads_back_as_it_was_written(found: tuple[Target, Replay, Path], tmp_path: Path) -> None:
    path = tmp_path / "deep/again.json"

    save_replay(found[1], path)

    assert load_replay(path) == found[1]
    assert path.read_text() == found[2].read_text()


def test_a_replay_reproduces_what_was_found(found: tuple[Target, Replay, Path]) -> None:
    target, file, _ = found

    played = run_replay(file, target)

    assert played.reproduced
    last = played.steps[-1]
    assert last.disagreement == ("storage: the model says total = 0, the contract total = 100",)
    assert {one.name for one in last.broken} == {"total_is_the_sum", "money_is_accounted_for"}


def test_a_replay_is_told_call_by_call(found: tuple[Target, Replay, Path]) -> None:
    target, file, _ = found

    played = run_replay(file, target)

    story = "\n".join([*told(played, code=True), ""])
    assert story == GOLDEN.read_text()


def test_once_the_bug_is_fixed_nothing_shows(found: tuple[Target, Replay, Path], vault: Target) -> None:
    played = run_replay(found[1], vault, allow_stale=True)

    assert not played.reproduced
    assert played.stale
    assert [*told(played, code=False)][-1].startswith("It does not break: model")


def test_a_stale_replay_is_refused_with_the_remedy(found: tuple[Target, Replay, Path], vault: Target) -> None:
    with pytest.raises(ReplayError, match=r"other sources or compiler settings.*--stale"):
        run_replay(found[1], vault)


def test_a_replay_of_another_target_is_refused(found: tuple[Target, Replay, Path]) -> None:
    with pytest.raises(ReplayError, match="about the target pond, not vault"):
        run_replay(replace(found[1], target="pond"), found[0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no JSON: line 1"),
        ("[]", 'its "format" is not "poolproof-replay"'),
        (
            '{"format": "poolproof-replay", "version": 9}',
            "is of version 9, and this poolproof reads version 1",
        ),
        ('{"format": "poolproof-replay", "version": 1}', "required property"),
    ],
)
def test_a_malformed_file_is_refused_with_the_place(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text)

    with pytest.raises(ReplayError, match=message):
        load_replay(path)


def test_a_wrong_value_in_a_file_is_named_with_its_place(
    found: tuple[Target, Replay, Path], tmp_path: Path
) -> None:
    document = json.loads(found[2].read_text())
    document["calls"][0]["time"] = "soon"
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(document))

    with pytest.raises(ReplayError, match=r"\['calls'\]\[0\]\['time'\].*'soon'"):
        load_replay(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match=r"nowhere\.json cannot be read"):
        load_replay(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (deposit(function="desposit()", arguments={}), r"no function `desposit\(\)`: did you mean"),
        (deposit(arguments={"sum": "1"}), "takes the arguments amount, the file has sum"),
        (deposit(arguments={"amount": "much"}), "argument amount: 'much' is not a value of type uint64"),
        (deposit(arguments={"amount": True}), "is not a value of type uint64"),
        (deposit(sender="saver_99"), "'saver_99', which is no role or contract of the deployment"),
    ],
)
def test_a_call_that_does_not_fit_the_contract_is_named(
    call: ReplayCall, message: str, vault_parts: Parts
) -> None:
    with pytest.raises(ReplayError, match=message):
        play(handmade(vault_parts, call), vault_parts)


def test_a_property_that_the_specification_lacks_is_named(vault_parts: Parts) -> None:
    file = replace(handmade(vault_parts, deposit()), expectation=Expectation("all_is_well"))

    with pytest.raises(ReplayError, match="`all_is_well`, which is no property of vault"):
        play(file, vault_parts)


def test_a_replay_may_begin_in_a_state_that_was_written(vault_parts: Parts) -> None:
    stranger = f"0x{0xABCD << 140:040x}"
    storage = {f"accounts[{stranger}].amount": 40, "total": 39}
    withdraw = deposit(function="withdraw()", arguments={}, sender=stranger)

    played = play(handmade(vault_parts, withdraw, storage=storage), vault_parts)

    step = played.steps[0]
    assert not step.success
    assert "Panic" in step.result
    assert {one.name for one in step.broken} == {
        "total_is_the_sum",
        "money_is_accounted_for",
        "savings_have_a_date",
    }
    assert f"savings_have_a_date at who = {stranger}" in step.broken_texts
    assert played.reproduced


def test_a_replay_may_begin_with_ledgers(vault_parts: Parts) -> None:
    storage = {"accounts[saver_1].amount": 40, "accounts[saver_1].since": 1, "total": 40}
    file = handmade(vault_parts, deposit(), storage=storage, ledgers={"paid_in": 41, "paid_out": 1})

    played = play(file, vault_parts)

    assert played.steps[0].broken == ()


def test_a_replay_may_put_other_code_in_a_callees_place(vault_parts: Parts) -> None:
    accepting = {"coin": bytes.fromhex("5f5ff3")}

    played = play(handmade(vault_parts, deposit(sender="stranger"), code=accepting), vault_parts)

    assert played.steps[0].success


def test_calldata_that_is_not_plain_survives_the_file(vault_parts: Parts, tmp_path: Path) -> None:
    calls = (
        deposit(data=bytes.fromhex("13765838") + (100).to_bytes(32, "big") + b"more"),
        deposit(arguments=None, data=bytes.fromhex("13765838ff")),
        ReplayCall("stranger", 1_700_000_000, 1_002, value=5, data=b"\x01\x02"),
    )
    path = tmp_path / "odd.json"
    save_replay(handmade(vault_parts, *calls), path)

    played = play(load_replay(path), vault_parts)

    assert [step.success for step in played.steps] == [True, False, False]
    assert played.steps[0].call == "deposit(amount=100) and 4 more bytes of calldata"
    assert played.steps[1].call == "deposit with calldata that does not decode: 0x13765838ff"
    assert played.steps[2].call == "calldata 0x0102"


def test_json_has_numbers_as_text_and_people_by_name(found: tuple[Target, Replay, Path]) -> None:
    document = json.loads(to_json(found[1]))

    assert document["calls"][0] == {
        "function": "deposit(uint64)",
        "arguments": {"amount": "100"},
        "sender": "saver_1",
        "time": "1700000000",
        "block": "1001",
    }


def test_the_documented_file_is_one() -> None:
    text = (ROOT / "docs/replay-format.md").read_text()
    example = text.split("```json\n")[1].split("```")[0]

    assert list(jsonschema.Draft202012Validator(schema()).iter_errors(json.loads(example))) == []
