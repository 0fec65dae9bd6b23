"""Numbers and truths that may be concrete or symbolic, and the connectives over them.

A specification is one Python text read three ways: on ints, on the words of a
real storage, and on symbolic terms. So it uses ``&``, ``|``, `implies` and
`ite` where ordinary Python would say ``and``, ``or``, ``if``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, cast


class Number(ABC):
    """A symbolic mathematical integer; arithmetic never wraps and ``//`` rounds down."""

    __slots__ = ()

    @abstractmethod
    def __add__(self, other: Int) -> Number: ...
    @abstractmethod
    def __radd__(self, other: Int) -> Number: ...
    @abstractmethod
    def __sub__(self, other: Int) -> Number: ...
    @abstractmethod
    def __rsub__(self, other: Int) -> Number: ...
    @abstractmethod
    def __mul__(self, other: Int) -> Number: ...
    @abstractmethod
    def __rmul__(self, other: Int) -> Number: ...
    @abstractmethod
    def __floordiv__(self, other: Int) -> Number: ...
    @abstractmethod
    def __rfloordiv__(self, other: Int) -> Number: ...
    @abstractmethod
    def __mod__(self, other: Int) -> Number: ...
    @abstractmethod
    def __rmod__(self, other: Int) -> Number: ...
    @abstractmethod
    def __lt__(self, other: Int) -> Truth: ...
    @abstractmethod
    def __le__(self, other: Int) -> Truth: ...
    @abstractmethod
    def __gt__(self, other: Int) -> Truth: ...
    @abstractmethod
    def __ge__(self, other: Int) -> Truth: ...
    @abstractmethod
    def __eq__(self, other: object) -> Truth: ...  # type: ignore[override]  # symbolic, not a bool
    @abstractmethod
    def __ne__(self, other: object) -> Truth: ...  # type: ignore[override]  # symbolic, not a bool

    @abstractmethod
    def among(self, values: Sequence[Int]) -> Int:
        """Return ``values[self]``; the last of them where this is out of range."""

    __hash__ = None  # type: ignore[assignment]  # equality is symbolic, so it can't key a dict


class Truth(ABC):
    """A symbolic truth value; it has no Python truth of its own."""

    __slots__ = ()

    @abstractmethod
    def __and__(self, other: Prop) -> Truth: ...
    @abstractmethod
    def __rand__(self, other: Prop) -> Truth: ...
    @abstractmethod
    def __or__(self, other: Prop) -> Truth: ...
    @abstractmethod
    def __ror__(self, other: Prop) -> Truth: ...
    @abstractmethod
    def __xor__(self, other: Prop) -> Truth: ...
    @abstractmethod
    def __rxor__(self, other: Prop) -> Truth: ...
    @abstractmethod
    def __invert__(self) -> Truth: ...

    @abstractmethod
    def choose(self, then: Any, otherwise: Any) -> Any:
        """Return the value (number or truth) that is `then` where this holds, else `otherwise`."""

    def __bool__(self) -> bool:
        raise TypeError(
            "a symbolic proposition has no truth value: write `&`, `|`, `negate`, `implies` or `ite`"
            " instead of `and`, `or`, `not`, `if`; an `if` is allowed in a transition only"
        )


Int = int | Number
Prop = bool | Truth

T = TypeVar("T")


def negate(claim: Prop) -> Prop:
    """Return that `claim` does not hold (``~`` on a plain bool would give an int)."""
    return (not claim) if isinstance(claim, bool) else ~claim


_premises: ContextVar[list[Prop] | None] = ContextVar("premises", default=None)


@contextmanager
def collecting(into: ContextVar[list[T] | None]) -> Iterator[list[T]]:
    """Have a variable hold a new list meanwhile: for what is noted deep below, and asked for here."""
    seen: list[T] = []
    token = into.set(seen)
    try:
        yield seen
    finally:
        into.reset(token)


def observed_premises() -> AbstractContextManager[list[Prop]]:
    """Collect the premises of every `implies` that is built meanwhile.

    A claim whose premise never holds says nothing.
    """
    return collecting(_premises)


def implies(premise: Prop, conclusion: Prop) -> Prop:
    """Return that `conclusion` holds wherever `premise` does."""
    seen = _premises.get()
    if seen is not None:
        seen.append(premise)
    if isinstance(premise, bool):
        return conclusion if premise else True
    return ~premise | conclusion


def iff(left: Prop, right: Prop) -> Prop:
    """Return that both sides hold, or neither."""
    return negate(left ^ right)


def ite(condition: Prop, then: T, otherwise: T) -> T:
    """Return `then` where `condition` holds, else `otherwise`; records are chosen field by field."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    if then is otherwise:
        return then
    if isinstance(then, tuple):
        others = cast(tuple[Any, ...], otherwise)
        return cast(T, tuple(ite(condition, a, b) for a, b in zip(then, others, strict=True)))
    if is_dataclass(then) and not isinstance(then, type):
        values = {
            field.name: ite(condition, getattr(then, field.name), getattr(otherwise, field.name))
            for field in fields(then)
        }
        return cast(T, type(then)(**values))
    return cast(T, condition.choose(then, otherwise))


def either(condition: Prop, then: Callable[[], T], otherwise: Callable[[], T]) -> T:
    """Return what `then` computes where `condition` holds, else what `otherwise` does.

    Like `ite`, for sides that are dear, or have no meaning where they are not
    chosen (a division by zero): on a plain bool only the chosen one is computed.
    """
    if isinstance(condition, bool):
        return then() if condition else otherwise()
    return ite(condition, then(), otherwise())


def all_of(claims: Iterable[Prop]) -> Prop:
    """Return that every one of `claims` holds (true if there are none)."""
    result: Prop = True
    for claim in claims:
        result = result & claim
    return result


def any_of(claims: Iterable[Prop]) -> Prop:
    """Return that at least one of `claims` holds (false if there are none)."""
    result: Prop = False
    for claim in claims:
        result = result | claim
    return result


def within(value: Int, low: Int, high: Int) -> Prop:
    """Return that ``low <= value <= high``."""
    return (low <= value) & (value <= high)


def minimum(left: Int, right: Int) -> Int:
    """Return the smaller of the two."""
    if isinstance(left, int) and isinstance(right, int):
        return left if left < right else right
    return ite(left < right, left, right)


def maximum(left: Int, right: Int) -> Int:
    """Return the greater of the two."""
    if isinstance(left, int) and isinstance(right, int):
        return left if left > right else right
    return ite(left > right, left, right)


def clamp(value: Int, low: Int, high: Int) -> Int:
    """Return `value` moved into ``[low, high]``; where ``high < low`` the result is `low`."""
    return maximum(low, minimum(value, high))
