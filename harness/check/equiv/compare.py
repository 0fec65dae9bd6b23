"""When two things that calls do are the same, as terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.check.views.binding import Shape
from harness.check.views.symbolic import SymbolicTable
from harness.lang import Table, same_record
from harness.symbolic import trace
from harness.symbolic.data import Data, Known
from harness.symbolic.errors import Unsupported
from harness.symbolic.pieces import number, total
from harness.term import symbol
from harness.term.core import FALSE, TRUE, Term, and_, const, eq, ite, le, not_, or_
from harness.term.symbol import condition_of, term_of


def same_data(left: Data, right: Known, head: int = 0) -> Term:
    """Return that `left` has size and bytes of `right`: `head` bytes (at most 32), then whole words."""
    claims = [eq(left.size, right.size)]
    length = total(right.pieces)
    starts = [(0, head), *((start, 32) for start in range(head, length, 32))]
    for start, count in starts:
        if count:
            same = eq(number(left.read(start, count)), number(right.read(start, count)))
            claims.append(or_(le(right.size, const(start)), same))
    return and_(*claims)


def same_trace(left: trace.Trace, right: trace.Trace, prefix: bool = False) -> Term:
    """Return that both sides do the same in the same order; with `prefix`, `left` may stop early."""
    known: dict[tuple[int, int], Term] = {}

    def rest(i: int, j: int) -> Term:
        if (i, j) not in known:
            known[i, j] = build(i, j)
        return known[i, j]

    def build(i: int, j: int) -> Term:
        if i == len(left):
            return TRUE if prefix else and_(*(not_(entry.condition) for entry in right[j:]))
        if j == len(right):
            return and_(*(not_(entry.condition) for entry in left[i:]))
        here, there = left[i].condition, right[j].condition
        both = and_(same_entry(left[i], right[j]), rest(i + 1, j + 1))
        if here is there:
            return ite(here, both, rest(i + 1, j + 1))
        return ite(here, ite(there, both, rest(i, j + 1)), rest(i + 1, j))

    return rest(0, 0)


def same_entry(left: trace.Entry, right: trace.Entry) -> Term:
    """Return that two events, or two calls, are the same, whenever they happen."""
    assert isinstance(right.data, Known)
    if isinstance(left, trace.Event) and isinstance(right, trace.Event):
        if len(left.topics) != len(right.topics):
            return FALSE
        topics = [eq(one, other) for one, other in zip(left.topics, right.topics, strict=True)]
        return and_(eq(left.address, right.address), *topics, same_data(left.data, right.data))
    if isinstance(left, trace.Call) and isinstance(right, trace.Call) and left.kind == right.kind:
        where = and_(eq(left.target, right.target), eq(left.value, right.value))
        return and_(where, same_data(left.data, right.data, head=4))
    return FALSE


def effects(entries: trace.Trace) -> trace.Trace:
    """Return what others can see of a trace: events, and calls that may change something."""
    return tuple(entry for entry in entries if isinstance(entry, trace.Event) or entry.kind != "STATICCALL")


def same_state(left: Any, right: Any, shapes: Mapping[str, Shape]) -> Term:
    """Return that two states have the same numbers in the fields that `shapes` bind.

    Raises:
        Unsupported: for a table of tables.
    """
    claims = []
    for name in shapes:
        one, other = getattr(left, name), getattr(right, name)
        if isinstance(one, SymbolicTable):
            claims.append(_same_table(name, one, other))
        else:
            claims.append(condition_of(same_record(one, other)))
    return and_(*claims)


def _same_table(name: str, left: SymbolicTable[Any], right: SymbolicTable[Any]) -> Term:
    """Return that two tables are the same wherever either was written."""
    keys = dict.fromkeys(term_of(key) for key in (*left.written, *right.written))
    claims = []
    for key in keys:
        one, other = left[symbol.number(key)], right[symbol.number(key)]
        if isinstance(one, Table):
            raise Unsupported("model", -1, f"`{name}` is a table of tables, which is not compared")
        claims.append(condition_of(same_record(one, other)))
    return and_(*claims)
