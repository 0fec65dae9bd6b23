from __future__ import annotations

import pytest

from harness.cli import app
from harness.errors import PoolproofError


def end(
    monkeypatch: pytest.MonkeyPatch, *arguments: str, error: BaseException | None = None
) -> int | str | None:
    """Return the exit code of ``poolproof ARGUMENTS``; with `error`, of a subcommand that raises it."""
    if error is not None:

        def failing(**_: object) -> None:
            raise error

        monkeypatch.setattr(app, "app", failing)
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

    monkeypatch.setattr(app, "app", failing)
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
