"""Slot expressions to places: which word of which region a SLOAD or SSTORE means.

The layout says how to *read* an expression, never that the code is right: an
index leaves the obligation that it is inside its array, and a slot that the
layout does not explain becomes an unlabelled word of its own. That different
keccak256 slots, and small slots, never meet is the assumption KECCAK.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass
from functools import lru_cache

from harness.compiler.layout import ByteString, DynamicArray, Layout, Member, Struct
from harness.symbolic.decoding import KECCAK, SMALL, Finder, Place, words_of
from harness.symbolic.folded import Folded
from harness.symbolic.path import Path
from harness.symbolic.regions import Field, Region
from harness.term.core import Term
from harness.term.hashing import keccak_words
from harness.term.node import on_clear


@dataclass(frozen=True, slots=True)
class Meaning:
    """All that a slot expression can mean, with what must hold (name, condition) for that."""

    places: tuple[Place, ...]
    obligations: tuple[tuple[str, Term], ...] = ()
    assumptions: frozenset[str] = frozenset()


class Labels:
    """The regions of one storage space under one layout; regions are made once."""

    def __init__(self, layout: Layout, space: str = "storage") -> None:
        self.space = space
        members = tuple(
            Member(name, variable.slot, variable.offset, variable.type)
            for variable, name in zip(layout.variables, variable_names(layout), strict=True)
        )
        end = max((member.slot + words_of(member.type) for member in members), default=0)
        self.top = Struct("", members, end)
        self._regions: dict[tuple[str, int, int], Region] = {}
        self._known: dict[Term, Meaning] = {}
        self._digests: dict[int, tuple[int, ...]] = {}
        self._sorted_digests: list[int] = []
        self.folded = Folded(self.top)
        for member in members:
            if isinstance(member.type, DynamicArray | ByteString):
                self.learn(keccak_words(member.slot), (member.slot,))

    def region(self, name: str, word: int, arity: int, fields: tuple[Field, ...] | None) -> Region:
        """The region of that name and word; without `fields` an unlabelled one."""
        region = self._regions.get((name, word, arity))
        if region is None:
            shown = fields if fields is not None else (Field("", 0, 256),)
            region = Region(name, word, arity, shown, fields is not None, space=self.space)
            self._regions[name, word, arity] = region
        return region

    def learn(self, digest: int, words: tuple[int, ...]) -> None:
        """Remember that `digest` is the keccak256 of constant `words`."""
        if digest not in self._digests:
            self._digests[digest] = words
            insort(self._sorted_digests, digest)
            self._known.clear()  # a constant near the digest may have been taken for a nameless slot

    def digest_near(self, slot: int, ahead: int = 0) -> tuple[int, tuple[int, ...]] | None:
        """The known digest, and its words, that `slot` is less than `SMALL` behind or `ahead` before."""
        place = bisect_right(self._sorted_digests, slot + ahead)
        if place == 0 or slot - self._sorted_digests[place - 1] >= SMALL:
            return None
        digest = self._sorted_digests[place - 1]
        return digest, self._digests[digest]

    def explain(self, slot: int) -> tuple[int, tuple[int, ...]] | None:
        """The digest behind which a constant lies, looked for among the entries at small keys."""
        for digest, words in self.folded.explain(slot):
            self.learn(digest, words)
            self._explain_base(words[-1])
        return self.digest_near(slot)

    def _explain_base(self, slot: int) -> None:
        """Learn how the slot of an inner mapping was hashed, too."""
        if slot >= SMALL and self.digest_near(slot) is None:
            self.explain(slot)

    def digests(self) -> dict[int, tuple[int, ...]]:
        """The keccak256 values that are known, with the words that they are of."""
        return dict(self._digests)

    def regions(self) -> list[Region]:
        """Every region met so far."""
        return list(self._regions.values())

    def meaning(self, slot: Term, path: Path) -> Meaning:
        """What `slot` means to code on `path`. Raises Inexact where that can't be said."""
        known = self._known.get(slot)
        if known is None:
            finder = Finder(self, path)
            places = tuple(finder.places(slot))
            known = Meaning(places, tuple(dict.fromkeys(finder.obligations)), frozenset(finder.assumptions))
            if not finder.by_path:
                self._known[slot] = known
        return known


def variable_names(layout: Layout) -> list[str]:
    """A name of its own for each variable: its label, with contract and place where labels repeat."""
    names = [variable.label for variable in layout.variables]
    in_contract = [f"{variable.contract}::{variable.label}" for variable in layout.variables]
    return [
        name
        if names.count(name) == 1
        else longer
        if in_contract.count(longer) == 1
        else f"{longer}@{variable.slot:#x}+{variable.offset}"
        for variable, name, longer in zip(layout.variables, names, in_contract, strict=True)
    ]


@lru_cache(maxsize=64)
def labels_of(layout: Layout, space: str = "storage") -> Labels:
    """The labels of a layout, the same object each time."""
    return Labels(layout, space)


on_clear(labels_of.cache_clear)  # what they have found are terms

__all__ = ["KECCAK", "Labels", "Meaning", "Place", "labels_of", "variable_names"]
