"""Term nodes: hash-consed, immutable, with interval bounds.

Two sorts: mathematical integers, and booleans. A node is interned by its
structure (operation, arguments, payload), so two terms are the same value of
the term language exactly when they are the same Python object; digests are
never used for that. Nodes are built by the smart constructors of this package
only: `make` trusts its caller to pass a normal form and sound bounds.

Operations (`op`) and their payload (`data`):

    const   data = the integer                    true, false
    var     data = (name, lo, hi)                 bvar    data = name
    apply   data = Function, args = arguments     not     one argument
    sum     data = (k, c1, .., cn): k + sum ci*ai and     arguments by id, none an `and` or constant
    mul     product of two or more non-constants  iff     two arguments by id, neither a `not`
    div     floor division, x div 0 = 0           eq      args = (S,): S = 0
    mod     x - d * floor(x / d), x mod 0 = 0     le      args = (S,): S <= 0
    band, bor, bxor   bitwise, non-negative       ite     (condition, then, else), of either sort
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, ClassVar, NoReturn

from harness.errors import PoolproofError

WORD_BITS = 256
WORD = 1 << WORD_BITS
MAX_WORD = WORD - 1

CONSTANT_TREE_LIMIT = 1024
"""An ite-tree over constants with more leaves than this is treated as opaque."""

Bound = int | None


class TermError(PoolproofError):
    """A term was built or evaluated outside its domain; the message names the place."""


class Function:
    """An uninterpreted function from integers to integers in ``[lo, hi]`` (None = unbounded).

    Functions with the same name, arity and bounds are the same object.
    """

    __slots__ = ("arity", "hi", "lo", "name")
    _known: ClassVar[dict[tuple[str, int, Bound, Bound], Function]] = {}

    name: str
    arity: int
    lo: Bound
    hi: Bound

    def __new__(cls, name: str, arity: int, lo: Bound = 0, hi: Bound = MAX_WORD) -> Function:
        """Return the function of that name, arity and result bounds."""
        key = (name, arity, lo, hi)
        known = cls._known.get(key)
        if known is None:
            known = super().__new__(cls)
            known.name, known.arity, known.lo, known.hi = key
            cls._known[key] = known
        return known

    def __repr__(self) -> str:
        return f"{self.name}/{self.arity}"

    def __reduce__(self) -> tuple[type[Function], tuple[str, int, Bound, Bound]]:
        return Function, (self.name, self.arity, self.lo, self.hi)


class Term:
    """One node of the term graph. Equality is identity; a term has no truth value.

    `id` grows in creation order, and arguments have smaller ids than the node.
    `lo` and `hi` bound an integer term's value (None = unbounded) and are None
    for booleans. `leaves` counts the constant leaves of an ite-tree over
    constants (1 for a constant, 0 where the term is not such a tree), `height`
    the longest chain of nested ites from here.
    """

    __slots__ = ("args", "boolean", "data", "height", "hi", "id", "leaves", "lo", "op")

    op: str
    args: tuple[Term, ...]
    data: Any
    boolean: bool
    lo: Bound
    hi: Bound
    id: int
    leaves: int
    height: int

    def __bool__(self) -> NoReturn:
        raise TermError(
            "a term has no truth value: write &, |, ~, implies or ite instead of and, or, not, if"
        )

    def __repr__(self) -> str:
        from harness.term.show import show

        return show(self)


_table: dict[tuple[str, tuple[Term, ...], Any], Term] = {}
_constants: dict[int, Term] = {}
_clearers: list[Callable[[], None]] = []
_ids = count()


def memo() -> dict[Any, Any]:
    """Return a new table for derived facts about terms; `clear` empties it."""
    table: dict[Any, Any] = {}
    on_clear(table.clear)
    return table


def on_clear(forget: Callable[[], None]) -> None:
    """Have `clear` call `forget`: for caches elsewhere whose values hold terms."""
    _clearers.append(forget)


def make(
    op: str,
    args: tuple[Term, ...],
    data: Any = None,
    lo: Bound = None,
    hi: Bound = None,
    boolean: bool = False,
) -> Term:
    """Intern a node. The caller vouches for the normal form and for the bounds."""
    key = (op, args, data)
    term = _table.get(key)
    if term is None:
        term = Term()
        term.op = op
        term.args = args
        term.data = data
        term.boolean = boolean
        term.lo = lo
        term.hi = hi
        term.id = next(_ids)
        term.leaves = 0
        term.height = 0
        _table[key] = term
    return term


def raw_ite(condition: Term, then: Term, other: Term, lo: Bound, hi: Bound) -> Term:
    """Intern an ite of two integers as it stands, with its constant-leaf count and height."""
    term = make("ite", (condition, then, other), None, lo, hi)
    if not term.height:
        term.height = 1 + max(then.height, other.height)
        leaves = then.leaves + other.leaves if then.leaves and other.leaves else 0
        term.leaves = leaves if leaves <= CONSTANT_TREE_LIMIT else 0
    return term


def const(value: int) -> Term:
    """Return the integer constant `value`."""
    term = _constants.get(value)
    if term is None:
        term = _constants[value] = make("const", (), int(value), value, value)
        term.leaves = 1
    return term


TRUE = make("true", (), boolean=True)
FALSE = make("false", (), boolean=True)
ZERO = const(0)
ONE = const(1)


def clear() -> None:
    """Forget every term but the constants TRUE, FALSE, ZERO and ONE.

    A term made before stays usable, but is not the same as its equal made after: nothing between
    the two cancels or folds. Ids go on growing.
    """
    _table.clear()
    for term in (TRUE, FALSE, ZERO, ONE):
        _table[(term.op, term.args, term.data)] = term
    _constants.clear()
    _constants.update({0: ZERO, 1: ONE})
    for forget in _clearers:
        forget()


def known_terms() -> int:
    """Return how many terms exist since the last `clear`."""
    return len(_table)


def boolean(value: bool) -> Term:
    """Return TRUE or FALSE."""
    return TRUE if value else FALSE


def var(name: str, lo: Bound = 0, hi: Bound = MAX_WORD) -> Term:
    """Return the integer symbol `name` with its bounds (by default those of a word).

    Raises TermError if the bounds are empty.
    """
    if lo is not None and hi is not None and lo > hi:
        raise TermError(f"symbol {name}: no value between {lo} and {hi}")
    return make("var", (), (name, lo, hi), lo, hi)


def bvar(name: str) -> Term:
    """Return the boolean symbol `name`."""
    return make("bvar", (), name, boolean=True)


def apply(function: Function, *args: Term) -> Term:
    """Return `function` applied to integer terms. Raises TermError for a wrong number of arguments."""
    if len(args) != function.arity:
        raise TermError(f"{function.name} takes {function.arity} arguments, not {len(args)}")
    return make("apply", args, function, function.lo, function.hi)


def is_const(term: Term) -> bool:
    """Say whether `term` is an integer constant, TRUE or FALSE."""
    return term.op in ("const", "true", "false")


def value(term: Term) -> int:
    """Return the integer of a constant term (1 and 0 for TRUE and FALSE). Raises TermError otherwise."""
    if term.op == "const":
        return int(term.data)
    if term is TRUE or term is FALSE:
        return int(term is TRUE)
    raise TermError(f"not a constant: {term!r}")
