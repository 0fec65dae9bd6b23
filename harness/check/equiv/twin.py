"""Two implementations on the EVM: what is played on one is played on the other, from the same fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from harness.check.campaign.ground import Parts, parts, target_name
from harness.check.prove.finding import Finding
from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution
from harness.check.reach.examiner import Budget, Examiner
from harness.check.target import Target
from harness.check.triage.errors import Unrealisable
from harness.check.triage.observed import EvmCall, Transaction
from harness.check.triage.scene import SMALL_KEYS, Act, Scene, Situation
from harness.check.verdict import BROKEN, Outcome
from harness.compiler.artifact import Artifact
from harness.compiler.layout import ByteString, DynamicArray, FixedArray, Layout, Scalar, Struct
from harness.compiler.layout import Mapping as MappingType
from harness.evm.errors import EvmError
from harness.evm.outcome import Outcome as Told
from harness.evm.places import Paths, Place, array_element, mapping_entry, member_of
from harness.lang import Rule
from harness.solver import Answer

DEPTH = 2
"""Mappings of mappings are looked into so deep."""

FEW = 24
"""With so many keys, mappings of mappings are looked at, too."""

TOLD = 6
"""So many differences are told of one call."""

DEFAULT = Budget()


def values(layout: Layout, keys: Sequence[int]) -> Iterator[Place]:
    """Yield the places of the single values of a layout, those of mappings at `keys`."""
    paths = Paths(layout)
    for variable in layout.variables:
        yield from _values(paths.variable(variable), keys, 0)


def _values(place: Place, keys: Sequence[int], depth: int) -> Iterator[Place]:
    match place.type:
        case Scalar():
            yield place
        case Struct(members=members):
            for member in members:
                yield from _values(member_of(place, place.type, member.label), keys, depth)
        case MappingType(key=Scalar()) as kind if depth < DEPTH and (not depth or len(keys) <= FEW):
            for key in keys:
                try:
                    entry = mapping_entry(place, kind, key)
                except EvmError:  # no key of this type
                    continue
                yield from _values(entry, keys, depth + 1)
        case FixedArray(length=length) as kind:
            for index in dict.fromkeys((*range(min(length, SMALL_KEYS)), *keys)):
                if index < length:
                    yield from _values(array_element(place, kind, index), keys, depth)
        case DynamicArray() as kind:
            for index in keys:
                if index < SMALL_KEYS:
                    yield from _values(array_element(place, kind, index), keys, depth)
        case ByteString() | MappingType():
            return


class Twin(Scene):
    """The stage of two implementations in the same surroundings; rules are about how the two differ.

    `told` are the differences that were seen last.
    """

    compares = True

    def __init__(self, parts: Parts, others: Parts) -> None:
        super().__init__(parts)
        self.other = Scene(others)
        if self.other.address != self.address:
            raise EvmError("the two implementations were not deployed to the same address")
        self.told: tuple[str, ...] = ()
        self._twins: dict[int, tuple[EvmCall, Situation]] = {}

    @contextmanager
    def played(
        self, start: Situation, calls: Sequence[Transaction], pause: int | None = None
    ) -> Iterator[list[Act]]:
        """Make calls on both; what is shown is the first one's."""
        twins = self._twins
        moved = self._moved(start)
        with super().played(start, calls, pause) as acts, self.other.played(moved, calls, pause) as others:
            self._twins = {id(act.call): (other.call, start) for act, other in zip(acts, others, strict=True)}
            try:
                yield acts
            finally:
                self._twins = twins

    def _moved(self, start: Situation) -> Situation:
        """Return the situation with its fields where the second implementation has them.

        So are those that only the constructors gave different values.
        """
        words: dict[int, int] = {}
        left: dict[int, int] = {slot: word ^ self.word(slot) for slot, word in start.words.items()}
        for mine, theirs in self._both(start.keys):
            if mine.slot in start.words:
                left[mine.slot] &= ~(mine.mask << mine.shift)
            held = start.words.get(mine.slot, self.word(mine.slot))
            value = held >> mine.shift & mine.mask
            word = words.get(theirs.slot, self.other.word(theirs.slot))
            moved = word & ~(theirs.mask << theirs.shift) | value << theirs.shift
            if moved != word:
                words[theirs.slot] = moved
        if any(left.values()):
            raise Unrealisable("a word would have to be written whose fields are not known")
        return replace(start, words=words)

    def _both(self, keys: Iterable[int]) -> Iterator[tuple[Place, Place]]:
        """Yield the places of all fields in both layouts."""
        known = list(dict.fromkeys((*self.addresses, *keys)))
        other = {place.path: place for place in values(self.other.layout, known)}
        for place in values(self.layout, known):
            if place.path in other:
                yield place, other[place.path]

    def obeys(self, rule: Rule, act: Act, keys: Mapping[str, int]) -> bool:
        """Return whether a call does on both the same."""
        other, start = self._twins[id(act.call)]
        found = list(self._differences(act.call, other, start))
        if found:
            self.told = tuple(found[:TOLD])
        return not found

    def _differences(self, mine: EvmCall, theirs: EvmCall, start: Situation) -> Iterator[str]:
        """Yield how the two calls differ, the first one's side first."""
        one, other = (_ending(call) for call in (mine, theirs))
        if (mine.raw.success, mine.raw.output) != (theirs.raw.success, theirs.raw.output):
            yield f"{one} | {other}"
        if mine.raw.success and theirs.raw.success:
            if _logs(mine) != _logs(theirs):
                yield f"{_acts(mine)} | {_acts(theirs)}"
            for place, twin in self._both(start.keys):
                held = self.word(place.slot) >> place.shift & place.mask
                seen = self.other.word(twin.slot) >> twin.shift & twin.mask
                if held != seen:
                    yield f"{place.path} = {held} | {seen}"


def _ending(call: EvmCall) -> str:
    """Return how a call ends, for readers."""
    told = Told(call.raw, call.abi, call.function)
    if not told.success:
        return f"fails: {told.reverted}"
    return f"succeeds, returns {told.returned}" if told.output else "succeeds"


def _logs(call: EvmCall) -> list[tuple[Any, ...]]:
    """Return the events and the orders to others, in their order."""
    return [(log.address, tuple(log.topics), log.data) for log in call.raw.logs]


def _acts(call: EvmCall) -> str:
    """Return what a call announced and ordered, for readers."""
    events = [f"{one.name}{one.args!r}" for one in call.events]
    orders = [f"{one.callee:#x}.{one.data.hex()}" for one in call.made]
    return "; ".join([*events, *orders]) or "nothing"


@dataclass
class Duel(Examiner):
    """Examines where a target and another implementation of it differ, by executing both."""

    others: Parts | None = None
    replayable: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._twin: Twin | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_twin": None}

    def scene(self) -> Twin:
        """Return a stage for both."""
        assert self.others is not None
        self._twin = Twin(self.material, self.others)
        return self._twin

    def examine(self, execution: Execution, obligation: Obligation, answer: Answer) -> Finding:
        """Return what the candidate is worth: DIVERGED where the EVM shows the difference."""
        found = super().examine(execution, obligation, answer)
        if found.outcome not in BROKEN or self._twin is None:
            return found
        told = list(self._twin.told)
        detail = f"{found.detail}; first | second: {'; '.join(told)}"
        return Finding(Outcome.DIVERGED, detail, {**found.evidence, "differences": told})


def duel(target: Target, other: Artifact, budget: Budget = DEFAULT) -> Duel | None:
    """Return who executes differences between a target and another artefact; None if it can't be deployed."""
    if target.spec.deployment is None:
        return None
    material = parts(target)
    contracts = {**material.artifacts.contracts, target_name(target.spec): other}
    others = replace(material, artifacts=replace(material.artifacts, contracts=contracts))
    try:
        Twin(material, others)
    except EvmError:  # a constructor that needs arguments, say: verdicts then say that nothing was executed
        return None
    return Duel(target.name, target.contract, material, budget=budget, others=others)
