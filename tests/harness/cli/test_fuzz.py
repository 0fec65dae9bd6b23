"""Whatever `poolproof fuzz` is given, it ends in one sentence and the right exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.cli import app

CONFIG = """
[tool.poolproof]
solc = "0.8.30"
[tool.poolproof.targets.vault]
spec = "tests.toys.vault"
source = "tests/toys/vault/Vault.sol:Vault"
"""
ROOT = Path(__file__).resolve().parents[3]

PROGRAM = """
from pathlib import Path
from harness.check.campaign.statistics import Statistics
from harness.cli.app import main

merge = Statistics.merge

def tell(self, other):
    merge(self, other)
    Path("begun").touch()

Statistics.merge = tell
main()
"""
"""The command line, which leaves a file when a campaign has made its first calls."""


def end(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr("sys.argv", ["poolproof", "fuzz", *arguments])
    with pytest.raises(SystemExit) as ended:
        app.main()
    return ended.value.code


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nosuch",), "poolproof: There is no target `nosuch`: there are v1, v2, v3."),
        (("v3", "--steps", "-5"), "Invalid value for '--steps'"),
        (("v3", "--steps", "many"), "Invalid value for '--steps'"),
        (("v3", "--seed", "-1"), "Invalid value for '--seed'"),
        (("v3", "--workers", "-2"), "Invalid value for '--workers'"),
        (("v3", "--time", "soon"), "poolproof: 'soon' is not a duration: write 90, 60s, 5m or 1h."),
        (("v3", "--time", "0s"), "poolproof: '0s' is not a duration"),
        (("v3", "--json", "/nowhere/at/all.json"), "/nowhere/at/all.json cannot be written: name a file"),
        (("v3", "--config", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_wrong_usage_ends_in_one_sentence_and_code_2(
    arguments: tuple[str, ...],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert end(monkeypatch, *arguments) == 2

    shown = capsys.readouterr()
    assert sentence in " ".join(shown.err.split())
    assert "Traceback" not in shown.err
    assert not shown.out


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_a_replay_folder_that_is_a_file_is_refused_before_the_work(
    below: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.touch()

    assert end(monkeypatch, "v3", "--replays", str(file / below)) == 2
    assert "cannot be written: name a folder" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_replay_folder_that_may_not_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(0o500)

    assert end(monkeypatch, "v3", "--replays", str(tmp_path / "replays")) == 2
    assert "cannot be written: name a folder" in capsys.readouterr().err


@pytest.mark.parametrize(("workers", "ending"), [("1", "ctrl-c"), ("2", "ctrl-c"), ("2", "terminate")])
def test_ctrl_c_shows_and_saves_what_was_done_and_leaves_no_process(
    workers: str, ending: str, tmp_path: Path
) -> None:
    """So does who is asked to end by another process, alone: its workers are not told."""
    (tmp_path / "pyproject.toml").write_text(CONFIG)
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    options = ["fuzz", "vault", "--steps", "100000000", "--workers", workers, "--json", "out.json"]
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *options],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=_heeds_ctrl_c,
    )
    while running.poll() is None and not (tmp_path / "begun").exists():
        time.sleep(0.1)
    if ending == "ctrl-c":
        os.killpg(running.pid, signal.SIGINT)
    else:
        running.terminate()

    shown, _ = running.communicate(timeout=120)

    assert running.returncode == 130, shown
    assert "Interrupted: what is shown above is what was decided until then." in shown
    assert "Traceback" not in shown
    assert '"interrupted": true' in (tmp_path / "out.json").read_text()
    assert _left_in(running.pid) == []


def _heeds_ctrl_c() -> None:
    """Let a process be interrupted, even where the tests themselves run in the background and are not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _left_in(group: int) -> list[str]:
    """Return the processes that are left of a group, after some time to end."""
    for _ in range(50):
        left = [line for line in _processes() if line.split()[0] == str(group) and line.split()[1][0] != "Z"]
        if not left:
            return []
        time.sleep(0.2)
    return left


def _processes() -> list[str]:
    listing = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True)
    return listing.stdout.splitlines()
