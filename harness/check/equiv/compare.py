"""When two things that calls do are the same, as terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.check.views.binding import Shape
from harness.check.views.symbolic import SymbolicTable
from harness.lang import Table, same_record
from harness.symbolic import trace
from harness.symbolic.errors import Unsupported
from harness.term import symbol
from harness.term.core import Term, and_, implies
from harness.term.symbol import condition_of, term_of


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
        there = condition_of(left.holds(symbol.number(key)))
        claims.append(implies(there, condition_of(same_record(one, other))))
    return and_(*claims)
