"""What a compiler makes of one source under other settings, to be compared with what the target is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from harness.compiler.artifact import Settings

RUNS = (1, 200, 1_000_000)
"""For how many runs the optimiser is asked to optimise."""


def builds(base: Settings, versions: Iterable[str] = ()) -> list[Settings]:
    """Return the settings that a target is built with besides `base`: pipelines, optimisers, compilers."""
    found = []
    for version in dict.fromkeys([base.solc, *versions]):
        for pipeline in ("legacy", "via-ir"):
            built = replace(base, solc=version, pipeline=pipeline)
            found.append(replace(built, optimizer=False))
            found += [replace(built, optimizer=True, runs=runs) for runs in RUNS]
    return [one for one in found if one != base]


def title(settings: Settings) -> str:
    """Return a build's name for readers."""
    runs = f"{settings.runs} runs" if settings.optimizer else "not optimised"
    return f"solc {settings.solc} {settings.pipeline}, {runs}"
