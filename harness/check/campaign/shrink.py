"""Makes a failing sequence minimal: no call can be dropped, every value is the simplest that still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.check.campaign.call import Planned
from harness.check.campaign.errors import CampaignError
from harness.check.campaign.finding import Finding
from harness.check.campaign.run import NO_RULES, Functions, Run, Start, Table
from harness.evm.codec import WordType
from harness.lang import replace

CALLS = 80_000
"""How many calls are made at most (some ten seconds)."""

ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Case:
    """A sequence and what it shows: `findings` are all at its last call."""

    start: Start
    calls: tuple[Planned, ...]
    findings: tuple[Finding, ...]


def examine(
    table: Table,
    start: Start,
    calls: Sequence[Planned],
    rules: Functions,
    diagnose: bool,
    claims: bool = True,
) -> Case | None:
    """Make the calls; return the case that they are up to the first defect, None if there is none."""
    run = Run(table, start)
    for call in calls:
        run.plan(call)
        if run.over:
            break
    findings = run.finish(rules, diagnose, claims)
    if not findings:
        return None
    return Case(start, tuple(calls[: findings[0].step + 1]), tuple(findings))


class Shrinker:
    """Shrinks one case; `rules` says whether rules must be evaluated to see the defect."""

    def __init__(self, table: Table, case: Case) -> None:
        self._table = table
        self._best = case
        names = {rule.name for rule in table.ground.spec.rules}
        self._claims = case.findings[0].name in {one.name for one in table.ground.spec.invariants}
        self._rules = None if case.findings[0].name in names else NO_RULES
        self._wanted = case.findings[0].signature
        self._left = CALLS

    def shrink(self) -> Iterator[Case]:
        """Yield ever smaller cases that show the same defect, the last one with everything that it breaks."""
        for _ in range(ROUNDS):
            before = self._best
            for shrink in (
                self._drop_calls,
                self._drop_values,
                self._exchange_people,
                self._align,
                self._simplify,
            ):
                shrink()
                yield self._best
            if self._best == before:
                break
        best = self._best
        final = examine(self._table, best.start, best.calls, rules=None, diagnose=True)
        yield best if final is None else final

    def _try(self, calls: Sequence[Planned], start: Start | None = None) -> bool:
        """Take a smaller sequence if it still shows the defect."""
        if self._left <= 0:
            return False
        self._left -= 1 + len(calls)
        begin = self._best.start if start is None else start
        try:
            case = examine(self._table, begin, calls, self._rules, False, self._claims)
        except CampaignError:  # the models have no answer there: not the defect that is looked for
            return False
        if case is None or self._wanted not in {finding.signature for finding in case.findings}:
            return False
        self._best = case
        return True

    def _drop_calls(self) -> None:
        """Drop ever shorter stretches of calls, single ones at the end."""
        size = max(1, len(self._best.calls) // 2)
        while True:
            place = 0
            while place < len(self._best.calls):
                calls = self._best.calls
                if not self._try(calls[:place] + calls[place + size :]):
                    place += size
            if size == 1:
                return
            size //= 2

    def _drop_values(self) -> None:
        """Drop values that were written at the start."""
        size = max(1, len(self._best.start.values) // 2)
        while self._best.start.values:
            place = 0
            while place < len(self._best.start.values):
                items = list(self._best.start.values.items())
                smaller = Start(dict(items[:place] + items[place + size :]))
                if not self._try(self._best.calls, smaller):
                    place += size
            if size == 1:
                return
            size //= 2

    def _exchange_people(self) -> None:
        """Put an earlier person in somebody's place, in every call at once."""
        people = self._table.ground.people
        for person in [one for one in people if one in _people_of(self._best.calls)]:
            for other in people[: people.index(person)]:
                if other not in _people_of(self._best.calls) and self._try(
                    [_exchanged(call, person, other) for call in self._best.calls]
                ):
                    break

    def _align(self) -> None:
        """Give calls of one function the same arguments, many at once: the simplest that one of them has."""
        for operation in dict.fromkeys(call.operation for call in self._best.calls):
            same = [call for call in self._best.calls if call.operation is operation and call.arguments]
            if operation is None or len(same) < 3:
                continue
            simplest = min((call.arguments or () for call in same), key=lambda values: len(repr(values)))
            size = len(self._best.calls)
            while size:
                for place in range(0, len(self._best.calls), size):
                    self._try(
                        [
                            _with_arguments(call, simplest)
                            if call.operation is operation and place <= number < place + size
                            else call
                            for number, call in enumerate(self._best.calls)
                        ]
                    )
                size //= 2

    def _simplify(self) -> None:
        """Try simpler values everywhere, one at a time."""
        self._simplify_start()
        for place in range(len(self._best.calls)):
            self._delay(place)
            for vary in (_plainer, self._senders, self._numbers):
                self._vary(place, vary)
            call = self._best.calls[place] if place < len(self._best.calls) else None
            for position in range(len(call.arguments or ()) if call is not None else 0):
                self._argument(place, position)

    def _vary(self, place: int, candidates: Callable[[Planned, int], Iterator[Planned]]) -> None:
        if place >= len(self._best.calls):
            return
        for candidate in candidates(self._best.calls[place], place):
            if candidate != self._best.calls[place] and self._try(self._with(place, candidate)):
                return

    def _with(self, place: int, call: Planned) -> tuple[Planned, ...]:
        calls = self._best.calls
        return (*calls[:place], call, *calls[place + 1 :])

    def _senders(self, call: Planned, place: int) -> Iterator[Planned]:
        people = self._table.ground.people
        for person in people[: people.index(call.sender)] if call.sender in people else people:
            yield replace(call, sender=person)

    def _delay(self, place: int) -> None:
        """Find the least time after the call before that shows the defect."""
        if place >= len(self._best.calls):
            return
        call = self._best.calls[place]
        before = self._best.calls[place - 1].time if place else self._table.ground.start_time
        if call.time > before:
            self._least(
                call.time - before,
                lambda gap: self._try(self._with(place, replace(call, time=before + gap))),
            )

    def _numbers(self, call: Planned, place: int) -> Iterator[Planned]:
        yield replace(call, number=self._table.ground.start_number + 1 + place)

    def _argument(self, place: int, position: int) -> None:
        """Find the simplest value of one argument: a small number by bisection, a person among the first."""
        if place >= len(self._best.calls):
            return
        call = self._best.calls[place]
        if call.operation is None or call.arguments is None or position >= len(call.arguments):
            return
        kind = call.operation.function.inputs[position].type
        value = call.arguments[position]
        if not isinstance(kind, WordType) or not isinstance(value, int):
            return
        if kind.kind == "address":
            people = [0, call.sender, *self._table.ground.people]
            known = people.index(value) if value in people else len(people)
            for candidate in people[:known]:
                if self._try(self._with(place, _with_argument(call, position, candidate))):
                    return
            return
        self._least(
            value,
            lambda smaller: self._try(self._with(place, _with_argument(call, position, smaller))),
            self._elsewhere(call, position),
        )

    def _elsewhere(self, call: Planned, position: int) -> list[int]:
        """Return what other calls of the same function have for an argument: it was made simple there."""
        same = [one for one in self._best.calls if one.operation is call.operation and one.arguments]
        return sorted({one.arguments[position] for one in same if one.arguments is not None})

    def _simplify_start(self) -> None:
        for path in list(self._best.start.values):
            value = self._best.start.values.get(path, 0)

            def attempt(smaller: int, path: str = path) -> bool:
                start = Start({**self._best.start.values, path: smaller})
                return self._try(self._best.calls, start)

            self._least(value, attempt)

    @staticmethod
    def _least(value: int, attempt: Callable[[int], bool], likely: Sequence[int] = ()) -> None:
        """Try 0, 1 and `likely` numbers, then look for the least that still fails by bisection."""
        low, high = -1, value
        for guess in (0, 1, *likely):
            if low < guess < high:
                if attempt(guess):
                    high = guess
                    break
                low = guess
        while high - low > 1:
            middle = (low + high) // 2
            if attempt(middle):
                high = middle
            else:
                low = middle


def _people_of(calls: Sequence[Planned]) -> set[int]:
    """Return the numbers that are senders or arguments, people among them."""
    values = [value for call in calls for value in call.arguments or () if isinstance(value, int)]
    return {call.sender for call in calls} | set(values)


def _exchanged(call: Planned, person: int, other: int) -> Planned:
    """Return the call with `other` in the place of `person`."""
    sender = other if call.sender == person else call.sender
    if call.operation is None or call.arguments is None or person not in call.arguments:
        return replace(call, sender=sender)
    arguments = tuple(other if value == person else value for value in call.arguments)
    return replace(_with_arguments(call, arguments), sender=sender)


def _plainer(call: Planned, place: int) -> Iterator[Planned]:
    """Yield the call without value, and with the calldata that its arguments make."""
    if call.value:
        yield replace(call, value=0)
        yield replace(call, value=1)
    if call.operation is not None and call.arguments is not None:
        yield replace(call, data=call.operation.function.encode(*call.arguments))
    elif call.operation is None:
        yield replace(call, data=b"")
        yield replace(call, data=call.data[:4])


def _with_argument(call: Planned, position: int, value: Any) -> Planned:
    assert call.operation is not None and call.arguments is not None
    return _with_arguments(call, (*call.arguments[:position], value, *call.arguments[position + 1 :]))


def _with_arguments(call: Planned, arguments: tuple[Any, ...]) -> Planned:
    """Return the call with other arguments, as calldata too; unchanged if it had none that decode."""
    if call.operation is None or call.arguments is None:
        return call
    return replace(call, arguments=arguments, data=call.operation.function.encode(*arguments))
