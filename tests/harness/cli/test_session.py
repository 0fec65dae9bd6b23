from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from harness.check.target import Progress
from harness.check.verdict import Outcome, Verdict
from harness.cli.errors import UsageError
from harness.cli.options import Output
from harness.cli.session import Session
from harness.cli.summary import taken_for_granted
from harness.errors import PoolproofError


def verdict(outcome: Outcome, name: str = "conservation", detail: str = "") -> Verdict:
    return Verdict("toy", "prove", name, "exit()", outcome, 0.5, detail)


def run(output: Output, *outcomes: Outcome, then: BaseException | None = None) -> int:
    """Return the exit code of a session that sees these outcomes and, perhaps, `then` an exception."""

    def check(progress: Progress) -> Iterator[Verdict]:
        for number, outcome in enumerate(outcomes):
            progress(number, len(outcomes), "at work")
            yield verdict(outcome, detail="because it is so")
        if then is not None:
            raise then

    with pytest.raises(typer.Exit) as ended, Session([], output, seed=7) as session:
        session.run("toy", "prove", check)
    return ended.value.exit_code


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([Outcome.PROVED, Outcome.HELD], 0),
        ([Outcome.PROVED, Outcome.REFUTED, Outcome.UNKNOWN], 1),
        ([Outcome.PROVED, Outcome.UNKNOWN], 3),
        ([Outcome.VACUOUS], 3),
        ([Outcome.PROVED, Outcome.LIMITATION], 0),
        ([Outcome.PROVED, Outcome.UNEXPECTED], 1),
        ([], 3),
    ],
)
def test_the_exit_code_is_that_of_the_worst_verdict(outcomes: list[Outcome], code: int) -> None:
    assert run(Output(), *outcomes) == code


def test_a_check_that_decides_nothing_is_undecided(capsys: pytest.CaptureFixture[str]) -> None:
    run(Output())

    assert "the check decided nothing" in capsys.readouterr().out


def test_what_does_not_hold_is_shown_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    run(Output(), Outcome.PROVED, Outcome.REFUTED)

    shown = capsys.readouterr().out
    assert "REFUTED" in shown
    assert "conservation in exit()" in shown
    assert "because it is so" in shown
    assert "seed 7" in shown


def test_a_known_limitation_is_shown_and_counted_though_the_run_holds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(Output(), Outcome.PROVED, Outcome.LIMITATION)

    shown = capsys.readouterr().out
    assert shown.startswith("LIMITATION")
    assert "1 of these known limitations, refuted as declared" in shown
    assert "Everything holds." in shown


def test_quiet_shows_only_what_does_not_hold(capsys: pytest.CaptureFixture[str]) -> None:
    run(Output(quiet=True), Outcome.PROVED)
    assert capsys.readouterr().out == ""

    run(Output(quiet=True), Outcome.UNKNOWN)
    assert capsys.readouterr().out.startswith("UNKNOWN")


def test_off_a_terminal_the_output_is_plain(capsys: pytest.CaptureFixture[str]) -> None:
    run(Output(), Outcome.REFUTED)

    captured = capsys.readouterr()
    assert "\x1b" not in captured.out
    assert captured.err == ""


def test_the_json_holds_every_verdict(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    run(Output(json=file), Outcome.PROVED, Outcome.REFUTED)

    document = json.loads(file.read_text())
    assert [entry["verdict"] for entry in document["verdicts"]] == ["PROVED", "REFUTED"]
    assert document["environment"]["seed"] == 7
    assert not document["interrupted"]


def test_an_interrupted_run_saves_what_was_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "result.json"
    code = run(Output(json=file), Outcome.PROVED, then=KeyboardInterrupt())

    document = json.loads(file.read_text())
    assert code == 130
    assert document["interrupted"]
    assert len(document["verdicts"]) == 1
    assert "Interrupted" in capsys.readouterr().out


def test_an_error_goes_on_after_what_was_decided_is_saved(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    with pytest.raises(PoolproofError, match="no such tool"):
        run(Output(json=file), Outcome.PROVED, then=PoolproofError("no such tool"))

    assert json.loads(file.read_text())["interrupted"]


@pytest.mark.parametrize("place", [lambda folder: folder, lambda folder: folder / "absent" / "result.json"])
def test_a_result_file_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, place: Callable[[Path], Path]
) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        Session([], Output(json=place(tmp_path)))


def test_what_the_proofs_take_for_granted_is_told_in_a_sentence_and_counted() -> None:
    proved = replace(verdict(Outcome.PROVED), assumptions=("memory_is_paid_for", "nobody_sleeps"))
    refuted = replace(verdict(Outcome.REFUTED), assumptions=("views_answer",))
    kept = replace(proved, assumptions=("nobody_sleeps",))

    table = taken_for_granted([], [proved, refuted, kept])

    names, counts, sentences = ([*column.cells] for column in table.columns)
    assert names == ["nobody_sleeps", "memory_is_paid_for"]
    assert counts == ["2", "1"]
    assert sentences[1] == "No call has the gas for 16 MiB of memory: such a call fails."
