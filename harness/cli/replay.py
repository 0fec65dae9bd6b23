"""`poolproof replay`: a saved sequence of calls, executed and told call by call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Annotated, Literal

import typer

from harness.check.campaign.ground import parts
from harness.check.fuzz import location, story
from harness.check.replay import Played, PlayedStep, Replay, load_replay
from harness.check.replay import replay as play_replay
from harness.check.replay.convert import is_model
from harness.check.replay.export import pytest_test
from harness.check.replay.foundry import foundry_test
from harness.check.replay.second import SecondStep, second_opinion
from harness.check.target import Target
from harness.check.verdict import ExitCode, Outcome, Verdict
from harness.cli.console import Screen
from harness.cli.files import file_to_write
from harness.cli.fuzz import receipt_now
from harness.cli.options import Json, Output, Tree, grouped
from harness.cli.session import report_on, write_json
from harness.cli.targets import load_targets
from harness.report.document import Report, Run

CHECK = "replay"

SHOWN_LINES = 12
"""Lines of a function that are shown, but for the last call's, which is shown whole."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What is made of a replay file, and how it is told."""

    stale: Annotated[
        bool, typer.Option("--stale", help="Run it even if the sources are not those that it was made on.")
    ] = False
    code: Annotated[
        bool, typer.Option("--code/--no-code", help="Show the Solidity of the functions involved.")
    ] = True
    export: Annotated[
        Literal["foundry", "pytest"] | None,
        typer.Option(help="Print a test of its own instead: Solidity for forge, or Python for pytest."),
    ] = None
    on: Annotated[
        Literal["revm", "anvil"], typer.Option(help="Make the calls on a second EVM, too, and compare.")
    ] = "revm"
    trace: Annotated[
        bool, typer.Option("--trace", help="Show, from anvil, what the contracts ask of each other.")
    ] = False
    no_color: Annotated[
        bool, typer.Option("--no-color", help="Print without colours (as with NO_COLOR set).")
    ] = False


@grouped
def replay(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A replay file: `fuzz` and `prove` write them.")
    ],
    tree: Tree = Tree(),
    telling: Telling = Telling(),
    json: Json = None,
) -> None:
    """Execute a replay file on the real EVM and tell what happens, call by call.

    For each call: who makes it and when, its decoded arguments, the result or the decoded
    revert, the events, the storage fields that change, and where its function is in the
    Solidity. In the end: the functions involved, and the property that breaks, with its values.

    \b
    Examples:
      poolproof replay build/replays/v3-every_token_is_accounted_for-7.json
      poolproof replay FILE --stale            # after a change: is it fixed?
      poolproof replay FILE --root ../mine --source src/Pool.sol:Pool
      poolproof replay FILE --export foundry > test/Replay.t.sol
      poolproof replay FILE --on anvil --trace

    Exit codes: 0 the property holds (the defect is gone), 1 it breaks as the file says, 2
    the file is no replay, or not of these sources.
    """
    file_to_write(json)
    read = load_replay(file)
    [target] = load_targets([read.target], tree)
    screen = Screen(Output(no_color=telling.no_color))
    if telling.export is not None:
        screen.results(exported(read, target, telling.export).splitlines())
        raise typer.Exit(ExitCode.HOLDS)
    started = monotonic()
    played = play_replay(read, target, telling.stale)
    screen.results(told(played, telling.code))
    if telling.on == "anvil" or telling.trace:
        screen.results(compared(second_opinion(read, parts(target)), telling.trace))
    if json is not None:
        write_json(reported(target, file, played, monotonic() - started), json)
    raise typer.Exit(ExitCode.BROKEN if played.reproduced else ExitCode.HOLDS)


def reported(target: Target, file: Path, played: Played, seconds: float) -> Report:
    """Return a report of what a replay says of the target that it was executed on."""
    expected, last = played.replay.expectation, played.replay.calls[-1:]
    broken = Outcome.DIVERGED if is_model(played.replay) else Outcome.REFUTED
    verdict = Verdict(
        target=target.name,
        check=CHECK,
        property=expected.property,
        function=last[0].function if last else "",
        outcome=broken if played.reproduced else Outcome.HELD,
        seconds=seconds,
        detail=next(_conclusion(played)),
        evidence={"story": story(played), **location(played), "replay": str(file)},
    )
    decided = [receipt_now(target).attached_to(verdict)]
    return report_on([target], decided, [Run(target.name, CHECK, seconds)])


def compared(steps: Sequence[SecondStep], trace: bool) -> Iterator[str]:
    """Yield what a second EVM makes of a replay, with `trace` the calls between contracts."""
    yield ""
    for step in steps if trace else ():
        yield f"Call {step.number} on anvil:"
        yield from (f"   {line}" for line in step.tree)
    differences = [f"Call {step.number}: {text}" for step in steps for text in step.differences]
    for text in differences:
        yield f"DIFFERS {text}"
    if not differences:
        yield "On anvil every call ends the same way and stores the same words."


def exported(read: Replay, target: Target, kind: Literal["foundry", "pytest"]) -> str:
    """Return a replay as a test of its own.

    Raises:
        ReplayError: if no test can be made of it.
    """
    return pytest_test(read, target.spec) if kind == "pytest" else foundry_test(read, parts(target))


def told(played: Played, code: bool) -> Iterator[str]:
    """Yield the story of a replay line by line; with `code`, the functions involved are shown."""
    yield from _introduction(played)
    for step in played.steps:
        yield ""
        yield from _step(step)
    if code:
        yield from _code(played.steps)
    yield ""
    yield from _conclusion(played)


def _introduction(played: Played) -> Iterator[str]:
    file = played.replay
    yield f"{file.target} ({file.contract}): {file.expectation.property}"
    yield f"  {played.sentence}"
    yield f"  Found by {file.origin}."
    if played.stale:
        yield "  These are not the sources that the file was made on."
    yield "From deployment." if file.start.is_deployment else "From deployment, with these values written:"
    for path, value in file.start.storage.items():
        yield f"  {path} = {value}"
    for name, amount in file.start.ledgers.items():
        yield f"  ledger {name} = {amount}"
    for contract in file.start.code:
        yield f"  other code in the place of {contract}"


def _step(step: PlayedStep) -> Iterator[str]:
    value = f" with {step.value} wei" if step.value else ""
    yield f"{step.number}. {step.sender} calls {step.call}{value}   [{_time(step.time)}, block {step.block}]"
    yield f"   -> {step.result}"
    for event in step.events:
        yield f"   event {event}"
    for change in step.changes:
        yield f"   {change.path}: {change.before} -> {change.after}"
    if step.place is not None:
        yield f"   at {step.place}"
    for text in step.broken_texts:
        yield f"   BROKEN {text}"
    for line in step.disagreement:
        yield f"   DIFFERS {line}"


def _time(seconds: int) -> str:
    """Return a block's time, as a date too where a calendar has one."""
    if seconds >= 1 << 37:
        return f"time {seconds}"
    return f"time {seconds}, {datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _code(steps: Sequence[PlayedStep]) -> Iterator[str]:
    """Yield the functions involved; the last call's whole, of the others the first lines."""
    places = {str(step.place): step.place for step in steps if step.place is not None}
    last = steps[-1].place if steps else None
    for place in places.values():
        yield ""
        yield f"{place.unit}:{place.line}-{place.end_line}"
        lines = place.text.splitlines()
        shown = lines if place == last else lines[:SHOWN_LINES]
        for number, line in enumerate(shown, start=place.line):
            yield f"  {number:>4}  {line.removeprefix('    ')}".rstrip()
        if len(shown) < len(lines):
            yield "        ..."


def _conclusion(played: Played) -> Iterator[str]:
    expected = played.replay.expectation
    keys = f" for {played.keys}" if played.keys else ""
    if not played.reproduced:
        yield f"It does not break: {expected.property}{keys} holds after the last call."
        return
    yield f"It breaks as the file says: {expected.property}{keys}."
    if expected.text:
        yield f"  {expected.text}"
    if played.reason:
        yield from (f"  {line}" for line in played.reason.splitlines())
