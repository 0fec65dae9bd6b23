"""The post-state: everything that a call of one entry does, as terms."""

from __future__ import annotations

from dataclasses import dataclass

from harness.symbolic.data import Data
from harness.symbolic.entry import Entry
from harness.symbolic.frame import Ending
from harness.symbolic.regions import Region
from harness.symbolic.run import Late, Obligation
from harness.symbolic.storage import Storage
from harness.symbolic.trace import Call, Event, Trace
from harness.symbolic.world import World
from harness.term.core import Term


@dataclass(frozen=True, slots=True, eq=False)
class Failure:
    """One way to fail: ``revert`` with `data`, or an exceptional ``halt`` without; when is `condition`.

    `attempted` is what was done before, all of it undone.
    """

    kind: Ending
    condition: Term
    data: Data
    attempted: Trace


@dataclass(frozen=True, slots=True, eq=False)
class PostState:
    """What one call does, from any state, for any caller, calldata and block.

    `assumed` is what the entry supposes (its size, its selector); under it, exactly
    one of `success` and the failures' conditions holds, unless reverting arms were
    not asked for. `returndata`, `storage`, `transient` and `trace` are meant where
    `success` holds; a failing call changes nothing. The obligations must be proved:
    without them the post-state says nothing.
    """

    entry: Entry
    world: World
    assumed: Term
    success: Term
    returndata: Data
    failures: tuple[Failure, ...]
    before: Storage
    storage: Storage
    transient_before: Storage
    transient: Storage
    trace: Trace
    obligations: tuple[Obligation, ...]
    assumptions: frozenset[str]
    blocks: int
    late: tuple[Late, ...] = ()

    @property
    def events(self) -> tuple[Event, ...]:
        """The events in order; each happened iff the call succeeds and its condition holds."""
        return tuple(entry for entry in self.trace if isinstance(entry, Event))

    @property
    def calls(self) -> tuple[Call, ...]:
        """The external calls in order; each happened iff the call succeeds and its condition holds."""
        return tuple(entry for entry in self.trace if isinstance(entry, Call))

    @property
    def attempted(self) -> tuple[Call, ...]:
        """The external calls, each as it was made, of the runs that fail, too."""
        traces = (self.trace, *(failure.attempted for failure in self.failures))
        calls = (entry for trace in traces for entry in trace if isinstance(entry, Call))
        return tuple(dict.fromkeys(moment for call in calls for moment in call.moments))

    @property
    def unlabelled(self) -> tuple[Region, ...]:
        """Written regions that the layout does not name."""
        return tuple(region for region in self.storage.written() if not region.labelled)

    def terms(self) -> list[Term]:
        """The terms that the post-state consists of, to measure it."""
        found = [self.success, self.returndata.size, *(failure.condition for failure in self.failures)]
        for log in self.storage.written().values():
            for keys, value in log.writes:
                found += [*keys, value]
        for event in self.events:
            found += [event.condition, *event.topics]
        for call in self.calls:
            found += [call.condition, call.target, call.value]
        return found
