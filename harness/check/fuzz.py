"""The check `fuzz`: a campaign, and the replay file of what it finds."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from harness.check.campaign import CampaignResult, Options
from harness.check.campaign.ground import Ground, Parts, parts
from harness.check.campaign.runner import campaign_of
from harness.check.replay import Played, Replay, ReplayError, play, save_replay
from harness.check.replay.convert import replay_of
from harness.check.replay.export import pytest_test
from harness.check.replay.foundry import foundry_test
from harness.check.replay.names import Names
from harness.check.target import Progress, Target, silent


def fuzz(
    target: Target, options: Options, folder: Path | None = None, progress: Progress = silent
) -> CampaignResult:
    """Run a campaign on `target`; what it finds is saved as a replay file in `folder`.

    Raises:
        CampaignError: if the specification cannot be executed beside the contract.
        CompilerError: if something does not compile.
    """
    material = parts(target)
    result = campaign_of(target.name, material, options, progress)
    if result.case is not None:
        ground = Ground(material)
        origin = f"fuzz, seed {options.seed}, sequence {result.sequence}"
        file = replay_of(target.name, target.contract, ground, result.case, origin)
        played = play(file, material)
        result.wording = Names(ground.site).in_text
        result.evidence = {"story": story(played), "tests": tests(file, material), **location(played)}
        if folder is not None:
            path = folder / f"{target.name}-{file.expectation.property}-{options.seed}.json"
            try:
                save_replay(file, path)
                result.evidence["replay"] = str(path)
            except ReplayError as error:  # what was found is worth more than its file
                result.unsaved = str(error)
    return result


def story(played: Played) -> list[dict[str, Any]]:
    """Return a replay as reports show it (see report.schema.json)."""
    return [
        {
            "sender": step.sender,
            "at": step.time,
            "call": step.call,
            "result": step.result,
            "events": list(step.events),
            "changes": [
                {"path": change.path, "before": change.before, "after": change.after}
                for change in step.changes
            ],
        }
        for step in played.steps
    ]


def location(played: Played) -> dict[str, Any]:
    """Return where the last call's function is, as reports show it."""
    place = played.steps[-1].place if played.steps else None
    if place is None:
        return {}
    return {"location": {"file": place.unit, "line": place.line, "end_line": place.end_line}}


def tests(file: Replay, material: Parts) -> dict[str, str]:
    """Return a replay as tests to copy, by kind; without the one for Foundry where the model breaks, too."""
    kinds = {"pytest": pytest_test(file, material.spec)}
    with suppress(ReplayError):
        kinds["foundry"] = foundry_test(file, material)
    return kinds
