"""A contract's storage (or transient storage) in one state: a log for each region touched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from harness.symbolic import log
from harness.symbolic.log import Initial, Log, Zero
from harness.symbolic.path import Path
from harness.symbolic.regions import Region
from harness.symbolic.slots import Labels, Meaning
from harness.term.core import TRUE, ZERO, Term, ite

_ANYWHERE = Path()


class Ground(Protocol):
    """What storage held before the first write."""

    def log(self, region: Region) -> Log:
        """The region's content, the same object each time."""


class Fresh:
    """Arbitrary content; a later generation is what an untrusted call may have left."""

    def __init__(self, generation: int = 0) -> None:
        self.generation = generation
        self._logs: dict[Region, Log] = {}

    def log(self, region: Region) -> Log:
        """The region's content, the same object each time."""
        found = self._logs.get(region)
        if found is None:
            found = self._logs[region] = Log(Initial(region, self.generation))
        return found


class Blank:
    """All zeros: storage of an address where nothing was deployed."""

    def __init__(self) -> None:
        self._logs: dict[Region, Log] = {}

    def log(self, region: Region) -> Log:
        """The region's content, the same object each time."""
        found = self._logs.get(region)
        if found is None:
            found = self._logs[region] = Log(Zero())
        return found


class Chosen:
    """One storage's content where a condition holds, else another's."""

    def __init__(self, selector: Term, left: Storage, right: Storage) -> None:
        self.selector = selector
        self.left = left
        self.right = right
        self._logs: dict[Region, Log] = {}

    def log(self, region: Region) -> Log:
        """The region's content, the same object each time."""
        found = self._logs.get(region)
        if found is None:
            left, right = self.left.log(region), self.right.log(region)
            found = self._logs[region] = log.merge(self.selector, left, right)
        return found


class Storage:
    """The content of every region; copies share what neither changes."""

    __slots__ = ("_logs", "_shared", "ground", "labels")

    def __init__(self, labels: Labels, ground: Ground) -> None:
        self.labels = labels
        self.ground = ground
        self._logs: dict[Region, Log] = {}
        self._shared = False

    def copy(self) -> Storage:
        """A storage that starts equal and changes on its own."""
        twin = Storage(self.labels, self.ground)
        twin._logs = self._logs
        twin._shared = self._shared = True
        return twin

    def mapped(self, change: Callable[[Term], Term]) -> Storage:
        """This storage with every term changed to an equal one."""
        twin = Storage(self.labels, self.ground)
        twin._logs = {region: log.mapped(change) for region, log in self._logs.items()}
        return twin

    def log(self, region: Region) -> Log:
        """A region's content."""
        found = self._logs.get(region)
        return self.ground.log(region) if found is None else found

    def written(self) -> dict[Region, Log]:
        """The regions that were written, with their content."""
        return dict(self._logs)

    def same_as(self, other: Storage) -> bool:
        """Whether every region has the very content that it has in another storage."""
        regions = (*self._logs, *other._logs)
        return self.ground is other.ground and all(self.log(one) is other.log(one) for one in regions)

    def word(self, slot: Term, path: Path = _ANYWHERE) -> Term:
        """The word at a slot expression; for readers who need no obligation. Raises Inexact."""
        return self.read(self.labels.meaning(slot, path))

    def read(self, meaning: Meaning) -> Term:
        """The word at what a slot expression means."""
        word = ZERO
        for place in meaning.places:
            found = self.log(place.region).read(place.keys)
            word = found if place is meaning.places[0] else ite(place.condition, found, word)
        return word

    def write(self, meaning: Meaning, value: Term) -> None:
        """Write a word at what a slot expression means."""
        if self._shared:
            self._logs, self._shared = dict(self._logs), False
        for place in meaning.places:
            old = self.log(place.region)
            kept = value if place.condition is TRUE else ite(place.condition, value, old.read(place.keys))
            new = old.write(place.keys, kept)
            if new is not old:
                self._logs[place.region] = new


def merge(selector: Term, left: Storage, right: Storage) -> Storage:
    """`left` where the selector holds, else `right`."""
    if left.ground is not right.ground:
        return Storage(left.labels, Chosen(selector, left, right))
    merged = left.copy()
    if left._logs is right._logs:
        return merged
    logs = dict(left._logs)
    for region in dict.fromkeys((*left._logs, *right._logs)):
        one, other = left.log(region), right.log(region)
        if one is not other:
            logs[region] = log.merge(selector, one, other)
    merged._logs, merged._shared = logs, False
    return merged
