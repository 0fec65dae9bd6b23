"""What is asked of a run over mutants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

By = Literal["proof", "campaign", "both"]

STEPS = 50_000
"""Within so many calls a campaign must notice what can be reached."""

QUICK = 4_000
"""So many calls are made on an automatic mutant before anything is proved; most are noticed by then."""


@dataclass(frozen=True, slots=True)
class Options:
    """How mutants are tried.

    `by` says by what; ``both`` tries a mutant made by hand in both ways. An automatic one is compared with
    the unchanged contract and proved only if a short campaign did not notice it. `steps` and `seed` are the
    campaign's, `timeout` the solver's seconds for each query. With `every_property` the proof goes on after
    the first that breaks, for the whole matrix. `sample` is how many automatic mutants are tried (all, if
    None), drawn by `seed`. With `keep`, trials that were decided in an earlier run in the same circumstances
    are not made again.
    """

    by: By = "both"
    steps: int = STEPS
    seed: int = 1
    timeout: float = 10.0
    workers: int = 1
    every_property: bool = False
    sample: int | None = None
    keep: bool = True
