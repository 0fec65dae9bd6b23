"""Constant slots that the compiler hashed: ``m[5]`` is often a number in the code, and no hash to be seen.

An entry at a small key is found again. What is found nowhere may still be an entry at a key that the code
no longer has; so where there are entries to be taken for, such a slot is refused, unless it is known to be
the hash of a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from harness.compiler.layout import ByteString, DynamicArray, FixedArray, Mapping, Struct, Type
from harness.term.hashing import keccak_bytes, keccak_words

SMALL_KEYS = (256, 32)
"""Constant keys that are looked for: below so many in a mapping, and in a mapping of mappings."""

REACH = 64
"""How many words behind an entry's first one are looked at."""

_NAMES = ("eip1967.proxy.implementation", "eip1967.proxy.admin", "eip1967.proxy.beacon")
NAMED = frozenset(
    [keccak_bytes(name.encode()) - 1 for name in (*_NAMES, "eip1967.proxy.rollback")]
    + [keccak_bytes(name.encode()) for name in ("PROXIABLE", "org.zeppelinos.proxy.implementation")]
)
"""Slots that proxies keep their records at, by standards."""

Entry = tuple[int, tuple[int, int]]


class Folded:
    """The entries of the mappings in a contract's variables that a constant can stand for."""

    def __init__(self, top: Struct) -> None:
        self._top = top

    @cached_property
    def possible(self) -> bool:
        """Whether there are entries at hashes besides those that the layout alone tells."""
        plain = (DynamicArray, ByteString)
        members = [one.type for one in self._top.members]
        inner = [one.element if isinstance(one, DynamicArray) else one for one in members]
        nested = [after for one, after in zip(members, inner, strict=True) if one is not after]
        return any(map(_hashed, nested)) or any(_hashed(one) for one in members if not isinstance(one, plain))

    @cached_property
    def _entries(self) -> list[Entry]:
        return list(_entries(self._top, 0, 0))

    def explain(self, slot: int) -> list[Entry]:
        """Return the hashes, with their words, that `slot` lies right behind."""
        return [one for one in self._entries if 0 <= slot - one[0] < REACH]


def _hashed(type_: Type) -> bool:
    """Say whether a value of the type has parts at hashes."""
    match type_:
        case Struct(_, members):
            return any(_hashed(one.type) for one in members)
        case FixedArray(element):
            return _hashed(element)
    return isinstance(type_, Mapping | DynamicArray | ByteString)


def _entries(type_: Type, slot: int, depth: int) -> Iterator[Entry]:
    """Yield the entries at small keys of the mappings in a value that begins at `slot`."""
    match type_:
        case Struct(_, members):
            for one in members:
                yield from _entries(one.type, slot + one.slot, depth)
        case Mapping(_, value) if depth < len(SMALL_KEYS):
            for key in range(SMALL_KEYS[depth]):
                digest = keccak_words(key, slot % 2**256)
                yield digest, (key, slot)
                if key < SMALL_KEYS[-1]:
                    yield from _entries(value, digest, depth + 1)
