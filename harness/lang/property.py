"""The kinds of property, as decorators.

A property's first docstring line is the sentence that reports print; the rest
is the reason. Parameters beyond the fixed ones are quantified over the `Domain`
of their annotation, or, in a rule, are the function's arguments by name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints

from harness.lang.domain import Domain

EVERY_FUNCTION = "*"
"""Names every external function of the contract, unknown selectors and bare transfers included."""


@dataclass(frozen=True, slots=True)
class Property:
    """A named claim. `kills` names hand-written mutants that it must notice.

    One that asks the world and is refused (`Revert` leaves the predicate) says nothing of that case.
    """

    name: str
    sentence: str
    reason: str
    predicate: Callable[..., Any]
    parameters: tuple[tuple[str, Domain | None], ...]
    kills: tuple[str, ...]
    kind: ClassVar[str] = "property"
    fixed: ClassVar[int] = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.predicate(*args, **kwargs)

    @property
    def quantified(self) -> tuple[tuple[str, Domain], ...]:
        """The parameters with a domain, in order."""
        return tuple((name, domain) for name, domain in self.parameters if domain is not None)


@dataclass(frozen=True, slots=True)
class Invariant(Property):
    """Holds in every reachable state: ``(pool, quantified...) -> Prop``.

    One that holds only `between_calls` (a guard's, say) need not hold while the contract waits for
    another one's answer, and is not relied on where a call may come in at such a moment.
    """

    between_calls: bool = False
    kind: ClassVar[str] = "invariant"
    fixed: ClassVar[int] = 1


@dataclass(frozen=True, slots=True)
class Rule(Property):
    """Holds of every call of `functions`: ``(before, call, after, arguments and quantified...) -> Prop``."""

    functions: tuple[str, ...] = ()
    kind: ClassVar[str] = "rule"
    fixed: ClassVar[int] = 3


@dataclass(frozen=True, slots=True)
class Relation(Property):
    """Relates two calls of one function: ``(first: Run, second: Run, quantified...) -> Prop``."""

    functions: tuple[str, ...] = ()
    kind: ClassVar[str] = "relation"
    fixed: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class Scenario(Property):
    """Holds of calls in sequence: ``(pool, play: Play, quantified...) -> Prop``."""

    kind: ClassVar[str] = "scenario"
    fixed: ClassVar[int] = 2


def _describe(function: Callable[..., Any]) -> tuple[str, str]:
    """Split a docstring into its first line and the rest."""
    text = inspect.getdoc(function) or ""
    sentence, _, reason = text.partition("\n")
    if not sentence:
        raise TypeError(
            f"{function.__qualname__}: a property needs a docstring; its first line is its sentence"
        )
    return sentence.strip(), reason.strip()


def _parameters(function: Callable[..., Any], fixed: int) -> tuple[tuple[str, Domain | None], ...]:
    """Read the names and domains of the parameters after the first `fixed`."""
    hints = get_type_hints(function, include_extras=True)
    result: list[tuple[str, Domain | None]] = []
    for name in list(inspect.signature(function).parameters)[fixed:]:
        hint = hints.get(name)
        extras = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
        result.append((name, next((extra for extra in extras if isinstance(extra, Domain)), None)))
    return tuple(result)


def _quantified(function: Callable[..., Any], fixed: int) -> tuple[tuple[str, Domain | None], ...]:
    """Read the parameters after the first `fixed`. Raises TypeError for one without a domain."""
    found = _parameters(function, fixed)
    for name, domain in found:
        if domain is None:
            raise TypeError(f"{function.__qualname__}: annotate `{name}` with a domain, e.g. Address")
    return found


def _names(kills: str | tuple[str, ...]) -> tuple[str, ...]:
    return (kills,) if isinstance(kills, str) else kills


def invariant(
    *, kills: str | tuple[str, ...] = (), between_calls: bool = False
) -> Callable[[Callable[..., Any]], Invariant]:
    """Declare an invariant; every parameter after the state needs a domain."""

    def declare(function: Callable[..., Any]) -> Invariant:
        parameters = _quantified(function, Invariant.fixed)
        named = _describe(function)
        return Invariant(function.__name__, *named, function, parameters, _names(kills), between_calls)

    return declare


def rule(*functions: str, kills: str | tuple[str, ...] = ()) -> Callable[[Callable[..., Any]], Rule]:
    """Declare a rule about `functions` (ABI names, signatures where overloaded, or `EVERY_FUNCTION`)."""

    def declare(function: Callable[..., Any]) -> Rule:
        parameters = _parameters(function, Rule.fixed)
        named = _describe(function)
        return Rule(function.__name__, *named, function, parameters, _names(kills), functions)

    return declare


def relation(*functions: str, kills: str | tuple[str, ...] = ()) -> Callable[[Callable[..., Any]], Relation]:
    """Declare a property of two calls of the same function; further parameters need a domain."""

    def declare(function: Callable[..., Any]) -> Relation:
        parameters = _quantified(function, Relation.fixed)
        named = _describe(function)
        return Relation(function.__name__, *named, function, parameters, _names(kills), functions)

    return declare


def scenario(*, kills: str | tuple[str, ...] = ()) -> Callable[[Callable[..., Any]], Scenario]:
    """Declare a property of several calls in sequence; further parameters need a domain."""

    def declare(function: Callable[..., Any]) -> Scenario:
        parameters = _quantified(function, Scenario.fixed)
        return Scenario(function.__name__, *_describe(function), function, parameters, _names(kills))

    return declare
