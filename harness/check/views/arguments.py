"""What a specification calls the arguments of a function: its own names, whatever those of the ABI are.

An ABI's parameter names are comments; another implementation of the same interface may have others, or none.
"""

from __future__ import annotations

import inspect
from dataclasses import fields

from harness.check.views.binding import snake
from harness.evm.abi import Function
from harness.lang import Model, Transition


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
