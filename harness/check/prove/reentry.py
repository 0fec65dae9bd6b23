"""Re-entry: what a contract that is called meets, should it call back.

While another contract has control, this one's functions can be entered again. Each of them keeps the
invariants from any state that has them (those that hold only `between_calls` are not relied on). So all is
well if the invariants hold at that moment; and nothing is lost by what a callee does then if the rest of the
call writes nothing that they speak of. That is what is proved: the state that invariants speak of is, at
every call of another contract, the final one; and after a call that left arbitrary storage, nothing of it is
written, nor an array left. An invariant that holds `between_calls` holds in the end after such a call, too.
Where those hold when a contract is called, they do when it returns: all that it can do are whole calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from harness.check.prove.build import Named, Steps, fresh
from harness.check.prove.obligation import Obligation
from harness.lang import Invariant, Prop, Table, all_of, same_record, unchanged
from harness.symbolic.regions import part_of
from harness.symbolic.trace import Call
from harness.term.core import Function, and_, eq, implies, var
from harness.term.symbol import condition_of, number, term_of
from harness.term.walk import free_symbols

BOOKS_CLOSED = "books_are_closed_before_calls"
"""The built-in property that nothing the invariants speak of is written after another contract was called."""

SHAKEN = "success, others calling back"
"""The case of an obligation about an execution in which storage is arbitrary after calls of others."""


def moments(steps: Steps) -> list[Call]:
    """Return the calls that could be answered by calling back, as they were made, each on its own path."""
    calls = [entry for entry in steps.execution.result.trace if isinstance(entry, Call)]
    return [moment for call in calls if call.kind == "CALL" for moment in call.moments]


def closed_books(steps: Steps) -> Iterator[Obligation]:
    """Yield, for each call of another contract, that the state is final as far as invariants speak of it."""
    execution, calls = steps.execution, moments(steps)
    spoken = _spoken_of(steps) if calls else []
    final = execution.seen(execution.result.storage, execution.ghosts)
    for place, moment in enumerate(calls):
        then = execution.seen(moment.storage, execution.ghosts)
        same = all_of(_same(getattr(then, name), getattr(final, name)) for name in spoken)
        given: list[Named] = [steps.returns, ("path", moment.path.condition)]
        case = f"call {place} at pc {moment.pc}"
        yield steps.obligation(BOOKS_CLOSED, case, given, condition_of(same), steps.always)


def late_writes(steps: Steps) -> Iterator[Obligation]:
    """Yield, of an execution with re-entry, that no write after a call changes what invariants speak of."""
    state, writes = steps.execution.before, steps.execution.result.late
    names = _spoken_of(steps) if writes else []
    spoken = {one for name in names for one in _functions(getattr(state, name))}
    for place, late in enumerate(writes):
        region = late.place.region
        parts = [part for part in region.fields if region.function(part) in spoken]
        same = and_(*(eq(part_of(late.old, part), part_of(late.new, part)) for part in parts))
        given: list[Named] = [steps.returns, ("path", late.path.condition)]
        yield steps.obligation(BOOKS_CLOSED, f"write {place} at pc {late.pc}", given, same, steps.always)


def shaken_step(steps: Steps, claim: Invariant, books_closed: bool) -> Obligation:
    """Return, of an execution with re-entry, the step of an invariant that holds `between_calls`."""
    found = steps.invariant(claim)
    kept = _kept_by_callees(steps) if books_closed else ()
    return replace(found, case=SHAKEN, hypotheses=(*found.hypotheses, *kept))


def _kept_by_callees(steps: Steps) -> Iterator[Named]:
    """Yield that what holds between calls does when a callee returns, if all of it did when that was called.

    What callees do are whole calls, each of which keeps it from any state that has all invariants (the others
    hold then, for the books are closed). Nothing is said where such an invariant speaks of more than storage,
    or has keys: all of them would have to hold before, at every key.
    """
    execution, guards = steps.execution, [one for one in steps.spec.invariants if one.between_calls]
    if any(one.quantified or free_symbols(condition_of(one(execution.before)))[0] for one in guards):
        return
    for place, moment in enumerate(moments(steps)):
        met, left = (execution.seen(one, execution.ghosts) for one in (moment.storage, moment.left))
        all_held = and_(moment.path.condition, *(condition_of(one(met)) for one in guards))
        for one in guards:
            yield f"invariant {one.name} 0 of call {place}", implies(all_held, condition_of(one(left)))


def at_moments(steps: Steps, claim: Invariant) -> Iterator[Obligation]:
    """Yield that an invariant holds whenever another contract is called."""
    execution = steps.execution
    for place, moment in enumerate(moments(steps)):
        keys = fresh(claim.quantified)
        then = execution.seen(moment.storage, execution.ghosts_after(moment.storage))
        goal = condition_of(claim(then, *(number(key) for _, key in keys)))
        given: list[Named] = [("path", moment.path.condition)]
        case = f"call {place} at pc {moment.pc}"
        yield steps.obligation(claim.name, case, given, goal, steps.always, claim, keys)


def _spoken_of(steps: Steps) -> list[str]:
    """Return the stored fields of the state, without those that only a guard's invariants read."""
    state, spec = steps.execution.before, steps.spec
    read: dict[bool, set[Function]] = {False: set(), True: set()}
    for claim in spec.invariants:
        keys = (number(key) for _, key in fresh(claim.quantified))
        read[claim.between_calls] |= {*free_symbols(condition_of(claim(state, *keys)))[1]}
    guards = read[True] - read[False]
    stored = [field.name for field in fields(state) if field.name not in spec.model.ghosts]
    return [name for name in stored if not _functions(getattr(state, name)) <= guards]


def _functions(value: Any) -> set[Function]:
    """Return the storage functions that a field of the state is made of."""
    if isinstance(value, Table):
        return _functions(value[number(var("any.key"))])
    if is_dataclass(value):
        return {one for field in fields(value) for one in _functions(getattr(value, field.name))}
    return {*free_symbols(term_of(value))[1]}


def _same(then: Any, final: Any) -> Prop:
    return unchanged(then, final) if isinstance(then, Table) else same_record(then, final)
