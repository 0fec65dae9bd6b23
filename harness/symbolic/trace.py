"""What a call does besides storage: its events and external calls, in their order.

An entry's `condition` is relative to the state that holds the trace: on that
state's path, the entry happened iff its condition holds. Merging keeps the order
of each side, and joins entries that are alike so that a trace stays short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from harness.symbolic import data, pieces
from harness.symbolic.data import Data
from harness.symbolic.path import Path
from harness.symbolic.storage import Storage
from harness.term.core import MAX_WORD, Term, and_, ite, not_

Kind = Literal["CALL", "CALLCODE", "DELEGATECALL", "STATICCALL"]

ALL_GAS = MAX_WORD
"""The gas of a call to which the code leaves as much as there is."""


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A log: its topics and data; `address` is the contract that emits it."""

    condition: Term
    address: Term
    topics: tuple[Term, ...]
    data: Data
    pc: int


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """An external call and its outcome.

    `storage` is this contract's storage at that moment, and `path` holds there: what
    a callee that calls back would meet; `left` is it afterwards. Of a call that merging put together
    from several, ask `moments` for those three. `gas` is what the code lets the callee have
    at most, `ALL_GAS` if that is all there is.
    """

    condition: Term
    kind: Kind
    target: Term
    value: Term
    gas: Term
    data: Data
    success: Term
    returndata: Data
    storage: Storage
    left: Storage
    path: Path
    pc: int
    joined: tuple[Call, ...] = ()

    @property
    def selector(self) -> Term:
        """The first four bytes of the calldata as a number."""
        return pieces.number(self.data.read(0, 4))

    @property
    def moments(self) -> tuple[Call, ...]:
        """The calls as they were made, each with its own path and storage."""
        return tuple(moment for call in self.joined for moment in call.moments) if self.joined else (self,)


Entry = Event | Call
Trace = tuple[Entry, ...]


def merge(selector: Term, left: Trace, right: Trace) -> Trace:
    """Both traces' entries in order, each on condition that its side is taken."""
    if left is right:
        return left
    shared = 0
    for one, other in zip(left, right, strict=False):
        if one is not other:
            break
        shared += 1
    pairs = [(i + shared, j + shared) for i, j in _alike(left[shared:], right[shared:])]
    merged: list[Entry] = list(left[:shared])
    i = j = shared
    for low, high in (*pairs, (len(left), len(right))):
        merged += [_when(selector, entry) for entry in left[i:low]]
        merged += [_when(not_(selector), entry) for entry in right[j:high]]
        if low < len(left):
            merged.append(_joined(selector, left[low], right[high]))
        i, j = low + 1, high + 1
    return tuple(merged)


def _alike(left: Sequence[Entry], right: Sequence[Entry]) -> list[tuple[int, int]]:
    """Index pairs of a longest common subsequence of entries that can be joined."""
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in reversed(range(len(left))):
        for j in reversed(range(len(right))):
            if _joinable(left[i], right[j]):
                best[i][j] = 1 + best[i + 1][j + 1]
            else:
                best[i][j] = max(best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if _joinable(left[i], right[j]) and best[i][j] == 1 + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _joinable(left: Entry, right: Entry) -> bool:
    """Whether two entries have the same shape: event signature, or kind and selector of a call."""
    if left is right:
        return True
    if left.data.size is not right.data.size:
        return False
    if isinstance(left, Event) and isinstance(right, Event):
        return len(left.topics) == len(right.topics) and left.topics[:1] == right.topics[:1]
    if isinstance(left, Call) and isinstance(right, Call):
        return left.kind == right.kind and left.selector is right.selector
    return False


def _when(condition: Term, entry: Entry) -> Entry:
    return replace(entry, condition=and_(condition, entry.condition))


def _joined(selector: Term, left: Entry, right: Entry) -> Entry:
    """Two alike entries as one."""
    condition = ite(selector, left.condition, right.condition)
    if left is right:
        return left
    if isinstance(left, Event) and isinstance(right, Event):
        return replace(
            left,
            condition=condition,
            address=ite(selector, left.address, right.address),
            topics=tuple(ite(selector, a, b) for a, b in zip(left.topics, right.topics, strict=True)),
            data=data.choose(selector, left.data, right.data),
        )
    assert isinstance(left, Call)
    assert isinstance(right, Call)
    return replace(
        left,
        condition=condition,
        target=ite(selector, left.target, right.target),
        value=ite(selector, left.value, right.value),
        gas=ite(selector, left.gas, right.gas),
        data=data.choose(selector, left.data, right.data),
        success=ite(selector, left.success, right.success),
        returndata=data.choose(selector, left.returndata, right.returndata),
        joined=(left, right),
    )
