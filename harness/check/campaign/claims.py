"""Every invariant, evaluated on the EVM's storage after every call, and only where something changed.

Each instance (an invariant at particular keys) remembers which words it read. When words change, the
instances that read them are evaluated again; the others cannot have changed their truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from harness.check.views.stored import GHOST, Memory, Token
from harness.lang import Domain, Invariant

SMALL_DOMAIN = 2048
"""A domain of at most as many values is looked at whole."""


@dataclass(slots=True)
class Instance:
    """An invariant at particular keys, and what its last evaluation read, in order."""

    invariant: Invariant
    keys: tuple[int, ...]
    reads: list[Token] = field(default_factory=list)
    is_historic: bool = False
    """Whether its last evaluation read a ledger: in a state that was written nobody kept those."""

    @property
    def named_keys(self) -> dict[str, int]:
        """The keys by the names of the quantified parameters."""
        names = [name for name, _ in self.invariant.quantified]
        return dict(zip(names, self.keys, strict=True))


def values_of(domain: Domain, addresses: Sequence[int]) -> Sequence[int]:
    """Return the values of a domain to look at: all of a small one, the known addresses, or its ends."""
    if domain.high - domain.low < SMALL_DOMAIN:
        return range(domain.low, domain.high + 1)
    if domain.name == "address":
        return [address for address in addresses if domain.low <= address <= domain.high]
    small = range(domain.low, domain.low + 66)
    ends = [1 << 8, 1 << 10, 1 << 16, 1 << 32, 1 << 160, domain.high - 1, domain.high]
    return list(dict.fromkeys([*small, *(value for value in ends if domain.low <= value <= domain.high)]))


def instances_of(invariants: Iterable[Invariant], addresses: Sequence[int]) -> Iterator[Instance]:
    """Yield the instances of invariants that are looked at."""
    for invariant in invariants:
        choices = [values_of(domain, addresses) for _, domain in invariant.quantified]
        for keys in product(*choices):
            yield Instance(invariant, keys)


class Claims:
    """The instances of all invariants over one view; the first `refresh` evaluates every one of them."""

    def __init__(self, invariants: Iterable[Invariant], memory: Memory, addresses: Sequence[int]) -> None:
        self.instances = list(instances_of(invariants, addresses))
        self.broken: set[int] = set()
        self._memory = memory
        self._readers: dict[Token, set[int]] = {}
        self._waiting: set[int] = set(range(len(self.instances)))

    def touch(self, tokens: Iterable[Token]) -> None:
        """Say that words (or tables, or ghosts) have changed."""
        readers = self._readers
        for token in tokens:
            found = readers.get(token)
            if found:
                self._waiting |= found

    def refresh(self, view: Any) -> list[Instance]:
        """Evaluate what may have changed; return the instances that do not hold now."""
        memory, broken = self._memory, self.broken
        try:
            for place in self._waiting:
                instance = self.instances[place]
                reads: list[Token] = []
                memory.noted = reads
                holds = instance.invariant.predicate(view, *instance.keys)
                if reads != instance.reads:  # mostly it reads the same again, in the same order
                    self._note(place, instance, reads)
                if not holds:
                    broken.add(place)
                elif broken:
                    broken.discard(place)
        finally:
            memory.noted = None
        self._waiting.clear()
        return [self.instances[place] for place in sorted(broken)] if broken else []

    def _note(self, place: int, instance: Instance, reads: list[Token]) -> None:
        """Remember what an instance read this time."""
        before, after = set(instance.reads), set(reads)
        instance.reads = reads
        instance.is_historic = any(isinstance(token, str) and token.startswith(GHOST) for token in reads)
        for token in before - after:
            self._readers[token].discard(place)
        for token in after - before:
            self._readers.setdefault(token, set()).add(place)
