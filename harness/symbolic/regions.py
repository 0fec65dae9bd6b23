"""Storage as regions: families of words that can never overlap.

A region is one word of one thing the layout names (a struct's second word, the
elements of an array, the values of a mapping) at every key. Each *field* in it
starts as an uninterpreted function of the keys, and the padding as another: a
word that is read is the pack of its fields, whatever masks the code uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.compiler.layout import ByteString, DynamicArray, Mapping, Member, Scalar, Type
from harness.term.core import Function, Term, apply, const
from harness.term.linear import combine
from harness.term.pack import extract, pack

WORD_BITS = 256

UNNAMED = "~"
"""What the names of functions have that no layout names; no variable's name has it."""

LONGEST = 1 << 64
"""Dynamic arrays in storage are shorter than this: nobody could pay for more (the assumption LONG_ARRAYS).

That they grow by one element at a time is an obligation."""


@dataclass(frozen=True, slots=True)
class Field:
    """Bits `offset` .. `offset + bits` of a region's word.

    `label` is the path from the contract (``stakers.exitAmount``), "" for padding.
    Where small array elements share a word, `lane` is the element's place in it and
    `lanes` how many there are; the function's last argument is then the element's index.
    """

    label: str
    offset: int
    bits: int
    type: Type | None = None
    lane: int = 0
    lanes: int = 1


@dataclass(eq=False, slots=True)
class Region:
    """Word `word` of the thing called `name`, at every tuple of `arity` keys.

    `labelled` tells what the layout names from what only the code knows.
    `inhabitants` are the members that live in the word, by the layout.
    """

    name: str
    word: int
    arity: int
    fields: tuple[Field, ...]
    labelled: bool = True
    inhabitants: tuple[Member, ...] = ()
    space: str = "storage"
    _initial: dict[tuple[int, tuple[Term, ...]], Term] = field(default_factory=dict, repr=False)

    def function(self, part: Field, generation: int = 0) -> Function:
        """The uninterpreted function that a field starts as; later generations are havoc.

        Its name begins with the space, so that no variable is taken for a symbol of the environment.
        """
        name = part.label or f"{self.name}+{self.word}{UNNAMED}{part.offset}"
        suffix = f"'{generation}" if generation else ""
        most = LONGEST - 1 if isinstance(part.type, DynamicArray) else (1 << part.bits) - 1
        return Function(f"{self.space}.{name}{suffix}", self.arity, 0, most)

    def initial(self, keys: tuple[Term, ...], generation: int = 0) -> Term:
        """The word at `keys` before anything was written."""
        word = self._initial.get((generation, keys))
        if word is None:
            segments = [
                (part.offset, part.bits, apply(self.function(part, generation), *arguments(part, keys)))
                for part in self.fields
            ]
            word = self._initial[generation, keys] = pack(segments)
        return word

    def field(self, label: str) -> Field | None:
        """The field of that full label; of a shared word, its first lane."""
        return next((part for part in self.fields if part.label == label), None)

    def __repr__(self) -> str:
        return f"{self.name}+{self.word}/{self.arity}" if self.word else f"{self.name}/{self.arity}"


def arguments(part: Field, keys: tuple[Term, ...]) -> tuple[Term, ...]:
    """The arguments of a field's function for a word's keys."""
    if part.lanes == 1:
        return keys
    return (*keys[:-1], combine((part.lanes, keys[-1]), (part.lane, const(1))))


def part_of(word: Term, part: Field) -> Term:
    """A field's number in a word."""
    return extract(word, part.offset, part.bits)


def member_bits(type_: Type) -> int:
    """How many bits a member of one word or less fills."""
    return type_.bits if isinstance(type_, Scalar) else WORD_BITS


def word_fields(name: str, members: Sequence[Member]) -> tuple[Field, ...]:
    """The fields of a word in which `members` live, padding included."""
    found = []
    for member in members:
        label = f"{name}.{member.label}" if name else member.label
        if isinstance(member.type, DynamicArray):
            label += ".length"
        elif isinstance(member.type, ByteString | Mapping):
            label += "#"
        found.append(Field(label, 8 * member.offset, member_bits(member.type), member.type))
    return padded(found)


def padded(parts: Sequence[Field]) -> tuple[Field, ...]:
    """Fields in order of their bits, with padding where nothing is named."""
    complete: list[Field] = []
    position = 0
    for part in sorted(parts, key=lambda part: part.offset):
        if part.offset < position:
            return (Field("", 0, WORD_BITS),)  # overlapping labels name nothing
        if part.offset > position:
            complete.append(Field("", position, part.offset - position))
        complete.append(part)
        position = part.offset + part.bits
    if position > WORD_BITS:
        return (Field("", 0, WORD_BITS),)
    if position < WORD_BITS:
        complete.append(Field("", position, WORD_BITS - position))
    return tuple(complete)


def element_fields(name: str, element: Type, per_word: int) -> tuple[Field, ...]:
    """The fields of an array's word that holds `per_word` scalars."""
    bits = member_bits(element)
    if per_word == 1:
        return padded([Field(name, 0, bits, element)])
    lanes = [Field(name, lane * bits, bits, element, lane, per_word) for lane in range(per_word)]
    return padded(lanes)
