"""Reads one slot expression: constants, indices into arrays, keccak256 of keys and slots, and choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.compiler.layout import (
    ByteString,
    DynamicArray,
    FixedArray,
    Mapping,
    Member,
    Scalar,
    Struct,
    Type,
)
from harness.symbolic.errors import Inexact
from harness.symbolic.folded import NAMED
from harness.symbolic.path import Path
from harness.symbolic.regions import LONGEST, Field, Region, element_fields, padded, word_fields
from harness.term.core import TRUE, WORD, Term, and_, boolean, const, eq, implies, ite, le, lt, not_
from harness.term.hashing import is_keccak
from harness.term.linear import Items, combine, map_leaves, parts, total
from harness.term.node import raw_ite

if TYPE_CHECKING:
    from harness.symbolic.slots import Labels

SMALL = 1 << 64
"""Below this are declared variables; constants above it are hashes."""

NEAR = 64
"""An index may start this many words before its array (``a[i - 1]``): the obligation decides."""

FARTHEST = 2 * LONGEST
"""An index that code may reach in a dynamic array: its length before the call, and what the call pushes."""

# Assumptions by name; `harness.check.prove.granted` says what each means.
KECCAK = "keccak_values_lie_apart"
LONG_ARRAYS = "arrays_reach_no_variable"
CONSTANT_SLOTS = "constant_slots_are_no_elements"


@dataclass(frozen=True, slots=True)
class Place:
    """A word: its region and keys; `condition` says when the slot expression means it."""

    region: Region
    keys: tuple[Term, ...]
    condition: Term = TRUE


def words_of(type_: Type) -> int:
    """How many consecutive words a type fills."""
    return type_.words if isinstance(type_, Struct | FixedArray) else 1


@dataclass(frozen=True, slots=True)
class Found:
    """A word inside the layout's types, and the member types that live in it."""

    region: Region
    keys: tuple[Term, ...]
    name: str
    inhabitants: tuple[Member, ...] = ()


class Finder:
    """Decodes one slot expression."""

    def __init__(self, labels: Labels, path: Path) -> None:
        self.labels = labels
        self.path = path
        self.obligations: list[tuple[str, Term]] = []
        self.assumptions: set[str] = set()
        self.by_path = False

    def places(self, slot: Term) -> list[Place]:
        """The places of a slot, choices taken apart."""
        if slot.op == "ite":
            return self._tree_places(slot) if slot.leaves else self._choice_places(slot)
        noted = len(self.obligations)
        try:
            found = self.find(slot)
        except Inexact:
            del self.obligations[noted:]
            apart = _distributed(slot)
            if apart is None:
                raise
            return self._choice_places(apart)
        return [Place(found.region, found.keys)]

    def _choice_places(self, slot: Term) -> list[Place]:
        """The places of a choice between slots."""
        condition, then, other = slot.args
        chosen = self.path.decide(condition)
        if chosen is not None:
            self.by_path = True
            return self.places(then if chosen else other)
        return self._arm(condition, then) + self._arm(not_(condition), other)

    def _arm(self, condition: Term, slot: Term) -> list[Place]:
        """The places of a choice's arm; what it owes, it owes on its condition."""
        path, noted = self.path, len(self.obligations)
        self.path = path.extended(condition)
        found = [_when(condition, place) for place in self.places(slot)]
        self.path = path
        owed = self.obligations[noted:]
        self.obligations[noted:] = [(name, implies(condition, wanted)) for name, wanted in owed]
        return found

    def _tree_places(self, slot: Term) -> list[Place]:
        """The places of a choice between constant slots: one for each region, with the choice as its key."""
        found = {leaf: self.find(const(leaf)) for leaf in constant_leaves(slot)}
        if len({one.region for one in found.values()}) > 1:
            self.by_path = True
            found = {
                leaf: one
                for leaf, one in found.items()
                if self.path.decide(eq(slot, const(leaf))) is not False
            }
        groups: dict[Region, dict[int, tuple[Term, ...]]] = {}
        for leaf, one in found.items():
            groups.setdefault(one.region, {})[leaf] = one.keys
        return [self._group_place(slot, region, keys, len(groups) == 1) for region, keys in groups.items()]

    def _group_place(
        self, slot: Term, region: Region, keys: dict[int, tuple[Term, ...]], only: bool
    ) -> Place:
        """The place of those leaves that lie in one region; any key will do for the others."""
        some = next(iter(keys.values()))
        chosen = tuple(
            map_leaves(slot, lambda leaf, at=at: keys.get(leaf.data, some)[at], ite)  # type: ignore[misc]
            for at in range(region.arity)
        )
        within = TRUE if only else map_leaves(slot, lambda leaf: boolean(leaf.data in keys), ite)
        return Place(region, chosen, within)

    def find(self, slot: Term) -> Found:
        """The word that a slot without choices means."""
        k, items = _unwrapped(slot)
        hashes = [item for item, factor in items.items() if factor == 1 and hashed_words(item) is not None]
        if len(hashes) > 1:
            raise Inexact("a storage slot is the sum of two hashes")
        if hashes:
            del items[hashes[0]]
            return self._behind(hashed_words(hashes[0]) or (), k, items)
        known = self.labels.digest_near(k, NEAR if items else 0) if k >= SMALL else None
        if k >= SMALL and known is None:
            known = self.labels.explain(k)
        if known is not None:
            digest, words = known
            return self._behind(tuple(map(const, words)), k - digest, items)
        return self._in_struct(self.labels.top, "", (), k, items)

    def _behind(self, words: tuple[Term, ...], k: int, items: Items) -> Found:
        """A word at an offset from the keccak256 of `words`."""
        self.assumptions.add(KECCAK)
        if not -NEAR <= k < SMALL:
            raise Inexact("a storage slot is computed as far from a hash as another hash may be")
        if len(words) == 1:
            return self._elements(words[0], k, items)
        if len(words) != 2:
            raise Inexact(f"a storage slot is the hash of {len(words)} words")
        key, base = words
        container = self._container(base, Mapping)
        if container is not None:
            type_, name, keys = container
            assert isinstance(type_, Mapping)
            return self._in(type_.value, name, (*keys, key), k, items)
        return self._unknown_mapping(key, base, k, items)

    def _unknown_mapping(self, key: Term, base: Term, k: int, items: Items) -> Found:
        """A mapping that the layout does not know: a word for each constant offset."""
        if items:
            raise Inexact("an index into a mapping's value that the layout does not know")
        if not _is_slot(base):
            raise Inexact("a storage slot is the hash of values none of which is a known slot")
        place = self.find(base)
        name = f"?{_offset_name(place.region.name, place.region.word)}[]"
        region = self.labels.region(name, k, len(place.keys) + 1, None)
        return Found(region, (*place.keys, key), _offset_name(name, k))

    def _elements(self, base: Term, k: int, items: Items) -> Found:
        """A word of a dynamic array's elements, or of a long string."""
        self.assumptions.add(LONG_ARRAYS)
        container = self._container(base, DynamicArray) or self._container(base, ByteString)
        if container is not None and isinstance(container[0], DynamicArray):
            array, name, keys = container
            assert isinstance(array, DynamicArray)
            words = FARTHEST * array.stride
            unbounded = FixedArray(array.element, FARTHEST, array.per_word, array.stride, words)
            return self._in_array(unbounded, name, keys, k, items)
        if not _is_slot(base):
            raise Inexact("a storage slot is the hash of a value that is not a known slot")
        place = self.find(base)
        name = f"?{_offset_name(place.region.name, place.region.word)}.data"
        key = total(k, items)
        region = self.labels.region(name, 0, len(place.keys) + 1, None)
        self._owe(name, key, FARTHEST)
        return Found(region, (*place.keys, key), name)

    def _container(self, base: Term, kind: type) -> tuple[Type, str, tuple[Term, ...]] | None:
        """The mapping or array whose slot is `base`, by the layout."""
        if not _is_slot(base):
            return None
        noted = len(self.obligations)
        try:
            found = self.find(base)
        except Inexact:
            del self.obligations[noted:]
            return None
        for member in found.inhabitants:
            if isinstance(member.type, kind):
                name = (
                    f"{found.name}.{member.label}"
                    if found.name and member.label
                    else found.name or member.label
                )
                return member.type, name, found.keys
        return None

    def _in(self, type_: Type, name: str, keys: tuple[Term, ...], k: int, items: Items) -> Found:
        """A word at offset ``k + items`` in a value of the type."""
        if isinstance(type_, Struct):
            return self._in_struct(type_, name, keys, k, items)
        if isinstance(type_, FixedArray):
            return self._in_array(type_, name, keys, k, items)
        if items:
            raise Inexact(f"an index into {name or 'storage'}, which the layout says is no array")
        if k:
            return self._unknown_word(name, keys, k)
        inhabitant = (Member("", 0, 0, type_),)
        if isinstance(type_, DynamicArray):
            self.assumptions.add(LONG_ARRAYS)
        fields = element_fields(name, type_, 1) if isinstance(type_, Scalar) else word_fields("", ())
        if not isinstance(type_, Scalar):
            suffix = ".length" if isinstance(type_, DynamicArray) else "#"
            fields = padded([Field(name + suffix, 0, 256, type_)])
        region = self.labels.region(name, 0, len(keys), fields)
        return Found(region, keys, name, inhabitant)

    def _unknown_word(self, name: str, keys: tuple[Term, ...], k: int) -> Found:
        """A word at a constant offset where the layout names nothing."""
        if not name and k >= SMALL:
            if self.labels.folded.possible and k not in NAMED:
                raise Inexact(
                    "a constant storage slot is no variable's, and may be an entry that the compiler hashed"
                )
            self.assumptions.add(CONSTANT_SLOTS)
        place = f"slot:{k:#x}" if not name else f"?{name}"
        region = self.labels.region(place, 0 if not name else k, len(keys), None)
        return Found(region, keys, _offset_name(place, 0 if not name else k))

    def _in_struct(self, struct: Struct, name: str, keys: tuple[Term, ...], k: int, items: Items) -> Found:
        """A word of a struct (or of the contract, as a struct of its variables)."""
        if items:
            member = self._indexed_member(struct, k, items)
            return self._in(member.type, _member_name(name, member), keys, k - member.slot, items)
        if not name:
            k %= WORD
        living = tuple(m for m in struct.members if m.slot <= k < m.slot + words_of(m.type))
        if not living:
            return self._unknown_word(name, keys, k)
        if isinstance(living[0].type, Struct | FixedArray):
            inner = living[0]
            return self._in(inner.type, _member_name(name, inner), keys, k - inner.slot, {})
        if isinstance(living[0].type, DynamicArray):
            self.assumptions.add(LONG_ARRAYS)
        fields = word_fields(name, living)
        title = name or _member_name("", living[0])
        region = self.labels.region(title, k if name else 0, len(keys), fields)
        return Found(region, keys, name, living)

    def _indexed_member(self, struct: Struct, k: int, items: Items) -> Member:
        """The member that an indexed access means: the one that holds all it can reach on this path."""
        arrays = [m for m in struct.members if isinstance(m.type, Struct | FixedArray)]
        self.by_path = True
        low, high = self._reach(k, items)
        for member in arrays:
            end = member.slot + words_of(member.type)
            if low is not None and high is not None and member.slot <= low and high < end:
                return member
        for margin in (0, NEAR):
            for member in arrays:
                if member.slot - margin <= k < member.slot + words_of(member.type):
                    return member
        raise Inexact("a storage slot is computed in a way that no variable of the layout explains")

    def _reach(self, k: int, items: Items) -> tuple[int | None, int | None]:
        """Bounds of ``k + items`` by what the path says."""
        low: int | None = k
        high: int | None = k
        for item, factor in items.items():
            least, most = self.path.facts.bounds(item)
            if factor < 0:
                least, most = most, least
            low = None if low is None or least is None else low + factor * least
            high = None if high is None or most is None else high + factor * most
        least, most = self.path.facts.bounds(total(k, dict(items)))
        low = least if low is None or (least is not None and least > low) else low
        high = most if high is None or (most is not None and most < high) else high
        return low, high

    def _in_array(self, array: FixedArray, name: str, keys: tuple[Term, ...], k: int, items: Items) -> Found:
        """A word of an array: the key is the element's index, or the word's where elements share words."""
        stride = 1 if array.per_word > 1 else array.stride
        index, rest = divmod(k, stride)
        chosen = {item: factor // stride for item, factor in items.items() if factor % stride == 0}
        inner = {item: factor for item, factor in items.items() if factor % stride}
        key = total(index, chosen)
        count = -(-array.length // array.per_word)
        self._owe(name, key, count)
        if array.per_word > 1:
            fields = element_fields(name, array.element, array.per_word)
            return Found(self.labels.region(name, 0, len(keys) + 1, fields), (*keys, key), name)
        return self._in(array.element, name, (*keys, key), rest, inner)

    def _owe(self, name: str, key: Term, count: int) -> None:
        """Note that an index must be inside its array."""
        inside = and_(le(const(0), key), lt(key, const(count)))
        if inside is not TRUE:
            self.obligations.append((f"{name}: index < {count}", inside))


def _member_name(name: str, member: Member) -> str:
    return f"{name}.{member.label}" if name else member.label


def _offset_name(name: str, k: int) -> str:
    return f"{name}+{k}" if k else name


def _unwrapped(slot: Term) -> tuple[int, Items]:
    """A slot as constant and items, without the wrap: what is meant is the place modulo 2**256."""
    if slot.op == "mod" and slot.args[1].op == "const" and slot.args[1].data == WORD:
        slot = slot.args[0]
    k, items = parts(slot)
    return (k + WORD if k < -SMALL else k), items


def _distributed(slot: Term) -> Term | None:
    """A sum with a choice in it as a choice between sums: a pointer to one of two places, and an offset."""
    k, items = _unwrapped(slot)
    for item, factor in items.items():
        if item.op == "ite" and factor == 1:
            rest = {other: c for other, c in items.items() if other is not item}
            condition, *arms = item.args
            then, other = (combine((1, total(k, dict(rest))), (1, arm)) for arm in arms)
            return raw_ite(condition, then, other, 0, None)
    return None


def _is_slot(term: Term) -> bool:
    """Whether a term can be where a mapping or array starts: a constant, or around a hash."""
    return all(hashed_words(item) is not None for item in _unwrapped(term)[1])


def hashed_words(term: Term) -> tuple[Term, ...] | None:
    """The words that a term is the keccak256 of, None for other terms."""
    return term.args if term.op == "apply" and is_keccak(term.data) else None


def _when(condition: Term, place: Place) -> Place:
    return Place(place.region, place.keys, and_(condition, place.condition))


def constant_leaves(tree: Term) -> list[int]:
    """The distinct constants of an ite-tree, ascending."""
    values: set[int] = set()
    seen: set[Term] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if node.op == "const":
            values.add(int(node.data))
        elif node not in seen:
            seen.add(node)
            waiting += node.args[1:]
    return sorted(values)
