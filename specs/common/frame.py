"""What a call leaves as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from itertools import product
from typing import Any

from harness.lang import Call, Int, Prop, Table, all_of, iff, negate, same_record, unchanged

LEDGERS = ("burned", "minted", "slashed")
"""Fields that are no storage: what they may do follows from the calls made, not from a frame."""


def only_changes(before: Any, after: Any, *changing: str, **keys: Sequence[Int]) -> Prop:
    """Return that nothing stored differs but the fields `changing`, and in tables the records at `keys`."""
    claims: list[Prop] = []
    for field in fields(before):
        if field.name in changing or field.name in LEDGERS:
            continue
        old, new = getattr(before, field.name), getattr(after, field.name)
        if isinstance(old, Table):
            claims.append(unchanged(old, new, besides=keys.get(field.name, ())))
        else:
            claims.append(same_record(old, new))
    return all_of(claims)


def has_no_effect(before: Any, call: Call, after: Any) -> Prop:
    """Return that a call changed nothing stored and announced nothing."""
    return only_changes(before, after) & call.emits_only()


def announces_exactly(call: Call, *parts: tuple[Prop, Any]) -> Prop:
    """Return that the call announced each part's event, in order, where its condition holds, and no other."""
    claims: list[Prop] = []
    for chosen in product((False, True), repeat=len(parts)):
        due = [
            (event, iff(condition, wanted), wanted)
            for (condition, event), wanted in zip(parts, chosen, strict=True)
        ]
        events = [event for event, _, wanted in due if wanted]
        # Not `implies`: the cases are gone through whether or not each can happen.
        claims.append(negate(all_of(case for _, case, _ in due)) | call.emits_only(*events))
    return all_of(claims)
