"""A second EVM makes the same of a replay, and shows who calls whom."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.check.campaign.ground import Parts
from harness.check.replay import Replay, ReplayError
from harness.check.replay.format import Expectation, ReplayCall, ReplayStart
from harness.check.replay.second import second_opinion

START = 1_700_000_000


def visit_and_pay(material: Parts) -> Replay:
    calls = (
        ReplayCall("saver_1", START, 1_001, "visit(uint8)", {"place": "3"}),
        ReplayCall("saver_1", START, 1_003, "deposit(uint64)", {"amount": "150"}),
        ReplayCall("saver_1", START + 1, 1_004, "withdraw()", {}),
    )
    start = ReplayStart({"visits[3]": 7})
    return Replay("vault", "Vault", material.target.input_hash, "", start, calls, Expectation("x"))


@pytest.mark.forge
def test_anvil_agrees_and_tells_who_calls_whom(vault_parts: Parts) -> None:
    if shutil.which("anvil") is None:
        pytest.skip("anvil is not installed: make foundry")

    steps = second_opinion(visit_and_pay(vault_parts), vault_parts)

    assert [step.differences for step in steps] == [(), (), ()]
    assert steps[0].tree == ("vault.visit(3) -> [0, 0, 0], 8",)
    assert steps[1].tree == ("vault.deposit(150) -> nothing", "  coin.take(saver_1, 150) -> nothing")
    assert steps[2].tree == (f"vault.withdraw() -> reverts: TooEarly({START + 86_400})",)


def test_without_anvil_it_is_said_how_to_get_it(
    vault_parts: Parts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ReplayError, match="make foundry"):
        second_opinion(visit_and_pay(vault_parts), vault_parts)
