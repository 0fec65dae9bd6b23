"""Makes an attack minimal: no call can be dropped, times and arguments are the simplest that still break.

Everything is tried on the EVM; a smaller sequence counts where its last call breaks the same property, at
whatever keys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import process_time

from harness.check.prove.obligation import Obligation
from harness.check.triage.judge import breaking_keys, pause_of
from harness.check.triage.observed import Transaction, word_at
from harness.check.triage.scene import Scene, Situation
from harness.evm.abi import Function
from harness.evm.codec import WordType
from harness.evm.errors import EvmError

ROUNDS = 4


class Shrinker:
    """Shrinks one sequence; `start` is where it begins, `best` the smallest found so far."""

    def __init__(
        self,
        scene: Scene,
        obligation: Obligation,
        start: Situation,
        calls: Sequence[Transaction],
        keys: dict[str, int],
        seconds: float = 2.0,
    ) -> None:
        self._scene = scene
        self._obligation = obligation
        self._start = start
        self._deadline = process_time() + seconds
        self.best = tuple(calls)
        self.keys = keys

    def shrink(self) -> tuple[tuple[Transaction, ...], dict[str, int]]:
        """Return the smallest sequence found, and the keys at which it breaks the property."""
        for _ in range(ROUNDS):
            before = self.best
            self._cut()
            self._drop()
            for place in range(len(self.best)):
                self._simplify(place)
            if self.best == before:
                break
        return self.best, self.keys

    def _breaks(self, calls: Sequence[Transaction]) -> dict[str, int] | None:
        """Return the keys at which the last call breaks the property, None if it does not."""
        try:
            with self._scene.played(self._start, calls, pause_of(self._obligation)) as acts:
                return breaking_keys(self._scene, self._obligation, acts[-1], self.keys)
        except EvmError:  # a transaction that cannot be sent
            return None

    def _take(self, calls: Sequence[Transaction]) -> bool:
        """Take a smaller sequence if it still breaks the property."""
        if not calls or process_time() > self._deadline:
            return False
        keys = self._breaks(calls)
        if keys is None:
            return False
        self.best, self.keys = tuple(calls), keys
        return True

    def _cut(self) -> None:
        """End at the first call that breaks the property, where it is one of the same function."""
        last = self.best[-1].data[:4]
        for length in range(1, len(self.best)):
            if self.best[length - 1].data[:4] == last and self._take(self.best[:length]):
                return

    def _drop(self) -> None:
        """Drop calls, many at a time first; the last one stays."""
        size = max(1, (len(self.best) - 1) // 2)
        while True:
            place = 0
            while place < len(self.best) - 1:
                rest = (*self.best[:place], *self.best[min(place + size, len(self.best) - 1) :])
                if not self._take(rest):
                    place += size
            if size == 1:
                return
            size //= 2

    def _simplify(self, place: int) -> None:
        """Try simpler values in one call: no ether, earlier, smaller arguments."""
        if place >= len(self.best):
            return
        call = self.best[place]
        if call.value and not self._put(place, replace(call, value=0)):
            self._least(call.value, lambda value: self._put(place, replace(self.best[place], value=value)))
        earliest = self.best[place - 1].time if place else self._scene.start_time
        self._least(
            self.best[place].time - earliest,
            lambda gap: self._put(place, replace(self.best[place], time=earliest + gap)),
        )
        function = self._scene.function(call.data)
        for position in range(len(function.inputs) if function is not None else 0):
            assert function is not None
            self._argument(place, position, function)

    def _argument(self, place: int, position: int, function: Function) -> None:
        kind = function.inputs[position].type
        value = word_at(self.best[place].data, position)
        if not isinstance(kind, WordType) or kind.kind not in ("uint", "bool", "enum"):
            return

        def attempt(smaller: int) -> bool:
            data = self.best[place].data
            start = 4 + 32 * position
            changed = data[:start] + smaller.to_bytes(32, "big") + data[start + 32 :]
            return self._put(place, replace(self.best[place], data=changed))

        self._least(value, attempt)

    def _put(self, place: int, call: Transaction) -> bool:
        if place >= len(self.best) or call == self.best[place]:
            return False
        return self._take((*self.best[:place], call, *self.best[place + 1 :]))

    @staticmethod
    def _least(value: int, attempt: Callable[[int], bool]) -> None:
        """Try 0 and 1, then look for the least number that still breaks by bisection.

        Where one less does not break, the value is taken to be the least.
        """
        if value <= 0 or attempt(0) or value == 1 or attempt(1) or not attempt(value - 1):
            return
        value -= 1
        low, high = 1, value
        while high - low > 1:
            middle = (low + high) // 2
            if attempt(middle):
                high = middle
            else:
                low = middle


def simplified(
    scene: Scene,
    obligation: Obligation,
    start: Situation,
    call: Transaction,
    keys: dict[str, int],
    seconds: float = 1.0,
) -> tuple[Situation, dict[str, int]]:
    """Return a state with as few words written as still let the call break the property, invariants kept."""
    deadline = process_time() + seconds
    for slot in list(start.words):
        if process_time() > deadline:
            break
        if start.words[slot] == scene.word(slot):
            start = replace(start, words={at: word for at, word in start.words.items() if at != slot})
            continue
        smaller = replace(start, words={at: word for at, word in start.words.items() if at != slot})
        found = _still(scene, obligation, smaller, call, keys)
        if found is not None:
            start, keys = smaller, found
    return start, keys


def _still(
    scene: Scene, obligation: Obligation, start: Situation, call: Transaction, keys: dict[str, int]
) -> dict[str, int] | None:
    """Return the keys at which the call breaks the property from a state that has all invariants."""
    try:
        with scene.played(start, [call], pause_of(obligation)) as acts:
            found = breaking_keys(scene, obligation, acts[0], keys)
            holds = found is None or not scene.broken(scene.spec.invariants, acts[0].before, start.keys)
            return found if holds else None
    except EvmError:  # the call does not come to the moment that the property speaks of
        return None
