"""`poolproof fuzz`: random calls on the contract and its model, everything compared."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from harness.check.campaign import Options
from harness.check.campaign.ground import parts
from harness.check.campaign.options import DEFAULT_STEPS
from harness.check.campaign.result import CHECK
from harness.check.fuzz import fuzz as run_fuzz
from harness.check.receipt import Receipt, deployment_hash, receipt_of
from harness.check.target import Progress, Target
from harness.check.verdict import Verdict
from harness.cli.durations import seconds
from harness.cli.options import REPLAYS, Names, Output, Replays, Seed, Tree, Workers, grouped
from harness.cli.session import Session
from harness.cli.targets import load_targets

TOOLS = ("pyrevm",)
"""The packages that take part in a campaign."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a campaign is, and where it begins."""

    steps: Annotated[int, typer.Option(min=1, metavar="N", help="How many calls are made.")] = DEFAULT_STEPS
    time: Annotated[
        str | None,
        typer.Option(metavar="DURATION", help="Make calls for this long (60s, 5m) in place of --steps."),
    ] = None
    seed: Seed = None
    replays: Replays = REPLAYS

    def options(self, workers: int) -> Options:
        """Return these as the campaign's options; without a seed, it is one that nobody chose."""
        seed = self.seed if self.seed is not None else int.from_bytes(os.urandom(4), "big")
        limit = seconds(self.time) if self.time is not None else None
        return Options(steps=self.steps, seed=seed, seconds=limit, workers=workers or os.cpu_count() or 1)


@grouped
def fuzz(
    names: Names = None,
    tree: Tree = Tree(),
    budget: Budget = Budget(),
    workers: Workers = 0,
    output: Output = Output(),
) -> None:
    """Call the deployed contracts at random beside their reference models.

    After every call success or exact revert data, return values, events, the whole
    storage, balances and the token's supply are compared with the model's, and every
    property is evaluated. Calls come from everybody, well-formed or not, at times around
    every deadline, from deployment and from states that were written. What differs is
    shrunk to the shortest sequence that still shows it and saved as a replay file.

    The same seed gives the same run on any number of workers (unless --time ends it).

    \b
    Examples:
      poolproof fuzz v3
      poolproof fuzz v3 --steps 1000000 --seed 7
      poolproof fuzz --time 5m

    Exit codes: 0 no difference, 1 model and contract differ or a property broke, 2 wrong
    usage or the sources do not compile, 3 something was never exercised.
    """
    targets = load_targets(names or (), tree)
    options = budget.options(workers)
    with Session(targets, output, options.seed) as session:
        for target in targets:
            session.run(target.name, CHECK, partial(fuzz_target, target, options, budget.replays))


def fuzz_target(target: Target, options: Options, replays: Path, progress: Progress) -> Iterator[Verdict]:
    """Yield the verdicts of a campaign on `target`.

    Raises:
        KeyboardInterrupt: after the verdicts, if the campaign was interrupted.
    """
    result = run_fuzz(target, options, replays, progress)
    yield from map(receipt_now(target).attached_to, result.verdicts)
    if result.interrupted:
        raise KeyboardInterrupt


def receipt_now(target: Target) -> Receipt:
    """Return what verdicts depend on that were reached by executing `target`."""
    material = parts(target)
    deployment = deployment_hash(material.artifacts)
    return receipt_of(target.spec, material.target, *TOOLS, deployment=deployment)
