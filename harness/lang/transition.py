"""An external function's model, and how a specification declares it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Generic, TypeVar, overload

from harness.lang.call import Env, Step

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    """An external function's model: ``(pool, env, *arguments) -> Step``, a `Revert` where it refuses.

    `signature` is given where the ABI overloads the name; otherwise the Python
    name in camelCase is the ABI name.
    """

    function: Callable[..., Step[S]]
    name: str
    signature: str | None

    def __call__(self, pool: S, env: Env, *args: Any) -> Step[S]:
        return self.function(pool, env, *args)


def camel(name: str) -> str:
    """Return the camelCase form of a snake_case name."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


@overload
def transition(function: Callable[..., Any]) -> Transition[Any]: ...
@overload
def transition(
    *, name: str | None = None, signature: str | None = None
) -> Callable[[Callable[..., Any]], Transition[Any]]: ...
def transition(
    function: Callable[..., Any] | None = None, *, name: str | None = None, signature: str | None = None
) -> Any:
    """Declare the model of one external function (views too); see `Transition`."""

    def declare(body: Callable[..., Any]) -> Transition[Any]:
        return Transition(body, name or (signature or camel(body.__name__)).partition("(")[0], signature)

    return declare if function is None else declare(function)


def transitions_of(*modules: ModuleType) -> tuple[Transition[Any], ...]:
    """Return the transitions that `modules` define, in definition order; a later one overrides an earlier."""
    found: dict[str, Transition[Any]] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Transition):
                found[value.signature or value.name] = value
    return tuple(found.values())
