"""Addresses and values as a reader of a replay sees them, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harness.check.replay.format import ReplayError, Value
from harness.evm import Site
from harness.evm.codec import AbiType, ArrayType, BlobType, TupleType, WordType

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


class Names:
    """The names of one deployment's addresses."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._by_address = site.names

    def name(self, address: int) -> str:
        """Return what an address is called: a role, a contract, or its 40 hex digits."""
        return self._by_address.get(address) or f"0x{address:040x}"

    def number(self, value: int) -> str:
        """Return a number that may be an address: its name if it has one, hex digits if it is that long."""
        return self._by_address.get(value) or (f"0x{value:040x}" if value >> 96 else str(value))

    def address(self, name: str) -> int:
        """Return the address of a role, a contract or hex digits; raises ReplayError for any other text."""
        if _ADDRESS.fullmatch(name):
            return int(name, 16)
        if name in self._site.contracts or name in self._site.roles:
            return self._site.address(name)
        raise ReplayError(
            f"The replay names {name!r}, which is no role or contract of the deployment: it was made with"
            " another specification."
        )

    def in_text(self, text: str) -> str:
        """Return a text with every known address in it replaced by its name."""
        return _ADDRESS.sub(lambda found: self.name(int(found[0], 16)), text)

    def value(self, kind: AbiType, value: Any) -> Value:
        """Return an argument as the file has it."""
        if isinstance(kind, BlobType):
            return str(value) if kind.name == "string" else f"0x{bytes(value).hex()}"
        if isinstance(kind, WordType):
            if kind.kind == "bool":
                return bool(value)
            if kind.kind == "address":
                return self.name(value)
            if kind.kind in ("bytes", "function"):
                return f"0x{value:0{kind.bits // 4}x}"
            return str(int(value))
        parts = kind.members if isinstance(kind, TupleType) else [kind.element] * len(value)
        return [self.value(part, inner) for part, inner in zip(parts, value, strict=True)]

    def parsed(self, kind: AbiType, value: Value, where: str) -> Any:
        """Return an argument from the file; raises ReplayError where it does not fit its type."""
        wrong = ReplayError(f"{where}: {value!r} is not a value of type {kind.name}.")
        if isinstance(kind, TupleType | ArrayType):
            if not isinstance(value, list):
                raise wrong
            parts = kind.members if isinstance(kind, TupleType) else (kind.element,) * len(value)
            if len(parts) != len(value):
                raise wrong
            return tuple(self.parsed(part, inner, where) for part, inner in zip(parts, value, strict=True))
        if isinstance(kind, WordType) and kind.kind == "bool":
            if not isinstance(value, bool):
                raise wrong
            return int(value)
        if not isinstance(value, str):
            raise wrong
        return self._plain(kind, value, wrong)

    def _plain(self, kind: WordType | BlobType, value: str, wrong: ReplayError) -> Any:
        if isinstance(kind, BlobType) and kind.name == "string":
            return value
        if isinstance(kind, WordType) and kind.kind == "address":
            return self.address(value)
        try:
            if isinstance(kind, BlobType):
                return bytes.fromhex(value.removeprefix("0x"))
            return int(value, 16 if kind.kind in ("bytes", "function") else 10)
        except ValueError:
            raise wrong from None


def shown(value: Any, names: Names, kind: AbiType | None = None) -> str:
    """Return a value for reading: addresses by name, large numbers with separators."""
    if isinstance(value, tuple | list):
        inner = _kinds(kind, len(value))
        return "[" + ", ".join(shown(one, names, part) for one, part in zip(value, inner, strict=True)) + "]"
    if isinstance(kind, WordType) and kind.kind == "address":
        return names.name(value)
    if isinstance(kind, WordType) and kind.kind in ("bytes", "function"):
        return _text_or_hex(int(value).to_bytes(kind.bits // 8, "big"))
    if isinstance(value, bytes):
        return _text_or_hex(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return f"{value:,}".replace(",", "_") if abs(value) >= 100_000 else str(value)


def _kinds(kind: AbiType | None, count: int) -> list[AbiType | None]:
    if isinstance(kind, TupleType):
        return list(kind.members)
    return [kind.element if isinstance(kind, ArrayType) else None] * count


def _text_or_hex(data: bytes) -> str:
    text = data.rstrip(b"\0")
    if text and all(32 <= byte < 127 for byte in text):
        return f'"{text.decode()}"'
    return f"0x{data.hex()}"


def keyed(keys: Mapping[str, int], names: Names) -> str:
    """Return the keys of a broken property for reading."""
    return ", ".join(f"{name} = {names.number(value)}" for name, value in keys.items())
