"""What is odd about a state that nothing was seen to reach: facts that no visited state shares.

A property that is not inductive breaks in a state that satisfies all invariants and is perhaps never
reached. What tells it from reachable ones is what an invariant should say. So each record's pattern (which
of its fields are zero), each reference (whether what a field names, names it back) and each number's size
are compared with the states of a short random campaign.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from time import process_time
from typing import Any

from harness.check.campaign.ground import Parts
from harness.check.campaign.options import Options
from harness.check.campaign.runner import Worker

SEQUENCES, LENGTH = 40, 60

ADDRESSES = 1 << 64
"""Keys from here on are addresses, and references to them are compared."""

Fact = tuple[str, ...]
"""A sentence's parts: what kind of fact, about which table, and what it says."""


def oddities(material: Parts, state: Any, seconds: float = 1.0) -> tuple[list[str], int]:
    """Return sentences about `state`, which has plain numbers, that hold of no state of a random campaign.

    Also returns how many states were looked at.
    """
    names = [one.name for one in fields(state) if one.name not in material.spec.model.ghosts]
    seen: set[Fact] = set()
    ranges: dict[tuple[str, str], tuple[int, int]] = {}
    states = 0
    for visited in _visited(material, process_time() + seconds):
        seen |= set(facts(visited, names))
        for field, value in numbers(visited, names):
            low, high = ranges.get(field, (value, value))
            ranges[field] = min(low, value), max(high, value)
        states += 1
    odd = [_sentence(fact) for fact in dict.fromkeys(facts(state, names)) if fact not in seen]
    odd += [text for field, value in numbers(state, names) if (text := _beyond(field, value, ranges))]
    return list(dict.fromkeys(odd)), states


def numbers(state: Any, names: Iterable[str]) -> Iterator[tuple[tuple[str, str], int]]:
    """Yield the numbers of a state's tables that are not zero and no addresses, by table and field."""
    for name in names:
        table = getattr(state, name)
        for record in table.values() if isinstance(table, Mapping) else ():
            for field, value in _values(record).items():
                if 0 < value < ADDRESSES:
                    yield (name, field), value


def _beyond(field: tuple[str, str], value: int, ranges: Mapping[tuple[str, str], tuple[int, int]]) -> str:
    """Return in what a number is beyond all that were seen, "" if it is not."""
    low, high = ranges.get(field, (value, value))
    if low <= value <= high:
        return ""
    name = ".".join(part for part in field if part)
    return f"{name} is {value}, and was {f'never below {low}' if value < low else f'at most {high}'}"


def _visited(material: Parts, deadline: float) -> Iterator[Any]:
    """Yield states that a random campaign reaches from deployment."""
    worker = Worker(material, Options(length=LENGTH, written=0.0))
    for index in range(SEQUENCES):
        if process_time() > deadline:
            return
        run = worker.run(index)
        states = [predicted.after for predicted in run.done if not predicted.undefined]
        run.finish()
        yield from states


def facts(state: Any, names: Iterable[str]) -> Iterator[Fact]:
    """Yield what is compared: patterns of records, and references between tables."""
    tables = {name: table for name in names if isinstance(table := getattr(state, name), Mapping)}
    for name, table in tables.items():
        for key, record in table.items():
            values = _values(record)
            zero = tuple(sorted(field for field, value in values.items() if not value))
            some = tuple(sorted(field for field, value in values.items() if value))
            if some:
                yield ("pattern", name, ", ".join(some), ", ".join(zero))
            for field, value in values.items():
                for other, entries in tables.items():
                    if (
                        value
                        and key >= ADDRESSES
                        and other != name
                        and not isinstance(back := entries.get(value, 0), tuple)
                    ):
                        yield from _reference(name, key, field, other, _values(back))


def _reference(name: str, key: int, field: str, other: str, back: Mapping[str, int]) -> Iterator[Fact]:
    """Yield whether the entry that a field names has a field that names the record's own key."""
    for label, value in back.items():
        yield ("back" if value == key else "away", name, field, other, label)


def _values(record: Any) -> dict[str, int]:
    """Return a record's numbers by field, a plain number as the field ""."""
    if isinstance(record, int):
        return {"": int(record)}
    return {
        one.name: int(value) for one in fields(record) if isinstance(value := getattr(record, one.name), int)
    }


def _sentence(fact: Fact) -> str:
    kind, name, *rest = fact
    if kind == "pattern":
        some, zero = rest
        lacking = f" and no {zero}" if zero else ""
        return f"an entry of {name} has {some or 'a value'}{lacking}"
    field, other, label = rest
    own = f"{name}.{field}" if field else name
    named = f"{other}.{label}" if label else other
    verb = "is named back by" if kind == "back" else "is not named back by"
    return f"what {own} names {verb} {named}"
