"""A deployed contract's storage, read and written by layout path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.compiler.layout import ByteString, DynamicArray, FixedArray, Layout, Scalar, Struct
from harness.evm.errors import EvmError
from harness.evm.places import (
    LENGTH,
    Paths,
    Place,
    array_element,
    data_slot,
    from_bits,
    mask_of,
    member_of,
    scalar_of,
    to_bits,
)
from harness.evm.vm import WORD, Chain


class Storage:
    """One account's storage seen through a layout (the proxy's account, the implementation's layout).

    Scalars are ints (bools for ``bool``), structs dicts by member, arrays tuples, strings str, bytes bytes.
    """

    def __init__(
        self, chain: Chain, address: int, layout: Layout, names: Mapping[str, int] | None = None
    ) -> None:
        """`names` are keys that paths may use by name, such as roles."""
        self.chain = chain
        self.address = address
        self.paths = Paths(layout, names)

    def read(self, path: str) -> Any:
        """Return the value at `path`; raises EvmError where the layout has no such path, or for a mapping."""
        return self._read(self.paths.place(path))

    def write(self, path: str, value: Any) -> None:
        """Write the value at `path` and leave the rest of its word as it is.

        Structs take a dict (members not named stay), arrays a list. A dynamic
        array gets the list's length; nothing beyond its old end is cleared.
        Raises EvmError where the path does not exist or the value does not fit.
        """
        self._write(self.paths.place(path), value)

    def load(self, state: Mapping[str, Any]) -> None:
        """Write a whole assignment {path: value}, in order."""
        for path, value in state.items():
            self.write(path, value)

    def _read(self, place: Place) -> Any:
        kind = place.type
        if isinstance(kind, Scalar):
            word = self.chain.read(self.address, place.slot)
            return from_bits(kind, word >> place.shift & mask_of(kind))
        if isinstance(kind, Struct):
            return {one.label: self._read(member_of(place, kind, one.label)) for one in kind.members}
        if isinstance(kind, FixedArray | DynamicArray):
            length = (
                self.chain.read(self.address, place.slot) if isinstance(kind, DynamicArray) else kind.length
            )
            return tuple(self._read(array_element(place, kind, index)) for index in range(length))
        if isinstance(kind, ByteString):
            raw = self._read_bytes(place.slot)
            return raw.decode(errors="replace") if kind.kind == "string" else raw
        raise EvmError(f"`{place.path}` is a mapping: name a key, it has no list of them")

    def _write(self, place: Place, value: Any) -> None:
        kind = place.type
        if isinstance(kind, Scalar):
            self._write_scalar(place, value)
        elif isinstance(kind, Struct):
            for label, inner in value.items():
                self._write(member_of(place, kind, label), inner)
        elif isinstance(kind, FixedArray | DynamicArray):
            if isinstance(kind, DynamicArray):
                self._write_scalar(Place(place.path, place.slot, 0, LENGTH), len(value))
            for index, inner in enumerate(value):
                self._write(array_element(place, kind, index), inner)
        elif isinstance(kind, ByteString):
            self._write_bytes(place.slot, value.encode() if isinstance(value, str) else value)
        else:
            raise EvmError(f"`{place.path}` is a mapping: name a key to write at")

    def _write_scalar(self, place: Place, value: Any) -> None:
        scalar = scalar_of(place)
        if not isinstance(value, int):
            raise EvmError(f"`{place.path}` holds a number, not {value!r}")
        bits = to_bits(scalar, value, place.path)
        hole = (WORD - 1) ^ (mask_of(scalar) << place.shift)
        word = self.chain.read(self.address, place.slot) & hole
        self.chain.write(self.address, place.slot, word | bits << place.shift)

    def _read_bytes(self, slot: int) -> bytes:
        head = self.chain.read(self.address, slot)
        if not head & 1:
            return head.to_bytes(32, "big")[: min((head & 0xFF) // 2, 31)]
        length = head // 2
        words = self.chain.read_many(self.address, range(data_slot(slot), data_slot(slot) + -(-length // 32)))
        return b"".join(word.to_bytes(32, "big") for word in words)[:length]

    def _write_bytes(self, slot: int, raw: bytes) -> None:
        old = len(self._read_bytes(slot))
        used = -(-len(raw) // 32) if len(raw) > 31 else 0
        for index in range(max(used, -(-old // 32) if old > 31 else 0)):
            word = int.from_bytes(raw[32 * index : 32 * index + 32].ljust(32, b"\0"), "big")
            self.chain.write(self.address, data_slot(slot) + index, word if index < used else 0)
        head = 2 * len(raw) + 1 if used else int.from_bytes(raw.ljust(32, b"\0"), "big") | 2 * len(raw)
        self.chain.write(self.address, slot, head)
