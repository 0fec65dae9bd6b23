"""Beginnings that no bounded search reaches: everybody makes the same call, or one of them again and again.

A full pool or an exhausted counter takes dozens of calls, all alike. So the simplest call of each function
is made by one person after the other, or over and over by one, on the EVM; a search goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from harness.check.triage.observed import Transaction
from harness.check.triage.scene import Scene, Situation
from harness.evm.errors import EvmError

LONGEST = 48
"""So many calls at most."""


def crowds(scene: Scene, template: Transaction) -> Iterator[list[Transaction]]:
    """Yield the beginnings that can be made of one call: by everybody, and by one over and over."""
    for senders in (scene.people[:LONGEST], (template.sender,) * LONGEST):
        calls = [
            replace(template, sender=sender, number=scene.start_number + 1 + place)
            for place, sender in enumerate(senders)
        ]
        fruitful = _fruitful(scene, calls)
        if len(fruitful) > 2:
            yield fruitful


def _fruitful(scene: Scene, calls: Sequence[Transaction]) -> list[Transaction]:
    """Return the calls that succeed one after the other, numbered anew."""
    try:
        with scene.played(Situation(), calls) as acts:
            made = [act.call.transaction for act in acts if act.call.raw.success]
    except EvmError:  # one that cannot be sent at all
        return []
    return [replace(call, number=scene.start_number + 1 + place) for place, call in enumerate(made)]
