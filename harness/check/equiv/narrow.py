"""A post-state looked at in one case only: every term simplified by what holds there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from harness.symbolic import trace
from harness.symbolic.data import Choice, Data, Known, Slice, Unknown, choose
from harness.symbolic.result import Failure, PostState
from harness.term.context import simplifier
from harness.term.core import FALSE, MAX_WORD, TRUE, Term
from harness.term.facts import Facts

Change = Callable[[Term], Term]


def narrowed(result: PostState, facts: Facts) -> PostState:
    """Return what a call does where the facts hold; elsewhere it means nothing."""
    simplify = simplifier(facts)
    known: dict[Term, Term] = {}

    def change(term: Term) -> Term:
        found = known.get(term)
        if found is None:
            simple = simplify(term)
            keeps_its_kind = term.boolean or _is_word(simple) or not _is_word(term)
            found = known[term] = simple if keeps_its_kind else term
        return found

    return changed(result, change)


def terms_of(result: PostState) -> list[Term]:
    """Return every term of a post-state that matters to an observer, once."""
    terms: dict[Term, None] = {}

    def note(term: Term) -> Term:
        terms[term] = None
        return term

    changed(result, note)
    return list(terms)


def _is_word(term: Term) -> bool:
    return term.lo is not None and term.lo >= 0 and term.hi is not None and term.hi <= MAX_WORD


def changed(result: PostState, change: Change) -> PostState:
    """Return a post-state with every term that matters to an observer changed."""
    failures = tuple(
        Failure(one.kind, change(one.condition), _data(one.data, change), _trace(one.attempted, change))
        for one in result.failures
    )
    return replace(
        result,
        success=change(result.success),
        returndata=_data(result.returndata, change),
        failures=tuple(one for one in failures if one.condition is not FALSE),
        storage=result.storage.mapped(change),
        transient=result.transient.mapped(change),
        trace=_trace(result.trace, change),
    )


def _data(data: Data, change: Change) -> Data:
    match data:
        case Known():
            return Known([(size, change(word), skip) for size, word, skip in data.pieces], change(data.size))
        case Unknown():
            return Unknown(data.content, change(data.size), tuple(map(change, data.given)))
        case Slice():
            return Slice(_data(data.source, change), data.offset, change(data.size))
        case Choice():
            condition = change(data.condition)
            left, right = _data(data.left, change), _data(data.right, change)
            if condition is TRUE or condition is FALSE:
                return left if condition is TRUE else right
            return choose(condition, left, right)
    return data


def _trace(entries: trace.Trace, change: Change) -> trace.Trace:
    """Return a trace without what surely does not happen."""
    changed = [_entry(entry, change) for entry in entries]
    return tuple(entry for entry in changed if entry.condition is not FALSE)


def _entry(entry: trace.Entry, change: Change) -> trace.Entry:
    condition = change(entry.condition)
    if isinstance(entry, trace.Event):
        topics = tuple(map(change, entry.topics))
        return replace(entry, condition=condition, topics=topics, data=_data(entry.data, change))
    return replace(
        entry,
        condition=condition,
        target=change(entry.target),
        value=change(entry.value),
        gas=change(entry.gas),
        data=_data(entry.data, change),
        success=change(entry.success),
        returndata=_data(entry.returndata, change),
    )
