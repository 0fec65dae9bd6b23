"""One state of one call frame, and the merge of two."""

from __future__ import annotations

from itertools import pairwise

from harness.bytecode.graph import Node
from harness.bytecode.order import DynamicKey
from harness.symbolic import data, memory, storage, trace
from harness.symbolic.data import EMPTY, Data
from harness.symbolic.memory import Memory
from harness.symbolic.path import Path, join, shared_length
from harness.symbolic.simplify import MAX_MEMORY, refine
from harness.symbolic.storage import Storage
from harness.symbolic.trace import Trace
from harness.term.choice import under
from harness.term.core import Term, ite

FREE_POINTER = 0x40
"""Where solc keeps the address of free memory: a hint where simplifying pays, nothing more."""


class State:
    """Everything that an execution carries along a path.

    `calls` counts the external calls made so far on any path that leads here, so
    that the symbols of their outcomes are never used twice; `epoch` counts what
    may have changed balances and codes.
    """

    __slots__ = (
        "calls", "epoch", "key", "memory", "node", "path",
        "returndata", "stack", "storage", "trace", "transient",
    )  # fmt: skip

    node: Node
    key: DynamicKey

    def __init__(self, path: Path, kept: Storage, transient: Storage) -> None:
        self.path = path
        self.stack: list[Term] = []
        self.memory = Memory()
        self.storage = kept
        self.transient = transient
        self.returndata: Data = EMPTY
        self.trace: Trace = ()
        self.calls = 0
        self.epoch = 0

    def copy(self) -> State:
        """A state that starts equal and changes on its own."""
        twin = State.__new__(State)
        twin.node, twin.key, twin.path = self.node, self.key, self.path
        twin.stack = self.stack.copy()
        twin.memory = self.memory.copy()
        twin.storage, twin.transient = self.storage.copy(), self.transient.copy()
        twin.returndata, twin.trace = self.returndata, self.trace
        twin.calls, twin.epoch = self.calls, self.epoch
        return twin

    def assume(self, condition: Term) -> None:
        """Add to the path; wraps on the stack that the path now excludes vanish."""
        path = self.path.extended(condition)
        if path is self.path:
            return
        self.path = path
        for index, word in enumerate(self.stack):
            if word.op == "mod":
                self.stack[index] = under(word, path.facts)


def settled(word: Term, path: Path) -> Term:
    """The word; one that may be a memory address is simplified by the path before a merge forgets it."""
    if word.op in ("const", "var", "apply") or word.hi is None or word.hi >= MAX_MEMORY:
        return word
    return refine(word, path)


def settle_pointer(state: State) -> None:
    """Simplify solc's free-memory pointer by the path: what a call returned decides how far it moved."""
    pointer = state.memory.word(FREE_POINTER)
    better = settled(pointer, state.path)
    if better is not pointer:
        state.memory.store(FREE_POINTER, better)


def merge(left: State, right: State) -> State:
    """The state that is `left` on its path and `right` on its own: their paths are disjoint."""
    path, selector = join(left.path, right.path)
    merged = State.__new__(State)
    merged.node, merged.key, merged.path = left.node, left.key, path
    merged.stack = [
        one if one is other else ite(selector, settled(one, left.path), settled(other, right.path))
        for one, other in zip(left.stack, right.stack, strict=True)
    ]
    settle_pointer(left)
    settle_pointer(right)
    merged.memory = memory.merge(selector, left.memory, right.memory)
    merged.storage = storage.merge(selector, left.storage, right.storage)
    merged.transient = storage.merge(selector, left.transient, right.transient)
    merged.returndata = data.choose(selector, left.returndata, right.returndata)
    merged.trace = trace.merge(selector, left.trace, right.trace)
    merged.calls = max(left.calls, right.calls)
    merged.epoch = left.epoch if left.epoch == right.epoch else max(left.epoch, right.epoch) + 1
    return merged


def merge_all(states: list[State]) -> State:
    """Merge states with disjoint paths, those with the longest common path first."""
    if len(states) < 3:
        return states[0] if len(states) == 1 else merge(states[0], states[1])
    ranks: dict[Term, int] = {}
    for state in states:
        for condition in state.path.conditions:
            ranks.setdefault(condition, len(ranks))
    ordered = sorted(states, key=lambda state: [ranks[condition] for condition in state.path.conditions])
    shared = [shared_length(a.path, b.path) for a, b in pairwise(ordered)]
    while shared:
        at = max(range(len(shared)), key=shared.__getitem__)
        ordered[at : at + 2] = [merge(ordered[at], ordered[at + 1])]
        del shared[at]
        for near in (at - 1, at):
            if 0 <= near < len(shared):
                shared[near] = shared_length(ordered[near].path, ordered[near + 1].path)
    return ordered[0]
