"""Trials kept from one run to the next, by all that decides them: a run that was interrupted goes on."""

from __future__ import annotations

from dataclasses import asdict
from importlib import metadata
from typing import Any

from harness.check.campaign.ground import parts
from harness.check.mutants.options import Options
from harness.check.mutants.trial import Means, Trial
from harness.check.mutants.variant import Variant
from harness.check.receipt import poolproof_hash, specification_hash
from harness.check.target import Target
from harness.check.verdict import Outcome
from harness.compiler import Artifact
from harness.compiler.cache import Cache, content_hash

TOOLS = ("pyrevm", "z3-solver")
"""The packages that take part in a trial."""

_KIND = "mutants"


def circumstances(target: Target) -> str:
    """Return the hash of what trials on mutants of `target` depend on, besides mutant and options."""
    deployed = parts(target).artifacts
    contracts = {**deployed.contracts, "": deployed.proxy}
    others = {name: one.creation.bytecode.hex() for name, one in contracts.items()}
    versions = [metadata.version(tool) for tool in TOOLS]
    return content_hash(others, specification_hash(target.spec), poolproof_hash(), versions)


class Trials:
    """The kept trials on mutants in the same `circumstances`."""

    def __init__(self, circumstances: str, cache: Cache | None = None) -> None:
        self._circumstances = circumstances
        self._cache = cache or Cache(kind=_KIND)

    def load(self, by: Means, variant: Variant, mutated: Artifact, options: Options) -> Trial | None:
        """Return the trial of a mutant that was kept, or None."""
        entry = self._cache.load(self._key(by, variant, mutated, options))
        return _trial(entry) if entry is not None else None

    def store(self, trial: Trial, variant: Variant, mutated: Artifact, options: Options) -> None:
        """Keep a trial, also where a solver gave up: who gives it more time asks for something else."""
        noticed = [(name, outcome.value) for name, outcome in trial.noticed]
        key = self._key(trial.by, variant, mutated, options)
        self._cache.store(key, {**asdict(trial), "noticed": noticed})

    def _key(self, by: Means, variant: Variant, mutated: Artifact, options: Options) -> str:
        codes = mutated.runtime.bytecode.hex(), mutated.creation.bytecode.hex()
        contract = (*codes, repr(mutated.layout), mutated.abi)
        asked: list[Any] = [by, options.every_property, variant.automatic]
        if by == "campaign":
            asked += [options.steps, options.seed]
        else:
            asked += [options.timeout, variant.kills, sorted(one.hex() for one in variant.functions or ())]
        return content_hash(self._circumstances, contract, asked)


def _trial(entry: dict[str, Any]) -> Trial:
    return Trial(
        by=entry["by"],
        noticed=tuple((name, Outcome(outcome)) for name, outcome in entry["noticed"]),
        held=tuple(entry["held"]),
        undecided=_pairs(entry["undecided"]),
        seconds=entry["seconds"],
        calls=entry["calls"],
        staged=tuple(entry["staged"]),
        different=_pairs(entry["different"]),
        asked=tuple(entry["asked"]),
        assumptions=tuple(entry["assumptions"]),
    )


def _pairs(found: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, why) for name, why in found)
