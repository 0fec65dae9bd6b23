"""ABI encoding of values, fast where they are words.

Values are plain: every integer, address, bytesN and enum is an int (a bytesN is
the number its N bytes spell), a bool is a bool, `string` a str, `bytes` bytes,
structs and arrays are tuples. Encoding also takes bytes or str for a bytesN,
padded on the right as Solidity does. Types made of static words are coded here;
eth-abi does the dynamic ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, cast

from harness.evm.errors import EvmError

WORD = 2**256

SHORT = 8
"""So many words at most make a row that is written without a loop."""

WordKind = Literal["uint", "int", "address", "bool", "bytes", "function"]

_WORD_TYPE = re.compile(r"(uint|int|bytes)(\d+)")
_ARRAY = re.compile(r"(.*)\[(\d*)\]")


@dataclass(frozen=True, slots=True)
class WordType:
    """A value of one word: `bits` wide, on the right (on the left for a bytesN)."""

    kind: WordKind
    bits: int
    name: str

    @property
    def shift(self) -> int:
        """How far to the left the value stands in its word."""
        return 256 - self.bits if self.kind in ("bytes", "function") else 0

    def to_word(self, value: Any) -> int:
        """Return the 256-bit word of `value`; raises EvmError where it does not fit."""
        if isinstance(value, (bytes, str)) and self.kind == "bytes":
            raw = value.encode() if isinstance(value, str) else value
            value = int.from_bytes(raw.ljust(self.bits // 8, b"\0"), "big")
        if not isinstance(value, int):
            raise EvmError(f"{value!r} is not a value of type {self.name}")
        low, high = (-(1 << self.bits - 1), 1 << self.bits - 1) if self.kind == "int" else (0, 1 << self.bits)
        if not low <= value < high:
            raise EvmError(f"{value} does not fit {self.name}")
        return (int(value) << self.shift) % WORD

    def from_word(self, word: int) -> Any:
        """Return the value of a 256-bit word; raises EvmError where bits outside the type are set."""
        if self.kind == "int":
            value = word - WORD if word >> 255 else word
            limit = 1 << self.bits - 1
            if not -limit <= value < limit:
                raise EvmError(f"the word {word:#x} is not a clean {self.name}")
            return value
        value = word >> self.shift
        if value >> self.bits or value << self.shift != word:
            raise EvmError(f"the word {word:#x} is not a clean {self.name}")
        return value == 1 if self.kind == "bool" else value


@dataclass(frozen=True, slots=True)
class BlobType:
    """`bytes` or `string`."""

    name: Literal["bytes", "string"]


@dataclass(frozen=True, slots=True)
class ArrayType:
    """An array; `length` is None where it is dynamic."""

    element: AbiType
    length: int | None

    @property
    def name(self) -> str:
        """The canonical name."""
        return f"{self.element.name}[{'' if self.length is None else self.length}]"


@dataclass(frozen=True, slots=True)
class TupleType:
    """A struct."""

    members: tuple[AbiType, ...]

    @property
    def name(self) -> str:
        """The canonical name."""
        return f"({','.join(member.name for member in self.members)})"


_NAMED: dict[str, WordType | BlobType] = {
    "address": WordType("address", 160, "address"),
    "bool": WordType("bool", 1, "bool"),
    "function": WordType("function", 192, "function"),
    "bytes": BlobType("bytes"),
    "string": BlobType("string"),
}

AbiType = WordType | BlobType | ArrayType | TupleType


def parse_type(parameter: Mapping[str, Any]) -> AbiType:
    """Return the type of an entry of ABI JSON; raises EvmError for a type the ABI does not have."""
    name = str(parameter["type"])
    if array := _ARRAY.fullmatch(name):
        element = parse_type({**parameter, "type": array[1]})
        return ArrayType(element, int(array[2]) if array[2] else None)
    if name == "tuple":
        return TupleType(tuple(parse_type(member) for member in parameter["components"]))
    if named := _NAMED.get(name):
        return named
    if (word := _WORD_TYPE.fullmatch(name)) is None:
        raise EvmError(f"the ABI names a type {name!r} that does not exist")
    kind: WordKind = "uint" if word[1] == "uint" else "int" if word[1] == "int" else "bytes"
    return WordType(kind, int(word[2]) * (8 if kind == "bytes" else 1), name)


def _words_of(kind: AbiType) -> list[WordType] | None:
    """Return the words that a static type is laid out in, or None for a dynamic one."""
    if isinstance(kind, WordType):
        return [kind]
    if isinstance(kind, BlobType) or (isinstance(kind, ArrayType) and kind.length is None):
        return None
    parts = kind.members if isinstance(kind, TupleType) else (kind.element,)
    words: list[WordType] = []
    for part in parts:
        inner = _words_of(part)
        if inner is None:
            return None
        words += inner
    return words * kind.length if isinstance(kind, ArrayType) and kind.length is not None else words


def _flatten(kind: AbiType, value: Any) -> list[Any]:
    """Return the words of a static value, or of an array of static values, in order."""
    if isinstance(kind, WordType):
        return [value]
    parts = _parts(kind, value)
    if not parts:
        return []
    flat: list[Any] = []
    if not isinstance(kind, ArrayType):
        for part, inner in zip(parts, value, strict=True):
            flat += (inner,) if isinstance(part, WordType) else _flatten(part, inner)
    elif isinstance(kind.element, WordType):
        flat += value
    elif isinstance(kind.element, TupleType) and _is_plain(kind.element):
        width = len(kind.element.members)
        for inner in value:
            flat += inner if len(inner) == width else _parts(kind.element, inner)
    else:
        for inner in value:
            flat += _flatten(kind.element, inner)
    return flat


@lru_cache(maxsize=512)
def _is_plain(kind: TupleType) -> bool:
    """Return whether every member is a word."""
    return all(isinstance(member, WordType) for member in kind.members)


def _shape(kind: AbiType, values: Iterator[Any]) -> Any:
    if isinstance(kind, ArrayType) and kind.length is not None:
        return tuple(_shape(kind.element, values) for _ in range(kind.length))
    if isinstance(kind, TupleType):
        return tuple(_shape(member, values) for member in kind.members)
    return next(values)


def _parts(kind: AbiType, value: Any) -> Sequence[AbiType]:
    """Return the types of the members of `value`; raises EvmError where their number is wrong."""
    if not isinstance(value, (tuple, list)):
        raise EvmError(f"{value!r} is not a value of type {kind.name}: write a tuple or a list")
    parts: Sequence[AbiType] = ()
    if isinstance(kind, TupleType):
        parts = kind.members
    elif isinstance(kind, ArrayType):
        parts = [kind.element] * (len(value) if kind.length is None else kind.length)
    if len(parts) != len(value):
        raise EvmError(f"{kind.name} has {len(parts)} members, {len(value)} given")
    return parts


def _convert(kind: AbiType, value: Any, word: Callable[[WordType, Any], Any]) -> Any:
    """Return `value` with every word in it replaced by ``word(type, value)``."""
    if isinstance(kind, WordType):
        return word(kind, value)
    if isinstance(kind, BlobType):
        return value
    return tuple(_convert(part, inner, word) for part, inner in zip(_parts(kind, value), value, strict=True))


def _to_library(kind: WordType, value: Any) -> Any:
    checked = kind.to_word(value)
    if kind.kind in ("address", "bytes", "function"):
        return (checked >> kind.shift).to_bytes(kind.bits // 8, "big")
    return bool(value) if kind.kind == "bool" else int(value)


def _from_library(kind: WordType, value: Any) -> Any:
    if isinstance(value, str):
        return int(value, 16)
    return int.from_bytes(value, "big") if isinstance(value, bytes) else value


class Codec:
    """Encodes and decodes one list of parameters."""

    def __init__(self, types: Sequence[AbiType]) -> None:
        self.types = tuple(types)
        self._names = [kind.name for kind in self.types]
        self._words = _words_of(TupleType(self.types))
        self._flat = all(isinstance(kind, WordType) for kind in self.types)
        self._unsigned = Unsigned.of(self._words)
        self._write = self._unsigned.write if self._unsigned is not None and self._flat else None
        self._whole = TupleType(self.types)
        self._parts = _parts_of(self.types) if self._words is None else None

    @property
    def size(self) -> int | None:
        """The number of bytes that the values take, or None where it varies."""
        return None if self._words is None else 32 * len(self._words)

    def encode(self, values: Sequence[Any]) -> bytes:
        """Return the ABI encoding; raises EvmError where the values do not fit the types."""
        raw = self._write(values) if self._write is not None else None
        return self._encode_any(values) if raw is None else raw

    def _encode_any(self, values: Sequence[Any]) -> bytes:
        if len(values) != len(self.types):
            raise EvmError(f"({','.join(self._names)}) takes {len(self.types)} values, {len(values)} given")
        if self._words is None:
            return self._encode_dynamic(values) if self._parts is None else self._encode_parts(values)
        flat = values if self._flat else _flatten(self._whole, values)
        raw = self._unsigned.write(flat) if self._unsigned is not None else None
        return raw if raw is not None else _checked_row(self._words, flat)

    def decode(self, data: bytes) -> tuple[Any, ...]:
        """Return the values; bytes beyond them are ignored. Raises EvmError where `data` is malformed."""
        if self._words is None:
            return self._decode_dynamic(data)
        if len(data) < 32 * len(self._words):
            raise EvmError(f"{len(data)} bytes are too few for ({','.join(self._names)})")
        words = self._unsigned.read(data[: self._unsigned.size]) if self._unsigned is not None else None
        if words is None:
            row = zip(self._words, range(0, len(data), 32), strict=False)
            words = [kind.from_word(int.from_bytes(data[at : at + 32], "big")) for kind, at in row]
        if self._flat:
            return tuple(words)
        values = iter(words)
        return tuple([_shape(kind, values) for kind in self.types])

    def _encode_parts(self, values: Sequence[Any]) -> bytes:
        """Encode values that are static or arrays of static elements: heads, then the arrays."""
        assert self._parts is not None
        head: list[bytes] = []
        tail: list[bytes] = []
        offset = sum(32 if is_array else 32 * len(words) for _, words, is_array in self._parts)
        for (kind, words, is_array), value in zip(self._parts, values, strict=True):
            flat = _flatten(kind, value)
            if not is_array:
                head.append(_row(words, flat))
                continue
            rows = _rows(words, len(value), flat)
            head.append(offset.to_bytes(32, "big"))
            tail += [len(value).to_bytes(32, "big"), rows]
            offset += 32 + len(rows)
        return b"".join([*head, *tail])

    # eth-abi is imported where it is needed: it takes longer than most runs need for everything else.
    def _encode_dynamic(self, values: Sequence[Any]) -> bytes:
        import eth_abi

        converted = self._converted(values, _to_library)
        try:
            return bytes(eth_abi.encode(self._names, converted))
        except eth_abi.exceptions.EncodingError as error:
            raise EvmError(f"({','.join(self._names)}) cannot hold {values!r}: {error}") from error

    def _decode_dynamic(self, data: bytes) -> tuple[Any, ...]:
        import eth_abi

        try:
            values = eth_abi.decode(self._names, data)
        except (eth_abi.exceptions.DecodingError, OverflowError, UnicodeDecodeError) as error:
            raise EvmError(f"the data is not an encoding of ({','.join(self._names)}): {error}") from error
        return self._converted(values, _from_library)

    def _converted(self, values: Sequence[Any], word: Callable[[WordType, Any], Any]) -> tuple[Any, ...]:
        return tuple(_convert(kind, value, word) for kind, value in zip(self.types, values, strict=True))


class Unsigned:
    """Reads a row of unsigned words out of one big number: several times faster than word by word."""

    def __init__(self, bits: Sequence[int], order: Sequence[int] | None = None) -> None:
        """`bits` are the words' widths; `order` says which of them to return, and in which order."""
        self.size = 32 * len(bits)
        shifts = [256 * place for place in reversed(range(len(bits)))]
        fields = [(shift, (1 << width) - 1) for shift, width in zip(shifts, bits, strict=True)]
        self._dirt = sum(((WORD - 1) ^ mask) << shift for shift, mask in fields)
        self._fields = [fields[place] for place in (range(len(bits)) if order is None else order)]
        self.write = _writer(tuple(bits)) if len(bits) <= SHORT else self._write_long

    @classmethod
    def of(cls, words: Sequence[AbiType] | None, order: Sequence[int] | None = None) -> Unsigned | None:
        """Return the reader, or None where not every type is an unsigned number or an address."""
        bits = [w.bits for w in words or () if isinstance(w, WordType) and w.kind in ("uint", "address")]
        return cls(bits, order) if words is not None and len(bits) == len(words) else None

    def _write_long(self, values: Sequence[Any]) -> bytes | None:
        """Return the row that `values` make; None where one is no number or does not fit (as `_writer`)."""
        try:
            raw = b"".join([value.to_bytes(32, "big") for value in values])
        except (AttributeError, OverflowError):
            return None
        return raw if len(raw) == self.size and not int.from_bytes(raw, "big") & self._dirt else None

    def read(self, raw: bytes) -> list[int] | None:
        """Return the words of `raw`, which must have `size` bytes; None if bits outside the types are set."""
        number = int.from_bytes(raw, "big")
        return None if number & self._dirt else [number >> shift & mask for shift, mask in self._fields]


@lru_cache(maxsize=512)
def _writer(bits: tuple[int, ...]) -> Callable[[Sequence[Any]], bytes | None]:
    """Return what makes a short row of unsigned words, written out: a campaign makes several for each call.

    It gives None for values that are no numbers, do not fit, or are too few or many.
    """
    names = [f"v{place}" for place in range(len(bits))]
    fits = " and ".join(f"0 <= {name} < {1 << width}" for name, width in zip(names, bits, strict=True))
    row = " | ".join(f"{name} << {256 * place}" for place, name in enumerate(reversed(names)))
    lines = [
        "def write(values):",
        "    try:",
        f"        ({''.join(f'{name}, ' for name in names)}) = values",
        f"        return ({row or 0}).to_bytes({32 * len(bits)}, 'big') if {fits or True} else None",
        "    except (TypeError, ValueError):",
        "        return None",
    ]
    scope: dict[str, Any] = {}
    exec("\n".join(lines), scope)
    return cast("Callable[[Sequence[Any]], bytes | None]", scope["write"])


_Part = tuple[AbiType, list[WordType], bool]
"""A parameter, the words of it (of one element of it), and whether it is a dynamic array."""


def _parts_of(types: Sequence[AbiType]) -> list[_Part] | None:
    """Return the parameters if each is static or a dynamic array of static elements, else None."""
    parts: list[_Part] = []
    for kind in types:
        is_array = isinstance(kind, ArrayType) and kind.length is None
        words = _words_of(kind.element if isinstance(kind, ArrayType) and is_array else kind)
        if words is None:
            return None
        parts.append((kind, words, is_array))
    return parts


def _row(words: Sequence[WordType], values: Sequence[Any]) -> bytes:
    """Return the row of words that `values` make; raises EvmError where one does not fit."""
    return _rows(words, 1, values)


def _rows(words: Sequence[WordType], count: int, values: Sequence[Any]) -> bytes:
    """Return `count` such rows, one after the other."""
    unsigned = _unsigned(
        tuple([word.bits if word.kind in ("uint", "address") else 0 for word in words]), count
    )
    raw = unsigned.write(values) if unsigned is not None else None
    return raw if raw is not None else _checked_row([*words] * count, values)


@lru_cache(maxsize=512)
def _unsigned(bits: tuple[int, ...], count: int) -> Unsigned | None:
    """Return the writer of `count` rows of unsigned words this wide; None where a 0 says that one is not."""
    return Unsigned(bits * count) if all(bits) else None


def _checked_row(words: Sequence[WordType], values: Sequence[Any]) -> bytes:
    return b"".join(
        [kind.to_word(value).to_bytes(32, "big") for kind, value in zip(words, values, strict=True)]
    )
