"""What was written to storage: per region, a base and the writes since, newest last.

A read walks the log: the newest write whose keys are equal wins, else the base.
A merge replays each side's own writes on what both share, as writes of
``ite(selector, value, what is there)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from harness.symbolic.regions import Region
from harness.term.core import FALSE, TRUE, ZERO, Term, and_, eq, ite, not_

PUSHED_LEAVES = 4
"""A read at a choice between at most so many constants is a choice between reads; beyond, it is one read.

Solvers take `owner(lowest)` as one unknown, where 32 owners under 32 conditions would each be looked into.
"""

Keys = tuple[Term, ...]
Write = tuple[Keys, Term]


class Base(Protocol):
    """What a region held when its log was empty."""

    def read(self, keys: Keys) -> Term:
        """The word at `keys`."""


class Initial:
    """Uninterpreted content; `generation` grows when somebody else may have written (havoc)."""

    __slots__ = ("generation", "region")

    def __init__(self, region: Region, generation: int = 0) -> None:
        self.region = region
        self.generation = generation

    def read(self, keys: Keys) -> Term:
        """The word at `keys`."""
        return self.region.initial(keys, self.generation)


class Zero:
    """Storage that nobody ever wrote: a contract under construction."""

    __slots__ = ()

    def read(self, _keys: Keys) -> Term:
        """Zero."""
        return ZERO


class Either:
    """One log's content where a condition holds, else another's."""

    __slots__ = ("condition", "left", "right")

    def __init__(self, condition: Term, left: Log, right: Log) -> None:
        self.condition = condition
        self.left = left
        self.right = right

    def read(self, keys: Keys) -> Term:
        """The word at `keys`."""
        return ite(self.condition, self.left.read(keys), self.right.read(keys))


class Log:
    """A region's content: immutable, so that states share it."""

    __slots__ = ("_memo", "base", "writes")

    def __init__(self, base: Base, writes: tuple[Write, ...] = ()) -> None:
        self.base = base
        self.writes = writes
        self._memo: dict[Keys, Term] = {}

    def read(self, keys: Keys) -> Term:
        """The word at `keys`; a small choice between constants is taken leaf by leaf."""
        word = self._memo.get(keys)
        if word is None:
            trees = [key for key in keys if key.op == "ite" and 0 < key.leaves <= PUSHED_LEAVES]
            word = self._by_leaf(keys, trees[0]) if len(trees) == 1 else self._walk(keys)
            self._memo[keys] = word
        return word

    def write(self, keys: Keys, value: Term) -> Log:
        """The log after writing `value` at `keys`; a write of what is there changes nothing."""
        if self._memo.get(keys) is value:
            return self
        older = tuple(write for write in self.writes if write[0] != keys)
        return Log(self.base, (*older, (keys, value)))

    def mapped(self, change: Callable[[Term], Term]) -> Log:
        """The log with every term changed to an equal one; writes of what is there then are dropped."""
        result = Log(self.base)
        for place, (keys, value) in enumerate(self.writes):
            there = change(Log(self.base, self.writes[:place]).read(keys))
            where, what = tuple(map(change, keys)), change(value)
            if there is not what:
                result = result.write(where, what)
        return result

    def _by_leaf(self, keys: Keys, tree: Term) -> Term:
        """Read at each leaf; subtrees are remembered, as a running choice grows by a leaf at a time."""
        place = keys.index(tree)
        before, after = keys[:place], keys[place + 1 :]
        waiting = [tree]
        while waiting:
            node = waiting[-1]
            condition, then, other = node.args
            missing = [arm for arm in (then, other) if (*before, arm, *after) not in self._memo]
            inner = [arm for arm in missing if arm.op == "ite"]
            for leaf in missing:
                if leaf.op != "ite":
                    self._memo[(*before, leaf, *after)] = self._walk((*before, leaf, *after))
            if inner:
                waiting += inner
                continue
            one, two = self._memo[(*before, then, *after)], self._memo[(*before, other, *after)]
            self._memo[(*before, node, *after)] = ite(condition, one, two)
            waiting.pop()
        return self._memo[keys]

    def _walk(self, keys: Keys) -> Term:
        pending: list[tuple[Term, Term]] = []
        word: Term | None = None
        for there, value in reversed(self.writes):
            same = equal_keys(there, keys)
            if same is TRUE:
                word = value
                break
            if same is not FALSE:
                pending.append((same, value))
        if word is None:
            word = self.base.read(keys)
        for same, value in reversed(pending):
            word = ite(same, value, word)
        return word


def equal_keys(left: Keys, right: Keys) -> Term:
    """Whether two tuples of keys are the same place."""
    if left == right:
        return TRUE
    return and_(*(eq(one, other) for one, other in zip(left, right, strict=True)))


def merge(selector: Term, left: Log, right: Log) -> Log:
    """`left` where the selector holds, else `right`."""
    if left is right:
        return left
    if left.base is not right.base:
        return Log(Either(selector, left, right))
    shared = 0
    for one, other in zip(left.writes, right.writes, strict=False):
        if one is not other and one != other:
            break
        shared += 1
    merged = Log(left.base, left.writes[:shared])
    for condition, writes in ((selector, left.writes[shared:]), (not_(selector), right.writes[shared:])):
        for keys, value in writes:
            merged = merged.write(keys, ite(condition, value, merged.read(keys)))
    return merged
