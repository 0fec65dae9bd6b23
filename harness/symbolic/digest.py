"""What an execution came to, as a digest: two codes of one digest do the same, term for term.

Everything that a post-state holds is gone through, whatever it is for; only where in the code something
happened is left out. A kind of value that is not known here is an error, never skipped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from harness.symbolic.data import Calldata, Choice, Known, Slice, Unknown
from harness.symbolic.log import Either, Initial, Log, Zero
from harness.symbolic.path import Path
from harness.symbolic.regions import Region
from harness.symbolic.slots import Labels
from harness.symbolic.storage import Blank, Chosen, Fresh, Storage
from harness.term.core import Function, Term
from harness.term.digest import Digests

_PLACES = frozenset({"pc", "blocks"})
"""The fields that say where in the code something is, and how far it was to get there."""

_PARTS: dict[type, tuple[str, ...]] = {
    Known: ("pieces", "size"),
    Unknown: ("content", "size", "given"),
    # The argument words are the ABI's: whoever compares digests compares that, too.
    Calldata: ("head", "size"),
    Slice: ("source", "offset", "size"),
    Choice: ("condition", "left", "right"),
    Initial: ("region", "generation"),
    Zero: (),
    Either: ("condition", "left", "right"),
    Log: ("base", "writes"),
    Path: ("conditions",),
    Region: ("space", "name", "word", "arity", "labelled", "fields", "inhabitants"),
    Fresh: ("generation",),
    Blank: (),
    Chosen: ("selector", "left", "right"),
    Storage: ("labels", "ground", "written"),
    Labels: ("space", "top", "digests"),
}
"""What counts of the kinds that are no dataclasses, or not with all their fields."""

_DIGESTS = Digests(size=16)


def digest_of(value: object) -> str:
    """Return the digest, in hexadecimal, of a post-state or of anything that one is made of.

    Raises:
        TypeError: for a kind of value of which this module does not say what counts.
    """
    return _Walk().of(value)


class _Walk:
    """Digests values; what many hold is gone through once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[object, str]] = {}

    def of(self, value: object) -> str:
        """Return the digest of a value."""
        known = self._known.get(id(value))
        if known is None:
            # Kept together with the value, so that nothing else gets its id.
            known = self._known[id(value)] = value, self._digest(value)
        return known[1]

    def _digest(self, value: object) -> str:
        match value:
            case Term():
                return _DIGESTS.of(value)
            case None | bool() | int() | str() | bytes():
                return _DIGESTS.text(type(value).__name__, repr(value))
            case Function(name=name, arity=arity, lo=lo, hi=hi):
                return _DIGESTS.text("function", repr((name, arity, lo, hi)))
            case list() | tuple():
                return _DIGESTS.text("sequence", *map(self.of, value))
            case frozenset():
                return _DIGESTS.text("set", *sorted(map(self.of, value)))
            case Mapping():
                return _DIGESTS.text("mapping", *sorted(map(self.of, value.items())))
        return _DIGESTS.text(type(value).__name__, *map(self.of, _parts(value)))


def _parts(value: Any) -> Sequence[object]:
    """Return what an object consists of."""
    names = _PARTS.get(type(value))
    if names is not None:
        parts = [getattr(value, name) for name in names]
        return [part() if callable(part) else part for part in parts]
    if is_dataclass(value):
        return [getattr(value, field.name) for field in fields(value) if field.name not in _PLACES]
    raise TypeError(f"it is not said what counts of a {type(value).__name__}")
