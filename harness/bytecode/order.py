"""Bourdoncle's weak topological order, and the dynamic keys that it gives.

In the order every edge goes forward, except edges back to the head of a loop
(component) around their source. A run of the code is therefore ordered by the
key (component's position, iteration, ..., leaf's position), compared
lexicographically: keys grow along every edge of the *unrolled* graph, so running
the least key first means that every state that can reach a join has arrived.
Irreducible code is included; there are no heuristics.

Francois Bourdoncle, "Efficient chaotic iteration strategies with widenings", 1993.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from dataclasses import dataclass, field

from harness.bytecode.graph import Graph

DynamicKey = tuple[int, ...]
"""(position, iteration) for each enclosing loop from the outermost, then the leaf's position."""


@dataclass(slots=True)
class _Component:
    """A loop: its head's node index first, then leaves (indices) and inner loops, in order."""

    parts: list[int | _Component] = field(default_factory=list)


class _Search:
    """Bourdoncle's algorithm, with generators in place of recursion: graphs are deep."""

    def __init__(self, successors: list[list[int]]) -> None:
        self.successors = successors
        self.number = [0] * len(successors)
        self.count = 0
        self.stack: list[int] = []

    def run(self, root: int) -> list[int | _Component]:
        """Return the order of everything reachable from `root`."""
        parts: list[int | _Component] = []
        calls = [self._visit(root, parts)]
        answer: int | None = None
        while calls:
            try:
                deeper = next(calls[-1]) if answer is None else calls[-1].send(answer)
            except StopIteration as finished:
                calls.pop()
                answer = finished.value
            else:
                calls.append(deeper)
                answer = None
        parts.reverse()
        return parts

    def _visit(self, node: int, parts: list[int | _Component]) -> _Call:
        """Visit `node`, adding to `parts` in reverse; returns the least number it can go back to."""
        self.stack.append(node)
        self.count += 1
        self.number[node] = head = self.count
        loop = False
        for successor in self.successors[node]:
            least = self.number[successor]
            if least == 0:
                least = yield self._visit(successor, parts)
            if least <= head:
                head, loop = least, True
        if head == self.number[node]:
            self.number[node] = sys.maxsize  # finished: below nothing that is on the stack
            member = self.stack.pop()
            if loop:
                while member != node:
                    self.number[member] = 0
                    member = self.stack.pop()
                parts.append((yield from self._component(node)))
            else:
                parts.append(node)
        return head

    def _component(self, head: int) -> Generator[_Call, int, _Component]:
        """Order the loop that `head` heads."""
        parts: list[int | _Component] = []
        for successor in self.successors[head]:
            if self.number[successor] == 0:
                yield self._visit(successor, parts)
        parts.append(head)
        parts.reverse()
        return _Component(parts)


_Call = Generator["_Call", int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands: the loops around it (their heads, outermost first), and its positions.

    `positions` has one entry for each loop and one for the node itself;
    `heads` is the index of each loop's head.
    """

    heads: tuple[int, ...]
    positions: tuple[int, ...]


class Order:
    """The weak topological order of a graph."""

    def __init__(self, graph: Graph) -> None:
        successors = [[successor.index for successor in node.successors] for node in graph.nodes]
        self.places: list[Place] = [Place((), ())] * len(successors)
        pending: list[tuple[list[int | _Component], tuple[int, ...], tuple[int, ...]]] = [
            (_Search(successors).run(0), (), ())
        ]
        self._edges: dict[tuple[int, int], tuple[int, DynamicKey]] = {}
        while pending:
            parts, heads, positions = pending.pop()
            for position, part in enumerate(parts):
                if isinstance(part, int):
                    self.places[part] = Place(heads, (*positions, position))
                else:
                    head = part.parts[0]
                    assert isinstance(head, int)
                    pending.append((part.parts, (*heads, head), (*positions, position)))

    def start(self, node: int) -> DynamicKey:
        """The key with which `node` is entered from outside all its loops."""
        return self._enter(node, 0)

    def advance(self, key: DynamicKey, source: int, target: int) -> DynamicKey:
        """The key after following the edge `source` -> `target` from a state with `key`.

        Raises AssertionError if keys would not grow: the order would be wrong.
        """
        edge = self._edges.get((source, target))
        if edge is None:
            edge = self._edges[source, target] = self._edge(source, target)
        kept, entered = edge
        again = key[:kept] + entered if entered else (*key[: kept - 1], key[kept - 1] + 1, 0)
        if again <= key:
            raise AssertionError(f"order broken on the edge {source} -> {target}: {key} then {again}")
        return again

    def _edge(self, source: int, target: int) -> tuple[int, DynamicKey]:
        """How much of the key an edge keeps, and what follows: nothing where a loop begins again."""
        here, there = self.places[source], self.places[target]
        shared = 0
        for left, right in zip(here.heads, there.heads, strict=False):
            if left != right:
                break
            shared += 1
        if shared == len(there.heads) and shared and there.heads[-1] == target:
            return 2 * shared, ()
        return 2 * shared, self._enter(target, shared)

    def _enter(self, node: int, shared: int) -> DynamicKey:
        """Positions below the first `shared` loops, every iteration being the first."""
        positions = self.places[node].positions
        entered: list[int] = []
        for position in positions[shared:-1]:
            entered += (position, 0)
        return (*entered, positions[-1])
