"""Names for storage words: which fields lie in them, and which of these the specification speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harness.check.views import Entries, Fields, Shape
from harness.check.views.binding import snake
from harness.compiler.layout import DynamicArray, FixedArray, Layout, Scalar, Struct, Type
from harness.compiler.layout import Mapping as MappingType
from harness.evm.watch import Field, WatchSet

_PART = re.compile(r"\.([A-Za-z_$][\w$]*)")


class Atlas:
    """The words of one contract's storage by name, as far as the keys are known.

    Fields that the specification does not bind are free: an implementation may have more than it needs.
    Reserved gaps are not free, nor are bits that no field claims.
    """

    def __init__(self, layout: Layout, shapes: Mapping[str, Shape], keys: Iterable[int]) -> None:
        known = tuple(keys)
        patterns = {pattern: fitting(key, known) for pattern, key in _mappings(layout)}
        watched = WatchSet(layout, patterns)
        self._shapes = shapes
        self._by_slot: dict[int, list[Field]] = {slot: [] for slot in watched.slots}
        for field in watched.fields.values():
            self._by_slot[watched.slots[field.index]].append(field)
        unbound = [one.type for one in layout.variables if snake(one.label) not in shapes]
        self._open = any(not isinstance(kind, Scalar | Struct | FixedArray) for kind in unbound)

    @property
    def slots(self) -> Iterable[int]:
        """Return the words that have names."""
        return self._by_slot.keys()

    def fields(self, slot: int) -> list[Field]:
        """Return the fields in a word, none if it is unknown."""
        return self._by_slot.get(slot, [])

    def differences(self, slot: int, expected: int, actual: int) -> Iterator[tuple[str, str, str]]:
        """Yield (path, expected, actual) as texts where two readings of a word differ and should not."""
        claimed = 0
        for field in self.fields(slot):
            claimed |= field.mask << field.shift
            ours, theirs = (word >> field.shift & field.mask for word in (expected, actual))
            if ours != theirs and not self.is_free(field.path):
                yield field.path, field.shown(ours), field.shown(theirs)
        if (expected ^ actual) & ~claimed and not (self._open and not claimed):
            ours, theirs = expected & ~claimed, actual & ~claimed
            yield f"<other bits of slot {slot:#x}>", f"{ours:#x}", f"{theirs:#x}"

    def is_free(self, path: str) -> bool:
        """Return whether a field is none that the specification binds, nor reserved."""
        label = re.split(r"[.\[]", path, maxsplit=1)[0]
        shape: Any = self._shapes.get(snake(label))
        if shape is None:
            shape = self._shapes.get(snake(path.partition(".")[2].partition("[")[0]))
        if shape is None:
            return not label.rstrip("_").lower().endswith("gap") and "__gap" not in path
        for member in _PART.findall(path[len(label) :]):
            while isinstance(shape, Entries):
                shape = shape.value
            if not isinstance(shape, Fields):
                return False
            shape = dict(shape.members).get(snake(member))
            if shape is None:
                return True
        return False


def fitting(key: Scalar, known: Iterable[int]) -> list[int]:
    """Return those of the known keys that fit a key's type."""
    return [value for value in known if 0 <= value < 1 << (key.bits - (key.kind == "int"))]


def _mappings(layout: Layout) -> Iterator[tuple[str, Scalar]]:
    """Yield the pattern of every mapping with plain keys that is not inside one without, and its key type."""
    for variable in layout.variables:
        yield from _inside(variable.label, variable.type)


def _inside(pattern: str, kind: Type) -> Iterator[tuple[str, Scalar]]:
    if isinstance(kind, MappingType):
        if isinstance(kind.key, Scalar):
            yield pattern, kind.key
            yield from _inside(f"{pattern}[]", kind.value)
    elif isinstance(kind, Struct):
        for member in kind.members:
            yield from _inside(f"{pattern}.{member.label}", member.type)
    elif isinstance(kind, FixedArray | DynamicArray):
        yield from _inside(f"{pattern}[]", kind.element)
