"""Executes a replay on the EVM and tells, call by call, what happened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.check.campaign.call import Planned
from harness.check.campaign.claims import Claims
from harness.check.campaign.diagnosis import observed
from harness.check.campaign.executed import ExecutedCall
from harness.check.campaign.finding import Finding
from harness.check.campaign.ground import Ground, Parts, parts
from harness.check.campaign.laws import Laws
from harness.check.campaign.prediction import Predicted
from harness.check.campaign.run import NO_RULES, Table
from harness.check.campaign.shrink import examine
from harness.check.replay.convert import is_model, planned_of, start_of
from harness.check.replay.format import Replay, ReplayError
from harness.check.replay.lines import FunctionLines
from harness.check.replay.names import Names, keyed
from harness.check.replay.retold import Made, breaks
from harness.check.replay.wording import PlayedChange, Wording
from harness.check.target import Target
from harness.check.views.stored import Memory
from harness.compiler.source_map import SourceLocation
from harness.errors import instead_of
from harness.evm.recorder import recorded_call
from harness.lang import Property, Rule, Scenario

_NUMBER = re.compile(r"\[(0x[0-9a-fA-F]+|\d+)\]")


@dataclass(frozen=True, slots=True)
class PlayedStep:
    """One call of a replay, for reading: who, when, what, and what came of it.

    `changes` are storage fields before and after; `broken` are the properties that do not hold of this
    call or of the state after it, `disagreement` says where the model differs. `place` is the function's
    definition.
    """

    number: int
    sender: str
    time: int
    block: int
    call: str
    value: int
    success: bool
    result: str
    events: tuple[str, ...]
    changes: tuple[PlayedChange, ...]
    broken: tuple[Finding, ...] = ()
    disagreement: tuple[str, ...] = ()
    place: SourceLocation | None = None
    names: Names | None = None

    @property
    def broken_texts(self) -> list[str]:
        """The broken properties by name, with the keys at which they break."""
        texts = []
        for finding in self.broken:
            at = f" at {keyed(finding.keys, self.names)}" if finding.keys and self.names else ""
            texts.append(f"{finding.name}{at}")
        return texts


@dataclass(frozen=True, slots=True)
class Played:
    """A replay that was executed. `reproduced` says that the expected property broke at the last call."""

    replay: Replay
    steps: tuple[PlayedStep, ...]
    reproduced: bool
    sentence: str = ""
    reason: str = ""
    keys: str = ""
    stale: bool = False
    names: Mapping[int, str] = field(default_factory=dict)


def replay(file: Replay, target: Target, allow_stale: bool = False) -> Played:
    """Execute a replay file on `target`.

    Raises:
        ReplayError: if the file is about another target, or (unless `allow_stale`) another compiler input.
        CompilerError, CampaignError: if the target cannot be put on a chain.
    """
    if file.target != target.name:
        raise ReplayError(f"The replay is about the target {file.target}, not {target.name}.")
    return play(file, parts(target), allow_stale)


def play(file: Replay, material: Parts, allow_stale: bool = False) -> Played:
    """Execute a replay file on compiled contracts (see `replay`)."""
    stale = file.input_hash != material.target.input_hash
    if stale and not allow_stale:
        raise ReplayError(
            f"The replay was made on other sources or compiler settings of {file.contract} than these:"
            " name those with --root, --source and --pipeline, or run it on these anyway with --stale."
        )
    ground = Ground(material)
    planned = planned_of(file, ground)
    ground.know(_numbers_in(file, planned))
    table = Table(ground)
    known = {one.name: one for one in ground.spec.claims}
    wanted = known.get(file.expectation.property)
    if wanted is None and not is_model(file):
        raise ReplayError(
            f"The replay shows `{file.expectation.property}`, which is no property of {ground.spec.name}:"
            f" {instead_of(file.expectation.property, known)}"
        )
    steps = list(Player(table, file, wanted).steps(planned))
    disagreements = _disagreements(table, file, planned)
    steps = [_with(step, disagreements.get(step.number, ())) for step in steps]
    last = steps[-1] if steps else None
    if is_model(file):
        reproduced = bool(last and last.disagreement)
    else:
        reproduced = bool(last) and any(one.name == file.expectation.property for one in _broken(steps))
    return Played(
        file,
        tuple(steps),
        reproduced,
        wanted.sentence if wanted else "Contract and model agree.",
        wanted.reason if wanted else "",
        keyed(file.expectation.keys, Names(ground.site)),
        stale,
        ground.site.names,
    )


def _broken(steps: Sequence[PlayedStep]) -> tuple[Finding, ...]:
    return steps[-1].broken if steps else ()


def _with(step: PlayedStep, disagreement: tuple[str, ...]) -> PlayedStep:
    values = {name: getattr(step, name) for name in step.__slots__}
    return PlayedStep(**{**values, "disagreement": disagreement})


def _numbers_in(file: Replay, planned: list[Planned]) -> Iterator[int]:
    """Yield every number that the replay is about: they may be keys of mappings."""
    for call in planned:
        yield call.sender
        yield from (value for value in call.arguments or () if isinstance(value, int))
    yield from file.expectation.keys.values()
    for path in file.start.storage:
        yield from (int(found, 0) for found in _NUMBER.findall(path))
    yield from (int(value) for value in file.start.storage.values())


def _disagreements(table: Table, file: Replay, planned: list[Planned]) -> dict[int, tuple[str, ...]]:
    """Return what differs from the model, by number of call; nothing where contracts are stood in for."""
    if file.start.code:
        return {}
    case = examine(table, start_of(file), planned, NO_RULES, diagnose=False)
    found: dict[int, tuple[str, ...]] = {}
    for finding in case.findings if case else ():
        if finding.aspect is not None:
            text = Names(table.ground.site).in_text(str(finding))
            found[finding.step + 1] = (*found.get(finding.step + 1, ()), text)
    return found


class Player:
    """Makes a replay's calls on the EVM alone, and evaluates every property on what is stored."""

    def __init__(self, table: Table, file: Replay, shown: Property | None) -> None:
        ground = table.ground
        self._ground = ground
        self._file = file
        self._names = Names(ground.site)
        self._wording = Wording(ground)
        self._lines = FunctionLines(ground.parts.target)
        self._ghosts = {
            name: file.start.ledgers.get(name, getattr(ground.spec.model.initial, name))
            for name in ground.spec.model.ghosts
        }
        self._shown = shown
        self._made: list[Made] = []
        # A known limitation is no rule of the specification: it is looked at where it is what is shown.
        limits = [one for one in ground.spec.limitations if one is shown and isinstance(one, Rule)]
        self._laws = Laws(ground, limits) if limits else table.laws

    def steps(self, planned: list[Planned]) -> Iterator[PlayedStep]:
        """Yield the steps; afterwards the chain is back at the deployment."""
        ground = self._ground
        chain = ground.chain
        with chain.rolled_back():
            for address, code in self._file.start.code.items():
                chain.set_code(self._names.address(address), code)
            ground.site.storage().load(self._file.start.storage)
            before = self._view()
            for number, call in enumerate(planned, start=1):
                chain.set_block(call.number, call.time)
                mark = chain.frames
                raw, logs, made = recorded_call(
                    chain, ground.companions, call.sender, ground.address, call.data, call.value
                )
                span = chain.history([mark, chain.frames])[0]
                predicted = Predicted(call, ground.env(call.sender, call.time, call.number), None, {})
                seen = observed(ground, predicted, raw, logs, made)
                after = self._after(before, seen)
                yield PlayedStep(
                    number,
                    self._names.name(call.sender),
                    call.time,
                    call.number,
                    self._wording.call(call),
                    call.value,
                    raw.success,
                    self._wording.result(raw, call),
                    tuple(self._wording.events(logs)),
                    tuple(self._wording.changes(span, call)),
                    self._broken(number, before, seen, after),
                    place=self._lines.of(call.signature),
                    names=self._names,
                )
                before = after

    def _view(self) -> Any:
        """Return what is stored now, read at once: it must not change when storage does."""
        ground = self._ground
        stored = ground.target.stored(ground.target.fresh_memory())
        return ground.spec.model.state(**stored, **self._ghosts)

    def _after(self, before: Any, call: ExecutedCall) -> Any:
        """Return the state after a call, the ledgers kept."""
        plain = self._view()
        ghost = self._ground.spec.model.ghost
        if ghost is not None and call.error is None:
            self._ghosts |= ghost(before, call, plain)
        return self._view()

    def _broken(self, number: int, before: Any, call: ExecutedCall, after: Any) -> tuple[Finding, ...]:
        ground = self._ground
        memory = Memory(lambda slot: 0, ground.keys)
        claims = Claims(ground.spec.invariants, memory, ground.addresses)
        found = [Finding(number, one.invariant.name, keys=one.named_keys) for one in claims.refresh(after)]
        found += self._laws.broken(number, before, call, after, whole=True)
        self._made.append((before, call, after))
        keys = self._file.expectation.keys
        if isinstance(self._shown, Scenario) and breaks(self._shown, self._made, keys):
            found.append(Finding(number, self._shown.name, keys=dict(keys)))
        first: dict[str, Finding] = {}
        for finding in found:
            first.setdefault(finding.name, finding)
        return tuple(first.values())
