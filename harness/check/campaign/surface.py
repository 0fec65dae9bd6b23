"""A target's external functions, each with its model: what a campaign can call, and what must come of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.check.views import Cell, Entries, Fields, Shape
from harness.check.views.arguments import argument_names, transition_of
from harness.check.views.binding import snake
from harness.evm.abi import Abi, Function
from harness.lang import Env, Revert, Spec, Step

ModelOf = Callable[..., Step[Any]]
"""``(pool, env, *arguments) -> Step``, or a `Revert`."""


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One external function and its model; `names` are its parameters as rules call them."""

    function: Function
    model: ModelOf
    names: tuple[str, ...]
    is_view: bool = False
    payable: bool = False


@dataclass(frozen=True, slots=True)
class Surface:
    """What can be called. `unmodelled` are the signatures about which the specification says nothing."""

    operations: tuple[Operation, ...]
    unmodelled: tuple[str, ...]
    selectors: frozenset[bytes]

    def operation(self, signature: str) -> Operation | None:
        """Return the operation with this signature, None if there is none."""
        return next((one for one in self.operations if one.function.signature == signature), None)


def surface(spec: Spec[Any], abi: Abi, shapes: Mapping[str, Shape]) -> Surface:
    """Return the functions of `abi` with the models that `spec` has for them.

    A function without a transition of its own is modelled where it is the getter of a public constant
    or of a bound state variable.
    """
    operations: list[Operation] = []
    unmodelled: list[str] = []
    for function in abi.functions.values():
        found = _transition(spec, function) or _constant(spec, function) or _getter(spec, function, shapes)
        if found is None:
            unmodelled.append(function.signature)
        else:
            operations.append(found)
    selectors = frozenset(function.selector for function in abi.functions.values())
    return Surface(tuple(operations), tuple(unmodelled), selectors)


def _operation(function: Function, model: ModelOf, names: tuple[str, ...]) -> Operation:
    return Operation(function, model, names, function.is_view, function.mutability == "payable")


def _transition(spec: Spec[Any], function: Function) -> Operation | None:
    own = transition_of(spec.model, function)
    if own is None:
        return None
    return _operation(function, own.function, tuple(inspect.signature(own.function).parameters)[2:])


def _constant(spec: Spec[Any], function: Function) -> Operation | None:
    value = spec.model.constants.get(function.name)
    if value is None or function.inputs or len(function.outputs) != 1:
        return None
    return _operation(function, lambda pool, env: Step(pool, returns=(value,)), ())


def _getter(spec: Spec[Any], function: Function, shapes: Mapping[str, Shape]) -> Operation | None:
    """Return the model of a public variable's getter: keys in, the entry's plain members out."""
    name = snake(function.name)
    shape = shapes.get(name)
    if shape is None or not function.is_view:
        return None
    levels: list[int | None] = []
    while isinstance(shape, Entries):
        levels.append(shape.length)
        shape = shape.value
    if len(levels) != len(function.inputs):
        return None
    members = _members(function, shape)
    if members is None:
        return None

    def get(pool: Any, env: Env, *keys: int) -> Step[Any]:
        value = getattr(pool, name)
        for key, length in zip(keys, levels, strict=True):
            if length is not None and key >= length:
                raise Revert()
            value = value[key]
        returns = tuple(getattr(value, member) for member in members) if members else (value,)
        return Step(pool, returns=returns)

    return _operation(function, get, argument_names(spec.model, function))


def _members(function: Function, shape: Shape) -> tuple[str, ...] | None:
    """Return the fields that a getter returns in order (none: the value itself), None if it is not one."""
    if isinstance(shape, Cell):
        return () if len(function.outputs) == 1 else None
    if not isinstance(shape, Fields):
        return None
    known = {name for name, member in shape.members if isinstance(member, Cell)}
    returned = tuple(snake(output.name) for output in function.outputs)
    return returned if set(returned) <= known else None
