"""How a contract is entered: one way for each external function, and the ways beside them.

Calldata is a selector and unconstrained words; its size is a symbol, so that
short and over-long calldata are covered, and the contract's own decoding is part
of what is executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.symbolic.data import Calldata, Data, Known
from harness.symbolic.pieces import Piece
from harness.symbolic.world import SIZE_MAX
from harness.term.core import Term, const, eq, le, not_, var
from harness.term.hashing import keccak_bytes
from harness.term.node import WORD_BITS
from harness.term.pack import pack


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A way in: its name, the calldata, and what holds of them (`conditions`)."""

    name: str
    calldata: Data
    conditions: tuple[Term, ...] = ()


def argument(index: int) -> Term:
    """Argument word `index` of a call: the symbol ``argN``."""
    return var(f"arg{index}")


def calldatasize(least: int = 0) -> Term:
    """The size of the calldata: the symbol ``calldatasize``."""
    return var("calldatasize", least, SIZE_MAX)


def signature(item: dict[str, Any]) -> str:
    """The canonical signature of an ABI item, tuples written out."""
    return f"{item.get('name', '')}({','.join(map(_type_name, item.get('inputs', ())))})"


def _type_name(parameter: dict[str, Any]) -> str:
    name = str(parameter["type"])
    if not name.startswith("tuple"):
        return name
    return f"({','.join(map(_type_name, parameter['components']))}){name[len('tuple') :]}"


def selector_of(text: str) -> int:
    """The four-byte selector of a signature, as a number."""
    return keccak_bytes(text.encode()) >> 224


def function(item: dict[str, Any], limits: Sequence[int] | None = None) -> Entry:
    """A call of an ABI function: its selector, then any words, of any size from the selector on.

    With `limits`, only the calls whose first words are all there, word i at most ``limits[i]``.
    """
    name = signature(item)
    head: tuple[Piece, ...] = ((4, const(selector_of(name)), 28),)
    if limits is None:
        parts = word_parts(item.get("inputs", ()))
        return Entry(name, Calldata(head, calldatasize(4), lambda index: parted_argument(index, parts)))

    def limited(index: int) -> Term:
        return var(f"arg{index}", 0, limits[index]) if index < len(limits) else argument(index)

    return Entry(name, Calldata(head, calldatasize(4 + 32 * len(limits)), limited))


def word_parts(inputs: Sequence[dict[str, Any]]) -> list[tuple[int, int]]:
    """The bits (offset, width) of each leading argument word that hold a value of its declared type.

    It ends where the declared types no longer give one word each; (0, 256) where any word is a value.
    """
    parts = []
    for parameter in inputs:
        found = re.fullmatch(r"(uint|int|address|bool|bytes)(\d*)(\[\])?|string", str(parameter["type"]))
        if found is None:
            break
        kind, digits, listed = found.groups()
        if listed or kind in (None, "int") or (kind == "bytes" and not digits):
            parts.append((0, WORD_BITS))
        elif kind == "bytes":
            parts.append((WORD_BITS - 8 * int(digits), 8 * int(digits)))
        else:
            parts.append((0, {"address": 160, "bool": 1}.get(kind) or int(digits or WORD_BITS)))
    return parts


def parted_argument(index: int, parts: Sequence[tuple[int, int]]) -> Term:
    """Argument word `index`: any word, made of ``argN`` (the value's bits) and ``argN.rest`` (all others).

    So what the contract masks out of the word is a symbol, and not a remainder of one.
    """
    offset, width = parts[index] if index < len(parts) else (0, WORD_BITS)
    if width == WORD_BITS:
        return argument(index)
    value = var(f"arg{index}", 0, (1 << width) - 1)
    rest = var(f"arg{index}.rest", 0, (1 << (WORD_BITS - width)) - 1)
    return pack([(offset, width, value), (0 if offset else width, WORD_BITS - width, rest)])


def unknown_selector(selectors: Iterable[int]) -> Entry:
    """A call with a selector that is none of `selectors`."""
    selector = var("selector", 0, (1 << 32) - 1)
    others = tuple(not_(eq(selector, const(known))) for known in sorted(set(selectors)))
    return Entry("unknown selector", Calldata(((4, selector, 28),), calldatasize(4), argument), others)


def short() -> Entry:
    """A call with less than four bytes of calldata (ether sent without any, too)."""
    size = calldatasize()
    return Entry("short calldata", Calldata((), size, argument), (le(size, const(3)),))


def raw(name: str, run: Iterable[Piece]) -> Entry:
    """A call with the given bytes."""
    return Entry(name, Known(tuple(run)))
