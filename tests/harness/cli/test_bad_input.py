"""Whatever is wrong with the input, a subcommand ends with one sentence that names it, and with code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import app

ROOT = Path(__file__).resolve().parents[3]
PRAGMA = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.20;\n"
SOURCES = {
    "Broken.sol": f"{PRAGMA}contract Broken {{ function f(",
    "Old.sol": "pragma solidity 0.5.0; contract Old { }",
    "Small.sol": f"{PRAGMA}contract Small {{ uint256 x; }}",
    "Only.sol": f"{PRAGMA}interface Only {{ function f() external; }}",
}
TREE = "--root {tree} --source"
REPLAY_HEAD = '{"format": "poolproof-replay", "version": '

CASES = [
    # Solidity
    (f"prove v3 {TREE} Broken.sol:Broken", "Broken.sol:3"),
    (f"fuzz v3 {TREE} Broken.sol:Broken", "Broken.sol:3"),
    (f"equiv v3 {TREE} Broken.sol:Broken", "Broken.sol:3"),
    (f"audit v3 {TREE} Broken.sol:Broken", "Broken.sol:3"),
    (f"verify v3 {TREE} Broken.sol:Broken --out {{tree}}/out", "Broken.sol:3"),
    ("layout v1 {tree}:Broken.sol:Broken", "Broken.sol:3"),
    (f"prove v3 {TREE} Old.sol:Old", "Choose a solc that the pragma admits"),
    (f"prove v3 {TREE} Latin.sol:Latin", "Latin.sol cannot be read as a Solidity source"),
    (f"prove v3 {TREE} Garbage.sol:X", "name a text in UTF-8"),
    (f"prove v3 {TREE} Only.sol:Only", "Only.sol:Only has no bytecode"),
    (f"prove v3 {TREE} Nope.sol:X", "There is no file Nope.sol"),
    (f"prove v3 {TREE} Small.sol:Tall", "Small.sol declares no contract Tall; it declares: Small."),
    (f"prove v3 {TREE} Small.sol", "write FILE.sol:Contract"),
    ("prove v3 --root {tree} --source folder.sol:X", "There is no file folder.sol"),
    ("prove v3 --root {tree}/nowhere --source X.sol:X", "is not a directory"),
    ("prove v3 --root {tree}/Small.sol --source X.sol:X", "is not a directory"),
    # storage and interface
    (f"prove v3 {TREE} Small.sol:Small", "needs the state variable `owner`"),
    (f"fuzz v3 {TREE} Small.sol:Small", "the contract has no function `init`"),
    (f"equiv v3 {TREE} Small.sol:Small", "needs the state variable `owner`"),
    # names
    ("prove v33", "There is no target `v33`: did you mean `v3`?"),
    ("verify w7", "There is no target `w7`: there are v1, v2, v3."),
    ("layout v1 v9", "There is no target `v9`"),
    ("prove v3 --property guard_is_opened", "no property `guard_is_opened`: did you mean `guard_is_open`"),
    ("prove v3 --function widthdraw", "no function `widthdraw`: did you mean `withdraw()`"),
    ("mutants v3 --mutant no_such_bug", "v3 has no mutant with such a name"),
    # numbers
    ("prove v3 --workers -1", "--workers"),
    ("prove v3 --workers 99999999999999999999", "--workers"),
    ("prove v3 --timeout nan", "--timeout"),
    ("fuzz v3 --steps 0", "--steps"),
    ("fuzz v3 --time soon", "'soon' is not a duration"),
    # files that are read
    ("replay {tree}/nope.json", "nope.json cannot be read"),
    ("replay {tree}/half.json", "half.json is no JSON: line 1"),
    ("replay {tree}/list.json", "list.json is no replay file"),
    ("replay {tree}/later.json", "is of version 99"),
    ("replay {tree}/thin.json", "is a required property"),
    ("replay {tree}/folder.sol", "folder.sol cannot be read"),
    ("replay {tree}/Garbage.sol", "Garbage.sol cannot be read"),
    ("report {tree}/half.json", "half.json is not JSON"),
    ("report {tree}/list.json", "list.json is not a report"),
    ("report {tree}/Garbage.sol", "Garbage.sol cannot be read"),
    ("receipt check {tree}/list.json", "list.json is not a report"),
    ("tables {tree}/folder.sol", "folder.sol cannot be read"),
    ("audit v3 --baseline {tree}/half.json", "half.json is not valid TOML"),
    ("prove v3 --bytecode {tree}/half.json", "name all three"),
    ("prove v3 --solc {tree}/half.json --function owner", "name a solc binary"),
    ("prove v3 --solc-version 0.8.99", "solc 0.8.99 is not installed"),
    # files that are written
    ("prove v3 --json {tree}/nowhere/out.json", "nowhere/out.json cannot be written"),
    ("prove v3 --json {tree}/folder.sol", "folder.sol cannot be written"),
    ("fuzz v3 --replays {tree}/list.json", "list.json cannot be written"),
    ("verify v3 --out {tree}/list.json/out", "list.json/out cannot be written"),
    ("audit v3 --propose {tree}/nowhere/new.toml", "nowhere/new.toml cannot be written"),
]  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder full of mistakes."""
    folder = tmp_path_factory.mktemp("mistakes")
    for name, text in SOURCES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "Latin.sol").write_bytes(f'{PRAGMA}contract Latin {{ string x = "\xe9"; }}'.encode("latin-1"))
    (folder / "Garbage.sol").write_bytes(bytes(range(256)) * 8)
    (folder / "folder.sol").mkdir()
    (folder / "half.json").write_text('{"a": ', encoding="utf-8")
    (folder / "list.json").write_text("[]", encoding="utf-8")
    (folder / "later.json").write_text(f"{REPLAY_HEAD}99}}", encoding="utf-8")
    (folder / "thin.json").write_text(f"{REPLAY_HEAD}1}}", encoding="utf-8")
    return folder


@pytest.mark.parametrize(("arguments", "sentence"), CASES, ids=[arguments for arguments, _ in CASES])
def test_a_mistake_is_named_and_ends_with_code_2(
    arguments: str,
    sentence: str,
    tree: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("POOLPROOF_DEBUG", raising=False)
    monkeypatch.setattr("sys.argv", ["poolproof", *arguments.format(tree=tree).split()])

    with pytest.raises(SystemExit) as ended:
        app.main()

    shown = capsys.readouterr().err
    assert ended.value.code == 2
    assert sentence in shown
    assert "Traceback" not in shown
    assert "defect of poolproof" not in shown


def test_nothing_is_left_of_asking_whether_a_file_can_be_written(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    before = sorted(tree.iterdir())
    monkeypatch.setattr("sys.argv", ["poolproof", "prove", "v33", "--replays", f"{tree}/replays"])

    with pytest.raises(SystemExit):
        app.main()

    assert sorted(tree.iterdir()) == before
