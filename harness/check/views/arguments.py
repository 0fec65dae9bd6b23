"""Which functions, errors and events of an ABI a specification speaks of, and how it calls their parameters.

An ABI's parameter names are comments: another implementation of the same interface may have others, or none.
So what a specification names is found by its name and the number of its parameters, and these by their order.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import fields
from typing import Any, TypeVar

from harness.check.views.binding import snake
from harness.errors import PoolproofError, instead_of
from harness.evm.abi import Event, Function, Selected
from harness.lang import EVERY_FUNCTION, Model, Rule, Spec, Transition

Named = TypeVar("Named", Event, Selected)


class UnknownName(PoolproofError):
    """The specification speaks of an event, an error or an argument that the ABI does not have."""


def transition_of(model: Model[object], function: Function) -> Transition[object] | None:
    """Return the model's own transition for a function of the ABI, None if it has none."""
    for one in model.transitions:
        if one.signature == function.signature or (one.signature is None and one.name == function.name):
            return one
    return None


def argument_names(model: Model[object], function: Function) -> tuple[str, ...]:
    """Return the names by which rules speak of a function's arguments, in order.

    They are those of the model's transition; ``argument_0`` ... for the getter of a field of the state;
    the ABI's, in snake_case, for anything else.
    """
    own = transition_of(model, function)
    if own is not None:
        names = tuple(inspect.signature(own.function).parameters)[2:]
        if len(names) == len(function.inputs):
            return names
    if snake(function.name) in {field.name for field in fields(model.state)}:  # type: ignore[arg-type]
        return tuple(f"argument_{place}" for place in range(len(function.inputs)))
    return tuple(snake(label) for label in function.labels)


def require_arguments(spec: Spec[Any], functions: Iterable[Function]) -> None:
    """Raise UnknownName for a rule's parameter that is no argument of any function that it speaks about.

    Of such a function it would read a zero: so is one that should be quantified and has no domain.
    """
    known = [(one, argument_names(spec.model, one)) for one in functions]
    for rule in (*spec.rules, *(one for one in spec.limitations if isinstance(one, Rule))):
        names = {*rule.functions}
        spoken = [
            found for one, found in known if EVERY_FUNCTION in names or {one.name, one.signature} & names
        ]
        have = sorted({name for found in spoken for name in found})
        for name, domain in rule.parameters:
            if domain is None and name not in have:
                lacking = f"`{rule.name}` reads the argument `{name}`, which none of its functions has"
                raise UnknownName(
                    f"{lacking} (what is to be any value needs a domain): {instead_of(name, have)}"
                )


def event_of(events: Iterable[Event], record: Any) -> Event:
    """Return the ABI's event that an event record stands for. Raises UnknownName if there is none."""
    return _declared(list(events), type(record).__name__, len(fields(record)), "event")


def error_of(errors: Iterable[Selected], name: str, count: int) -> Selected:
    """Return the ABI's error of this name with so many arguments. Raises UnknownName if there is none."""
    return _declared(list(errors), name, count, "error")


def _declared(known: list[Named], name: str, count: int, what: str) -> Named:
    for one in known:
        if (one.name, len(one.inputs)) == (name, count):
            return one
    raise UnknownName(
        f"The specification needs the {what} `{name}` with {count} arguments, which the contract's ABI lacks:"
        f" {instead_of(name, (one.signature for one in known))}"
    )
