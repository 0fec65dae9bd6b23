"""Small lies about a call: every rule must notice some of them."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from harness.lang import ConcreteTable, Revert, Run, Spec, Table, replace
from specs.common.frame import LEDGERS
from specs.common.token import burn, mint
from tests.specs.bench import PROTOCOL_ROLE, TOKEN_AT, ModelCall
from tests.specs.walk import broken_rules

STRANGER = 0x77
NOWHERE = -1


def _with(run: Run[Any], **changes: Any) -> Run[Any]:
    call: Any = copy.copy(run.call)
    for name, value in changes.items():
        setattr(call, name, value)
    return Run(run.before, call, run.after)


def _bumped(value: Any, rng: random.Random) -> Any:
    """Return a number, or one number within tuples, off by one."""
    if not isinstance(value, tuple):
        return value + 1
    where = rng.randrange(len(value))
    return tuple(_bumped(item, rng) if index == where else item for index, item in enumerate(value))


def _zeroed(value: Any) -> Any:
    """Return a number, or all numbers within tuples, as 0."""
    return tuple(_zeroed(item) for item in value) if isinstance(value, tuple) else 0


def _bumped_record(record: Any, rng: random.Random) -> Any:
    """Return a record, or a number, with one number off by one."""
    if isinstance(record, int):
        return record + 1
    name = rng.choice(fields(record)).name
    value = getattr(record, name)
    return replace(record, **{name: max(0, value + rng.choice((-1, 1)))})


def _stored_lies(run: Run[Any], rng: random.Random) -> Iterator[Run[Any]]:
    """Yield runs whose state differs from the true one in one field."""
    yield Run(run.before, run.call, run.before)
    for field in fields(run.after):
        value = getattr(run.after, field.name)
        if field.name in LEDGERS:
            continue
        if isinstance(value, Table):
            assert isinstance(value, ConcreteTable)
            keys = {*value.records, *getattr(run.before, field.name).records}
            for key in [*rng.sample(sorted(keys), min(len(keys), 5)), 0, STRANGER]:
                for lie in (value.put(key, _bumped_record(value[key], rng)), value.put(key, value[NOWHERE])):
                    yield Run(run.before, run.call, replace(run.after, **{field.name: lie}))
        else:
            yield Run(run.before, run.call, replace(run.after, **{field.name: value + 1}))


def _told_lies(run: Run[Any], rng: random.Random) -> Iterator[Run[Any]]:
    """Yield runs that are observed wrongly: success, error, events, returns, token calls, caller."""
    call = run.call
    assert isinstance(call, ModelCall)
    if call.error is None:
        yield _with(run, error=Revert("LIE"), events=(), calls=())
    else:
        yield _with(run, error=None)
        yield _with(run, error=Revert("LIE"))
    yield _with(run, events=(*call.events, "lie"))
    if call.events:
        yield _with(run, events=call.events[:-1])
    if call.returns:
        yield _with(run, returns=_bumped(call.returns, rng))
        yield _with(run, returns=_zeroed(call.returns))
    for lie in (mint(TOKEN_AT, STRANGER, 5), burn(TOKEN_AT, call.sender, 5), burn(TOKEN_AT, STRANGER, 5)):
        yield _with(run, calls=(*call.calls, lie))
    for who in (STRANGER, PROTOCOL_ROLE):
        yield _with(run, _env=replace(call.env, sender=who))


def lies_about(run: Run[Any], rng: random.Random) -> Iterator[Run[Any]]:
    """Yield runs that differ a little from a true one."""
    yield from _stored_lies(run, rng)
    yield from _told_lies(run, rng)


def unfailing_rules(spec: Spec[Any], runs: Iterator[Run[Any]], rng: random.Random) -> set[str]:
    """Return the rules that notice no lie about any of `runs`."""
    silent = {rule.name for rule in spec.rules}
    for run in runs:
        for lie in lies_about(run, rng):
            silent.difference_update(broken_rules(spec, lie, rng, few=True, among=silent))
        if not silent:
            break
    return silent
