"""`poolproof replay`: a saved sequence of calls, executed and told call by call."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.check.replay import Played, PlayedStep, load_replay
from harness.check.replay import replay as play_replay
from harness.check.verdict import ExitCode
from harness.cli.console import Screen
from harness.cli.options import Output, Tree, grouped
from harness.cli.targets import load_targets


@grouped
def replay(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A replay file: `fuzz` and `prove` write them.")
    ],
    tree: Tree = Tree(),
    stale: Annotated[
        bool, typer.Option("--stale", help="Run it even if the sources are not those that it was made on.")
    ] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="Print without colours (as with NO_COLOR set).")
    ] = False,
) -> None:
    """Execute a replay file on the real EVM and tell what happens, call by call.

    For each call: who makes it and when, its decoded arguments, the result or the decoded
    revert, the events, the storage fields that change, and where its function is in the
    Solidity. In the end: the property that breaks, and its values.

    \b
    Examples:
      poolproof replay build/replays/v3-every_token_is_accounted_for-7.json
      poolproof replay FILE --stale            after a change: is it fixed?
      poolproof replay FILE --root ../mine --source src/Pool.sol:Pool

    Exit codes: 0 the property holds (the defect is gone), 1 it breaks as the file says, 2
    the file is no replay, or not of these sources.
    """
    read = load_replay(file)
    [target] = load_targets([read.target], tree)
    played = play_replay(read, target, stale)
    screen = Screen(Output(no_color=no_color))
    _introduce(screen, played)
    for step in played.steps:
        _tell(screen, step)
    _conclude(screen, played)
    raise typer.Exit(ExitCode.BROKEN if played.reproduced else ExitCode.HOLDS)


def _introduce(screen: Screen, played: Played) -> None:
    screen.say(f"{played.replay.target} ({played.replay.contract}): {played.replay.expectation.property}")
    screen.say(f"  {played.sentence}")
    if played.stale:
        screen.say("  These are not the sources that the file was made on.")
    start = played.replay.start
    screen.say("From deployment." if start.is_deployment else "From deployment, with these values written:")
    for path, value in start.storage.items():
        screen.say(f"  {path} = {value}")
    for name, amount in start.ledgers.items():
        screen.say(f"  ledger {name} = {amount}")


def _tell(screen: Screen, step: PlayedStep) -> None:
    value = f" with {step.value} wei" if step.value else ""
    screen.say("")
    screen.say(
        f"{step.number}. {step.sender} calls {step.call}{value}   [time {step.time}, block {step.block}]"
    )
    screen.say(f"   -> {step.result}")
    for event in step.events:
        screen.say(f"   event {event}")
    for change in step.changes:
        screen.say(f"   {change.path}: {change.before} -> {change.after}")
    if step.place is not None:
        screen.say(f"   at {step.place}")
    for finding in step.broken:
        screen.say(f"   BROKEN {finding}")
    for line in step.disagreement:
        screen.say(f"   DIFFERS {line}")


def _conclude(screen: Screen, played: Played) -> None:
    screen.say("")
    keys = f" for {played.keys}" if played.keys else ""
    if played.reproduced:
        screen.say(f"It breaks as the file says: {played.replay.expectation.property}{keys}.")
        if played.replay.expectation.text:
            screen.say(f"  {played.replay.expectation.text}")
    else:
        screen.say(
            f"It does not break: {played.replay.expectation.property}{keys} holds after the last call."
        )
