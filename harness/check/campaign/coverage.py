"""Which lines and branches of the contract a campaign has executed, told from the first calls of each kind.

To follow a call instruction by instruction takes a hundred times as long as to make it. So the calls are
sorted into kinds (function, outcome, events, calls of others, which arguments are 0, how many words changed),
and of each kind a few are followed, of different sequences, each from the very state in which it was made. A
trace counts only where it came to what the EVM did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.check.campaign.branches import Sites
from harness.check.campaign.ground import Ground
from harness.check.campaign.prediction import Predicted
from harness.check.campaign.run import Run
from harness.compiler.artifact import Artifact
from harness.evm.tracing import Block, Untraceable, trace

EACH = 4
"""So many calls of each kind are followed, one of a sequence at most."""

Kind = tuple[Any, ...]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Followed:
    """What one call ran of the contract's own code: program counters, and jumps with the way they went.

    None stands for a call that could not be followed.
    """

    executed: frozenset[int] = frozenset()
    jumps: frozenset[tuple[int, bool]] = frozenset()


@dataclass(slots=True)
class Paths:
    """The calls that were followed, by kind and in order; None where one could not be."""

    by_kind: dict[Kind, list[Followed | None]] = field(default_factory=dict)

    def merge(self, later: Paths) -> None:
        """Add those of later calls, where there are not enough yet."""
        for kind, found in later.by_kind.items():
            known = self.by_kind.setdefault(kind, [])
            known += found[: EACH - len(known)]


class Follower:
    """Follows the calls of one process: of each kind the first of the first few sequences that have one."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        instance = ground.site.contract()
        self._code_at = instance.implementation or instance.address
        self._seen: Counter[Kind] = Counter()

    def follow(self, run: Run, until: int | None = None) -> Paths:
        """Follow those of a finished run's calls (the first `until`) that are of a kind seldom seen."""
        paths = Paths()
        words = {(self._ground.address, slot): word for slot, word in run.begun.items()}
        for step, (predicted, span) in enumerate(zip(run.done[:until], run.spans, strict=False)):
            kind = _kind(predicted, self._ground.address)
            if self._seen[kind] < EACH and kind not in paths.by_kind and not predicted.undefined:
                self._seen[kind] += 1
                paths.by_kind[kind] = [self._followed(run, step, words)]
            words.update({place: new for place, (_, new) in span.items()})
        return paths

    def _followed(self, run: Run, step: int, words: Mapping[Place, int]) -> Followed | None:
        call, raw = run.done[step].call, run.raw[step]
        chain = self._ground.chain
        block = Block(call.sender, call.number, call.time)
        try:
            way = trace(chain, words, block, self._ground.address, call.data, call.value)
        except Untraceable:
            return None

        def before(place: Place) -> int:
            known = words.get(place)
            return chain.read(*place) if known is None else known

        left = {place: word for place, word in way.written.items() if word != before(place)}
        changed = {place: new for place, (old, new) in run.spans[step].items() if old != new}
        if (way.success, way.output, left) != (raw.success, raw.output, changed):
            return None
        executed, jumps = way.executed.get(self._code_at, ()), way.jumps.get(self._code_at, ())
        return Followed(frozenset(executed), frozenset(jumps))


def _kind(predicted: Predicted, address: int) -> Kind:
    step, refusal = predicted.step, predicted.refusal
    return (
        predicted.call.signature,
        predicted.call.regular,
        None if refusal is None else refusal.name,
        tuple([type(event).__name__ for event in step.events]) if step is not None else (),
        tuple([call.signature for call in step.calls]) if step is not None else (),
        tuple([value == 0 for value in predicted.call.arguments or ()]),
        len(predicted.bits.get(address, ())),
    )


def executed_source(paths: Paths, artifact: Artifact) -> dict[str, Any]:
    """Return what the followed calls ran of the source, as data: `executed` of report.schema.json."""
    sites = Sites(artifact)
    followed = [one for found in paths.by_kind.values() for one in found]
    files: dict[str, dict[str, Any]] = {}
    for (unit, line), times in sorted(_lines(sites, followed).items()):
        files.setdefault(unit, {"file": unit, "lines": {}, "branches": []})["lines"][str(line)] = times
    for (unit, line, column, condition), ways in sorted(_branches(sites, followed).items()):
        branch = {"line": line, "column": column, "condition": condition}
        files[unit]["branches"].append(branch | {name: ways[name] for name in sorted(ways)})
    return {
        "kinds": len(paths.by_kind),
        "calls": sum(one is not None for one in followed),
        "not_followed": sum(one is None for one in followed),
        "files": list(files.values()),
    }


def _lines(sites: Sites, followed: Iterable[Followed | None]) -> Counter[tuple[str, int]]:
    """Return how many calls ran each line; lines that none ran count 0."""
    lines: Counter[tuple[str, int]] = Counter(dict.fromkeys(sites.lines.values(), 0))
    for one in followed:
        if one is not None:
            lines.update({sites.lines[pc] for pc in one.executed if pc in sites.lines})
    return lines


def _branches(
    sites: Sites, followed: Iterable[Followed | None]
) -> dict[tuple[str, int, int, str], Counter[str]]:
    """Return how many calls went either way at each condition, by its place.

    The ways are called "true" and "false", or "one" and "other" where the bytecode does not tell them apart.
    """
    ways: dict[tuple[str, int, int, str], Counter[str]] = {}
    for branch in sites.branches.values():
        names = branch.ways
        ways.setdefault(branch.key, Counter()).update(dict.fromkeys(names, 0))
    for one in followed:
        taken = {
            (sites.branches[pc].key, sites.branches[pc].ways[jumped])
            for pc, jumped in (one.jumps if one is not None else ())
            if pc in sites.branches
        }
        for key, way in taken:
            ways[key][way] += 1
    return ways
