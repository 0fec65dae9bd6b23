"""What a campaign is asked to do."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_STEPS = 20_000


@dataclass(frozen=True, slots=True)
class Options:
    """A campaign: `steps` calls (or a few more) in sequences of `length`, or as many as `seconds` allow.

    A sequence ends early where nothing is accepted any more. The result depends on everything but
    `workers` (and, where `seconds` end it, on the machine). `written` is the share of sequences that begin
    in a state that was written rather than reached, and have `written_length` calls: what is special about
    the state is soon used up; every `rules_every`-th sequence is held against the
    rules too, call by call. With `follow`, some calls are followed instruction by instruction, to tell which
    lines and branches were executed.
    """

    steps: int = DEFAULT_STEPS
    seed: int = 1
    workers: int = 1
    seconds: float | None = None
    length: int = 250
    written: float = 0.6
    written_length: int = 40
    rules_every: int = 8
    shrink: bool = True
    follow: bool = True
