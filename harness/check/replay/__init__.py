"""Replay files: a sequence of calls that shows a defect, saved, read and executed again."""

from harness.check.replay.format import (
    Expectation,
    Replay,
    ReplayCall,
    ReplayError,
    ReplayStart,
    load_replay,
    save_replay,
)
from harness.check.replay.play import Played, PlayedStep, play, replay

__all__ = [
    "Expectation",
    "Played",
    "PlayedStep",
    "Replay",
    "ReplayCall",
    "ReplayError",
    "ReplayStart",
    "load_replay",
    "play",
    "replay",
    "save_replay",
]
