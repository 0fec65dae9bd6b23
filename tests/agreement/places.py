"""Where a region's word lies in storage: computed from the layout again, independently of the evaluator."""

from __future__ import annotations

from harness.compiler.layout import DynamicArray, FixedArray, Layout, Mapping, Struct, Type
from harness.symbolic.regions import Region
from harness.symbolic.slots import variable_names
from harness.term.hashing import keccak_words

WORD = 1 << 256


def slot_of(layout: Layout, region: Region, keys: tuple[int, ...]) -> int:
    """The slot of a region's word at concrete keys."""
    if region.name.startswith("slot:"):
        return int(region.name[5:], 16)
    if region.name.startswith("?slot:") and region.name.endswith("[]"):
        base = int(region.name[6:-2].removesuffix("[]"), 16)
        for key in keys:
            base = keccak_words(key, base)
        return (base + region.word) % WORD
    names = variable_names(layout)
    variable = max((name for name in names if f"{region.name}.".startswith(f"{name}.")), key=len)
    found = layout.variables[names.index(variable)]
    rest = region.name[len(variable) + 1 :]
    return (_walk(found.type, found.slot, rest.split(".") if rest else [], list(keys)) + region.word) % WORD


def _walk(type_: Type, slot: int, labels: list[str], keys: list[int]) -> int:
    match type_:
        case Mapping() if keys:
            return _walk(type_.value, keccak_words(keys[0] % WORD, slot), labels, keys[1:])
        case DynamicArray() if keys:
            step = 1 if type_.per_word > 1 else type_.stride
            return _walk(type_.element, keccak_words(slot) + keys[0] * step, labels, keys[1:])
        case FixedArray() if keys:
            step = 1 if type_.per_word > 1 else type_.stride
            return _walk(type_.element, slot + keys[0] * step, labels, keys[1:])
        case Struct() if labels:
            member = next(member for member in type_.members if member.label == labels[0])
            return _walk(member.type, slot + member.slot, labels[1:], keys)
        case _:
            assert not labels
            assert not keys
            return slot
