"""When byte strings, and traces, of two executions are the same."""

from __future__ import annotations

from harness.symbolic import trace
from harness.symbolic.data import Choice, Data, Known, Slice, Unknown
from harness.symbolic.pieces import number, total
from harness.term.core import FALSE, TRUE, Term, and_, const, eq, ite, le, not_, or_


def same_bytes(left: Data, right: Data) -> Term:
    """Return that two byte strings are the same; FALSE also where that is not seen."""
    if left is right:
        return TRUE
    if isinstance(left, Choice):
        return ite(left.condition, same_bytes(left.left, right), same_bytes(left.right, right))
    if isinstance(right, Choice):
        return ite(right.condition, same_bytes(left, right.left), same_bytes(left, right.right))
    if isinstance(left, Slice) and isinstance(right, Slice):
        if left.offset != right.offset:
            return FALSE
        return and_(eq(left.size, right.size), same_bytes(left.source, right.source))
    for part, whole in ((left, right), (right, left)):
        if isinstance(part, Slice) and part.offset == 0 and isinstance(whole, Unknown):
            return and_(eq(part.size, whole.size), same_bytes(part.source, whole))
    if isinstance(left, Unknown) and isinstance(right, Unknown):
        if left.content is not right.content:
            return FALSE
        given = [eq(one, other) for one, other in zip(left.given, right.given, strict=True)]
        return and_(eq(left.size, right.size), *given)
    if isinstance(left, Known) or isinstance(right, Known):
        return _same_words(left, right)
    return and_(eq(left.size, const(0)), eq(right.size, const(0)))


def _same_words(left: Data, right: Data) -> Term:
    """Return that two byte strings, at least one of them known, are the same; a selector may come first."""
    length = max(total(one.pieces) for one in (left, right) if isinstance(one, Known))
    head = length % 32
    claims = [eq(left.size, right.size)]
    for start, count in [(0, head), *((start, 32) for start in range(head, length, 32))]:
        if count:
            same = eq(number(left.read(start, count)), number(right.read(start, count)))
            claims.append(or_(le(right.size, const(start)), same))
    return and_(*claims)


def same_entries(left: trace.Trace, right: trace.Trace) -> Term:
    """Return that two traces have the same events and calls, in the same order."""
    return _alike(left, right, as_far_as_both_go=False)


def same_requests(left: trace.Trace, right: trace.Trace) -> Term:
    """Return that as many calls as both traces have are the same, in the same order."""
    return _alike(left, right, as_far_as_both_go=True)


def _alike(left: trace.Trace, right: trace.Trace, as_far_as_both_go: bool) -> Term:
    known: dict[tuple[int, int], Term] = {}

    def rest(i: int, j: int) -> Term:
        if (i, j) not in known:
            known[i, j] = build(i, j)
        return known[i, j]

    def build(i: int, j: int) -> Term:
        if i == len(left) or j == len(right):
            more = () if as_far_as_both_go else (*left[i:], *right[j:])
            return and_(*(not_(entry.condition) for entry in more))
        here, there = left[i].condition, right[j].condition
        both = and_(_same_entry(left[i], right[j]), rest(i + 1, j + 1))
        if here is there:
            return ite(here, both, rest(i + 1, j + 1))
        return ite(here, ite(there, both, rest(i, j + 1)), rest(i + 1, j))

    return rest(0, 0)


def _same_entry(left: trace.Entry, right: trace.Entry) -> Term:
    if isinstance(left, trace.Event) and isinstance(right, trace.Event):
        if len(left.topics) != len(right.topics):
            return FALSE
        topics = [eq(one, other) for one, other in zip(left.topics, right.topics, strict=True)]
        return and_(eq(left.address, right.address), *topics, same_bytes(left.data, right.data))
    if isinstance(left, trace.Call) and isinstance(right, trace.Call) and left.kind == right.kind:
        given = eq(left.value, right.value), eq(left.gas, right.gas)
        return and_(eq(left.target, right.target), *given, same_bytes(left.data, right.data))
    return FALSE
