"""Whether a proxy can move from one implementation to another: no field may change its place or meaning.

The judgement is about storage labels only, as compilers give them. A variable may disappear (its bytes
must then stay unused), new ones may take the place of a gap or come after the end, a gap may shrink, and
a struct may grow where nothing follows it: as the value of a mapping.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.check.verdict import Outcome, Verdict
from harness.compiler.layout import (
    DynamicArray,
    FixedArray,
    Layout,
    Mapping,
    Scalar,
    Struct,
    Type,
    Variable,
)

CHECK = "layout"
_WORD = 32
# A variable declared as a contract is an address.
_SAME_KIND = {"contract": "address"}


def check_upgrade(target: str, old: Layout, new: Layout) -> Iterator[Verdict]:
    """Yield a verdict for each state variable of `old`, gaps left out: it keeps its place and type in `new`.

    HELD where it does (or is gone and nothing took its bytes); FOUND where a field moves, changes its type,
    or is overwritten, with each such field in the detail.
    """
    for variable in old.variables:
        if is_gap(variable):
            continue
        problems, note = _judge(variable, new)
        outcome = Outcome.FOUND if problems else Outcome.HELD
        yield Verdict(target, CHECK, variable.label, "", outcome, 0.0, "\n".join(problems) or note)


def is_gap(variable: Variable) -> bool:
    """Say whether a variable only reserves room, as OpenZeppelin names it: ``__gap``."""
    return variable.label.lower().strip("_") == "gap"


def _judge(old: Variable, new: Layout) -> tuple[list[str], str]:
    """Return what is wrong with an old variable in the new layout, and a remark if nothing is."""
    heir = _heir(old, new)
    if heir is not None:
        if _start(heir) != _start(old):
            return [f"{old.label} moves from {_place(old)} to {_place(heir)}"], ""
        problems = list(_changes(old.label, old.type, heir.type))
        return problems, "" if heir.label == old.label else f"renamed to {heir.label}"
    taken = [each for each in new.variables if not is_gap(each) and _overlap(old, each)]
    problems = [f"{old.label} at {_place(old)} is overwritten by {each.label}" for each in taken]
    return problems, "no longer declared; nothing takes its bytes"


def _heir(old: Variable, new: Layout) -> Variable | None:
    """Return the variable that is `old` in the new layout: by name, else by the very same bytes and type."""
    named = [each for each in new.variables if (each.label, each.namespace) == (old.label, old.namespace)]
    declared = [each for each in named if each.contract == old.contract] or named
    if declared:
        return min(declared, key=lambda each: abs(_start(each) - _start(old)))
    same = (each for each in new.variables if not is_gap(each) and _start(each) == _start(old))
    return next((each for each in same if not list(_changes(old.label, old.type, each.type))), None)


def _start(variable: Variable) -> int:
    return variable.slot * _WORD + variable.offset


def _overlap(left: Variable, right: Variable) -> bool:
    first, second = _start(left), _start(right)
    return first < second + _bytes(right.type) and second < first + _bytes(left.type)


def _bytes(kind: Type) -> int:
    match kind:
        case Scalar(bits=bits):
            return bits // 8
        case Struct(words=words) | FixedArray(words=words):
            return words * _WORD
        case _:
            return _WORD


def _place(variable: Variable) -> str:
    return f"slot {variable.slot}, byte {variable.offset}"


def _changes(path: str, old: Type, new: Type, *, room: bool = True) -> Iterator[str]:
    """Yield what makes values of type `old` unreadable as `new`; `room`: more words may follow at the end."""
    match old, new:
        case Scalar(), Scalar():
            if (_kind(old), old.bits) != (_kind(new), new.bits):
                yield f"{path} changes from {old.kind} of {old.bits} bits to {new.kind} of {new.bits} bits"
        case Struct(), Struct():
            yield from _struct_changes(path, old, new, room)
        case FixedArray(), FixedArray():
            if new.length < old.length:
                yield f"{path} shrinks from {old.length} to {new.length} elements"
            elif new.length > old.length and not room:
                yield f"{path} grows from {old.length} to {new.length} elements over what follows it"
            yield from _element_changes(path, old, new)
        case DynamicArray(), DynamicArray():
            yield from _element_changes(path, old, new)
        case Mapping(), Mapping():
            if old.key != new.key:
                yield f"{path} changes the type of its keys"
            yield from _changes(f"{path}[]", old.value, new.value)
        case _:
            if old != new:
                yield f"{path} becomes another kind of value"


def _element_changes(
    path: str, old: FixedArray | DynamicArray, new: FixedArray | DynamicArray
) -> Iterator[str]:
    if (old.stride, old.per_word) != (new.stride, new.per_word):
        yield f"{path} spaces its elements differently"
    else:
        yield from _changes(f"{path}[]", old.element, new.element, room=False)


def _struct_changes(path: str, old: Struct, new: Struct, room: bool) -> Iterator[str]:
    if new.words > old.words and not room:
        yield f"{path} grows from {old.words} to {new.words} words over what follows it"
    later = {member.label: member for member in new.members}
    for member in old.members:
        heir = later.get(member.label)
        field = f"{path}.{member.label}"
        if heir is None:
            yield f"{field} is gone"
        elif (heir.slot, heir.offset) != (member.slot, member.offset):
            before = f"word {member.slot}, byte {member.offset}"
            yield f"{field} moves from {before} to word {heir.slot}, byte {heir.offset}"
        else:
            yield from _changes(field, member.type, heir.type, room=room and member is old.members[-1])


def _kind(scalar: Scalar) -> str:
    return _SAME_KIND.get(scalar.kind, scalar.kind)
