"""How a contract is entered: one way for each external function, and the ways beside them.

Calldata is a selector and unconstrained words; its size is a symbol, so that
short and over-long calldata are covered, and the contract's own decoding is part
of what is executed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.symbolic.data import Calldata, Data, Known
from harness.symbolic.pieces import Piece
from harness.symbolic.world import SIZE_MAX
from harness.term.core import Term, const, eq, le, not_, var
from harness.term.hashing import keccak_bytes


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
        return Entry(name, Calldata(head, calldatasize(4), argument))

    def limited(index: int) -> Term:
        return var(f"arg{index}", 0, limits[index]) if index < len(limits) else argument(index)

    return Entry(name, Calldata(head, calldatasize(4 + 32 * len(limits)), limited))


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
