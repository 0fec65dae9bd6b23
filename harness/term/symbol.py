"""Terms as the numbers and truths of specifications (used throughout harness.check: keep its names).

Specifications compute with Python operators; `SymInt` and `SymBool` build
exact (never wrapping) terms for them. Whatever folds to a constant comes back
as a plain int or bool, so that constant-bound code stays ordinary Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from harness.lang import Int, Number, Prop, Truth
from harness.term.core import (
    ZERO,
    Term,
    TermError,
    and_,
    const,
    eq,
    is_const,
    ite,
    le,
    lt,
    not_,
    or_,
    value,
    xor,
)
from harness.term.integer import iadd, idiv, imod, imul, isub
from harness.term.row import at_position

Decider = Callable[[Term], bool]

_decider: Final[ContextVar[Decider | None]] = ContextVar("decider", default=None)


@contextmanager
def deciding(decider: Decider) -> Iterator[None]:
    """Let `decider` answer where Python asks a `SymBool` for its truth (an ``if`` in a transition)."""
    token = _decider.set(decider)
    try:
        yield
    finally:
        _decider.reset(token)


def term_of(number: Int) -> Term:
    """Return the term of a number."""
    if isinstance(number, SymInt):
        return number.term
    if isinstance(number, int):
        return const(int(number))
    raise TermError(f"not a number of the term layer: {number!r}")


def condition_of(claim: Prop) -> Term:
    """Return the boolean term of a proposition; a number is true unless it is 0, as Python has it."""
    if isinstance(claim, SymBool):
        return claim.term
    if isinstance(claim, int | SymInt):
        return not_(eq(term_of(claim), ZERO))
    raise TermError(f"not a proposition of the term layer: {claim!r}")


def number(term: Term) -> Int:
    """Return an integer term as a number of the specification language."""
    return value(term) if is_const(term) else SymInt(term)


def truth(term: Term) -> Prop:
    """Return a boolean term as a proposition of the specification language."""
    return bool(value(term)) if is_const(term) else SymBool(term)


class SymInt(Number):
    """A mathematical integer given by a term that is not a constant."""

    __slots__ = ("term",)

    def __init__(self, term: Term) -> None:
        self.term = term

    def __add__(self, other: Int) -> Any:
        return number(iadd(self.term, term_of(other)))

    __radd__ = __add__

    def __sub__(self, other: Int) -> Any:
        return number(isub(self.term, term_of(other)))

    def __rsub__(self, other: Int) -> Any:
        return number(isub(term_of(other), self.term))

    def __mul__(self, other: Int) -> Any:
        return number(imul(self.term, term_of(other)))

    __rmul__ = __mul__

    def __floordiv__(self, other: Int) -> Any:
        return number(idiv(self.term, term_of(other)))

    def __rfloordiv__(self, other: Int) -> Any:
        return number(idiv(term_of(other), self.term))

    def __mod__(self, other: Int) -> Any:
        return number(imod(self.term, term_of(other)))

    def __rmod__(self, other: Int) -> Any:
        return number(imod(term_of(other), self.term))

    def __lt__(self, other: Int) -> Any:
        return truth(lt(self.term, term_of(other)))

    def __le__(self, other: Int) -> Any:
        return truth(le(self.term, term_of(other)))

    def __gt__(self, other: Int) -> Any:
        return truth(lt(term_of(other), self.term))

    def __ge__(self, other: Int) -> Any:
        return truth(le(term_of(other), self.term))

    def __eq__(self, other: object) -> Any:
        if not isinstance(other, int | SymInt):
            return NotImplemented
        return truth(eq(self.term, term_of(other)))

    def __ne__(self, other: object) -> Any:
        if not isinstance(other, int | SymInt):
            return NotImplemented
        return truth(not_(eq(self.term, term_of(other))))

    def among(self, values: Sequence[Int]) -> Int:
        """Return ``values[self]``; the last of them where this is out of range."""
        return number(at_position([term_of(each) for each in values], self.term))

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __index__(self) -> int:
        raise TypeError("a symbolic number is no index: use a Table, `at`, `pick` or a constant range")

    def __repr__(self) -> str:
        return repr(self.term)


class SymBool(Truth):
    """A truth value given by a boolean term that is not a constant."""

    __slots__ = ("term",)

    def __init__(self, term: Term) -> None:
        self.term = term

    def __and__(self, other: Prop) -> Any:
        return truth(and_(self.term, condition_of(other)))

    __rand__ = __and__

    def __or__(self, other: Prop) -> Any:
        return truth(or_(self.term, condition_of(other)))

    __ror__ = __or__

    def __xor__(self, other: Prop) -> Any:
        return truth(xor(self.term, condition_of(other)))

    __rxor__ = __xor__

    def __invert__(self) -> Any:
        return truth(not_(self.term))

    def choose(self, then: Any, otherwise: Any) -> Any:
        """Return the ite of two numbers, or of two propositions."""
        if isinstance(then, bool | SymBool) and isinstance(otherwise, bool | SymBool):
            return truth(ite(self.term, condition_of(then), condition_of(otherwise)))
        return number(ite(self.term, term_of(then), term_of(otherwise)))

    def __bool__(self) -> bool:
        decide = _decider.get()
        if decide is None:
            return super().__bool__()
        return decide(self.term)

    def __repr__(self) -> str:
        return repr(self.term)
