"""Which storage slots were written: read from revm's own journal.

A comparer that looks at labelled slots only would miss a write anywhere else.
revm journals every change of a storage word, so its dump, read at the end of a
sequence, names all of them, also those that were changed back. It costs about
as much as a few calls; hence once a sequence, not once a call. As each change is
journaled with the word that was there before, the dump is also the whole history of
every word: what a campaign compares, call by call, once the sequence is over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from harness.evm.errors import EvmDefect

_FRAMES = "journal: [["
_NEXT_FRAME = "], ["
_FRAME_END = "]"
_OLD_WORD = "had_value: Some("
_CHANGE = re.compile(r"StorageChange \{ address: 0x([0-9a-fA-F]{40}), key: (\d+), had_value: Some")


def frames_of(dump: str) -> str:
    """Return the frames of the journal that a dump of revm's state ends with, the only part read here.

    Raises EvmDefect where the dump does not look as expected.
    """
    start = dump.rfind(_FRAMES)
    if start < 0:
        raise EvmDefect("the EVM's journal is not in the known form; install pyrevm 0.3.7")
    return dump[start + len(_FRAMES) :]


def written_slots(journal: str, first_frame: int) -> dict[int, set[int]]:
    """Return, by account, the slots changed in frame `first_frame` of the journal and later ones.

    Raises EvmDefect where the journal has fewer frames.
    """
    frames = journal.split(_NEXT_FRAME, first_frame)
    if len(frames) <= first_frame:
        raise EvmDefect(
            f"the EVM's journal has {len(frames)} frames, fewer than the snapshot's {first_frame}"
        )
    written: dict[int, set[int]] = {}
    for address, slot in set(_CHANGE.findall(frames[-1])):
        written.setdefault(int(address, 16), set()).add(int(slot))
    return written


WordChange = tuple[int, tuple[int, int], int]
"""One change of a storage word: the journal's frame, the account and slot, what was there before."""

_CACHED = 8_192


def word_changes(journal: str, first_frame: int, frames: int) -> list[WordChange]:
    """Return every change of a storage word in frame `first_frame` of the journal and later ones.

    Written with one split, searches for single characters (the quickest there are) and remembered places,
    as the journal is long (0.9 kB for each call), the same places come again and again, and most frames
    changed nothing. A frame ends with the only bracket in it; raises EvmDefect unless that makes as many
    as the journal's `frames`.
    """
    before, *parts = journal.split(_OLD_WORD)
    number = before.count(_FRAME_END)
    changes: list[WordChange] = []
    for part in parts:
        if number >= first_frame:
            text = before[before.rindex("x") + 1 : -2]
            changes.append((number, _PLACES.get(text) or _place(text), int(part[: part.index(")")])))
        number += part.count(_FRAME_END)
        before = part
    if number != frames + 1:  # the journal itself ends with one, too
        raise EvmDefect(f"{number - 1} frames are found in the EVM's journal, which has {frames}")
    return changes


def spans_between(
    changes: Sequence[WordChange], marks: Sequence[int], read: Callable[[int, int], int]
) -> list[dict[tuple[int, int], tuple[int, int]]]:
    """Return the words before and after, by place, for each pair of neighbours among `marks` (frames).

    `read` gives the word that an account holds at a slot now, after the last change.
    """
    spans: list[dict[tuple[int, int], tuple[int, int]]] = [{} for _ in marks]
    latest: dict[tuple[int, int], int] = {}
    number = len(marks) - 1
    span, start = spans[number], marks[number]
    for frame, place, old in reversed(changes):
        while frame < start:
            number -= 1
            span, start = spans[number], marks[number]
        if place in span:
            after = span[place][1]
        elif place in latest:
            after = latest[place]
        else:
            after = read(*place)
        span[place] = old, after
        latest[place] = old
    spans.pop()  # what came after the last mark
    return spans


_PLACES: dict[str, tuple[int, int]] = {}


def _place(text: str) -> tuple[int, int]:
    """Return the account and slot in ``40 hexadecimal digits, key: N``, and remember them."""
    if len(_PLACES) >= _CACHED:
        _PLACES.clear()
    _PLACES[text] = place = (int(text[:40], 16), int(text[text.rindex(" ") :]))
    return place


Transfer = tuple[int, int, int, int]
"""A movement of ether: the journal's frame, who paid, who was paid, and how many wei."""

_MOVED = re.compile(
    r"BalanceTransfer \{ from: 0x([0-9a-fA-F]{40}), to: 0x([0-9a-fA-F]{40}), balance: (\d+) \}"
    r"|AccountDestroyed \{ address: 0x([0-9a-fA-F]{40}), target: 0x([0-9a-fA-F]{40}), "
    r"[^}]*had_balance: (\d+) \}"
)


def transfers(journal: str, first_frame: int) -> list[Transfer]:
    """Return every movement of ether in frame `first_frame` of the journal and later ones.

    Each call moves 0 wei, so whether any moved more is counted first.
    """
    moves = journal.count("BalanceTransfer {")
    if moves == journal.count(" balance: 0 }") and "AccountDestroyed {" not in journal:
        return []
    found: list[Transfer] = []
    for number, frame in enumerate(journal.split(_NEXT_FRAME)):
        for move in _MOVED.finditer(frame) if number >= first_frame else ():
            payer, payee, wei = (part for part in move.groups() if part is not None)
            if int(wei) and payer != payee:
                found.append((number, int(payer, 16), int(payee, 16), int(wei)))
    return found
