"""`poolproof equiv`: two implementations named on the command line, and what is wrong with the names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli import app

PAIRS = Path(__file__).parents[1] / "check" / "equiv" / "pairs"


def end(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["poolproof", "equiv", "--workers", "1", *arguments])
    with pytest.raises(SystemExit) as ended:
        app.main()
    return int(ended.value.code or 0)


def test_two_implementations_that_do_the_same_end_with_0(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    saved = tmp_path / "verdicts.json"
    one, other = (f"{PAIRS}:Traps.sol:Width{side}" for side in ("One", "One"))

    assert end(monkeypatch, "--a", one, "--b", other, "--json", str(saved)) == 0

    verdicts = json.loads(saved.read_text())["verdicts"]
    assert {one["function"] for one in verdicts} == {"act(uint64)", "unknown selector", "short calldata"}
    assert all(one["evidence"]["identical"] for one in verdicts)
    assert all("padding_is_zero" in one["assumptions"] for one in verdicts)


def test_a_difference_is_shown_side_by_side_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = f"{PAIRS}:Strict.sol:Strict", f"{PAIRS}:Loose.sol:Loose"

    assert end(monkeypatch, "--a", one, "--b", other) == 1

    assert "first | second: fails: no revert data | succeeds" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--a", f"{PAIRS}:Strict.sol:Strict"), "--a and --b go together: name two implementations."),
        (("--b", f"{PAIRS}:Strict.sol:Strict"), "--a and --b go together: name two implementations."),
        (("--a", f"{PAIRS}:Nowhere.sol:Strict", "--b", f"{PAIRS}:Strict.sol:Strict"), "Nowhere.sol"),
        (("--a", f"{PAIRS}:Strict.sol:Nobody", "--b", f"{PAIRS}:Strict.sol:Strict"), "Nobody"),
        (("--a", "nothing", "--b", f"{PAIRS}:Strict.sol:Strict"), "nothing"),
        (
            ("--a", f"{PAIRS}:Strict.sol:Strict", "--b", f"{PAIRS}:Deposits.sol:Plain"),
            "Only contracts with the same functions can be compared: only the first has act(uint8),",
        ),
        (("v3", "--builds", "--also-solc", "0.8.11"), "solc 0.8.11 is not installed"),
        (("v3", "--also-solc", "0.8.11"), "--also-solc needs --builds."),
    ],
)
def test_what_is_named_wrongly_is_one_sentence_and_ends_with_2(
    arguments: tuple[str, ...],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert end(monkeypatch, *arguments) == 2

    said = " ".join(capsys.readouterr().err.split())
    assert sentence in said
    assert said.startswith("poolproof: ")
