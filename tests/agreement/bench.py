"""Compares a post-state, evaluated on concrete values, with what revm does from the same state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.compiler.layout import Layout
from harness.symbolic import Event, PostState, World
from harness.symbolic.data import Data
from harness.symbolic.regions import Field, Region
from harness.term.core import Term, const, implies
from harness.term.evaluate import Compiled, compile_terms
from tests.agreement.places import slot_of
from tests.agreement.stage import POOL, TOKEN

CONCRETE = World(address=const(POOL), chainid=const(1))


@dataclass
class Happened:
    """What a call did, in the form in which both sides are compared."""

    kind: str
    output: bytes
    logs: list[tuple[int, tuple[int, ...], bytes]]
    storage: dict[int, int]


class Probe:
    """A post-state compiled to Python."""

    def __init__(self, post: PostState, layout: Layout) -> None:
        self.post = post
        self.layout = layout
        self._terms: list[Term] = []
        self.success = self._add(post.success)
        self.returndata = self._data(post.returndata)
        self.failures = [
            (found.kind, self._add(found.condition), self._data(found.data)) for found in post.failures
        ]
        self.obligations = [
            (found.name, self._add(implies(found.path.condition, found.condition)))
            for found in post.obligations
        ]
        self.trace = [self._entry(entry) for entry in post.trace]
        self.writes = [
            (region, tuple(map(self._add, keys)), self._add(value))
            for region, log in post.storage.written().items()
            for keys, value in log.writes
        ]
        self.run: Compiled = compile_terms(self._terms)
        self.words: dict[str, tuple[Region, Field]] = {
            region.function(part).name: (region, part)
            for region in post.storage.labels.regions()
            for part in region.fields
        }

    def _add(self, term: Term) -> int:
        self._terms.append(term)
        return len(self._terms) - 1

    def _data(self, data: Data) -> tuple[int, list[int]]:
        most = getattr(data, "pieces", None)
        room = sum(piece[0] for piece in most) if most is not None else 256
        return self._add(data.size), [self._add(data.word(at)) for at in range(0, room, 32)]

    def _entry(self, entry: Any) -> tuple[Any, ...]:
        condition, sent = self._add(entry.condition), self._data(entry.data)
        if isinstance(entry, Event):
            return "event", condition, self._add(entry.address), tuple(map(self._add, entry.topics)), sent
        return entry.kind, condition, self._add(entry.target), self._add(entry.success), sent

    def evaluate(self, values: Mapping[str, int], functions: Mapping[str, Callable[..., int]]) -> Happened:
        """What the post-state says that the call does."""
        got = self.run(values, functions)
        for name, index in self.obligations:
            assert got[index], f"obligation fails: {name}"
        kinds = [(kind, data) for kind, index, data in self.failures if got[index]]
        if got[self.success]:
            kinds.append(("success", self.returndata))
        assert len(kinds) == 1, f"not exactly one outcome: {[kind for kind, _ in kinds]}"
        kind, data = kinds[0]
        if kind != "success":
            return Happened(kind, _bytes(got, data), [], {})
        storage: dict[int, int] = {}
        for region, keys, value in self.writes:
            storage[slot_of(self.layout, region, tuple(got[key] for key in keys))] = got[value]
        return Happened(kind, _bytes(got, data), self._logs(got), storage)

    def _logs(self, got: tuple[int, ...]) -> list[tuple[int, tuple[int, ...], bytes]]:
        logs = []
        for kind, condition, address, more, sent in self.trace:
            if not got[condition]:
                continue
            if kind == "event":
                logs.append((got[address], tuple(got[topic] for topic in more), _bytes(got, sent)))
            elif kind == "CALL" and got[address] == TOKEN and got[more]:
                logs.append((TOKEN, (), _bytes(got, sent)))
        return logs


def _bytes(got: tuple[int, ...], data: tuple[int, list[int]]) -> bytes:
    size, words = data
    found = b"".join(got[word].to_bytes(32, "big") for word in words)
    assert got[size] <= len(found)
    return found[: got[size]]
