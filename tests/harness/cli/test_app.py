from __future__ import annotations

import subprocess
import sys

import pytest

from harness.cli import app, root
from harness.cli.subcommands import SUMMARIES
from harness.errors import PoolproofError


def end(
    monkeypatch: pytest.MonkeyPatch, *arguments: str, error: BaseException | None = None
) -> int | str | None:
    """Return the exit code of ``poolproof ARGUMENTS``; with `error`, of a subcommand that raises it."""
    if error is not None:

        def failing(**_: object) -> None:
            raise error

        monkeypatch.setattr(root, "app", failing)
    monkeypatch.setattr("sys.argv", ["poolproof", *arguments])
    monkeypatch.delenv("POOLPROOF_DEBUG", raising=False)
    with pytest.raises(SystemExit) as ended:
        app.main()
    return ended.value.code


def test_a_mistake_of_the_user_ends_in_one_sentence_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end(monkeypatch, error=PoolproofError("There is no file a.sol: name one.")) == 2
    assert capsys.readouterr().err == "poolproof: There is no file a.sol: name one.\n"


def test_a_defect_is_called_a_defect_and_shows_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end(monkeypatch, error=ZeroDivisionError("division by zero")) == 2

    shown = capsys.readouterr().err
    assert "this is a defect of poolproof (ZeroDivisionError: division by zero)" in shown
    assert "Traceback" not in shown


def test_debug_shows_where_a_defect_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(root, "app", failing)
    monkeypatch.setenv("POOLPROOF_DEBUG", "1")

    with pytest.raises(ZeroDivisionError):
        app.main()


def test_an_unknown_option_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end(monkeypatch, "--no-such-option") == 2
    assert "--no-such-option" in capsys.readouterr().err


def test_help_explains_the_exit_codes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end(monkeypatch, "--help") == 0
    shown = capsys.readouterr().out
    assert "Exit codes:" in shown
    assert "130  interrupted" in shown


def test_the_list_of_subcommands_has_a_line_for_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    end(monkeypatch, "--help")
    listed = capsys.readouterr().out.partition("Commands:\n")[2].splitlines()

    assert [line.split(maxsplit=1) for line in listed] == [[name, text] for name, text in SUMMARIES.items()]


@pytest.mark.parametrize("name", SUMMARIES)
def test_every_subcommand_has_a_help_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert end(monkeypatch, name, "--help") == 0
    assert f"Usage: poolproof {name} [OPTIONS]" in capsys.readouterr().out


def test_a_mistyped_subcommand_is_told_what_was_meant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end(monkeypatch, "prov") == 2
    assert "No such command 'prov'. Did you mean 'prove'?" in capsys.readouterr().err


def test_the_list_of_subcommands_imports_none_of_them() -> None:
    program = "import sys; from harness.cli.app import main; main()"
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program, "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in shown.stderr.splitlines()}

    assert "harness.cli.root" in imported
    assert not imported & {f"harness.cli.{name}" for name in SUMMARIES}
    assert not imported & {"z3", "pyrevm", "eth_abi", "slither"}


def test_an_interrupt_during_the_imports_ends_quietly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupting:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "harness.cli.prove":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "harness.cli.prove", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
    assert end(monkeypatch, "prove") == 130
    assert capsys.readouterr().err == ""
