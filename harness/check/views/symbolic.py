"""Symbolic tables: reads build terms, sums telescope over what was written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from harness.errors import PoolproofError
from harness.lang import Int, Prop, Table, all_of, any_of, ite, negate, none_of, within
from harness.term.core import Term, TermError, var
from harness.term.show import show
from harness.term.symbol import number, term_of

R = TypeVar("R")

Sums = dict[str, tuple[Term, Callable[[Int], Int]]]
"""Sums over unwritten tables by name: the symbol, and what is summed as a function of the key."""


class EndlessSum(PoolproofError):
    """The specification sums something over every key of a table that is not 0 for the zero record."""


def any_key(length: int | None = None) -> Term:
    """Return the symbol that stands for `every key` (of an array of that length) where a sum is named."""
    return var("$key") if length is None else var("$key", 0, length - 1)


class SymbolicTable(Table[R]):
    """A table whose records are terms.

    `read` gives the record at a key; `written` are the keys at which it may differ from `root`, the
    table before any write (itself, where nothing was written). `sums` collects the sums over roots that
    were asked for. An array has a `length`, and no other entries.
    """

    __slots__ = ("_memo", "_read", "_root", "length", "sums", "written")

    def __init__(
        self,
        read: Callable[[Int], R],
        sums: Sums,
        root: SymbolicTable[R] | None = None,
        written: Sequence[Int] = (),
        length: int | None = None,
    ) -> None:
        self._read = read
        self._root = root
        self._memo: dict[Term, R] = {}
        self.sums = sums
        self.written = tuple(written)
        self.length = length

    @property
    def root(self) -> SymbolicTable[R]:
        """The table before any write."""
        return self if self._root is None else self._root

    def __getitem__(self, key: Int) -> R:
        term = term_of(key)
        if term not in self._memo:
            self._memo[term] = self._read(number(term))
        return self._memo[term]

    def put(self, key: Int, record: R) -> SymbolicTable[R]:
        def read(other: Int) -> R:
            return ite(other == key, record, self[other])

        return SymbolicTable(read, self.sums, self.root, (*self.written, key), self.length)

    def holds(self, key: Int) -> Prop:
        """Return that there is an entry at `key`."""
        return True if self.length is None else within(key, 0, self.length - 1)

    def total(self, amount: Callable[[R], Int]) -> Int:
        result = self._root_total(amount)
        for place, key in enumerate(self.written):
            first = none_of(key, self.written[:place]) & self.holds(key)
            result = result + ite(first, amount(self[key]) - amount(self.root[key]), 0)
        return result

    def _root_total(self, amount: Callable[[R], Int]) -> Int:
        """Name the sum over the root: one symbol for one table and amount."""
        root = self.root
        general = term_of(amount(root[number(any_key(self.length))]))
        if general.op == "const":
            if general.data:
                raise EndlessSum(
                    f"The specification sums {general.data} over every key of a table: an amount has to be 0"
                    " where there is nothing."
                )
            return 0
        name = f"sum[{show(general)}]"
        symbol = var(name, 0 if general.lo is not None and general.lo >= 0 else None, None)
        self.sums[name] = (symbol, lambda key: amount(root[key]))
        return number(symbol)

    def agrees(self, other: Table[R], same: Callable[[R, R], Prop], besides: Sequence[Int]) -> Prop:
        if not isinstance(other, SymbolicTable) or other.root is not self.root:
            raise TermError("only tables that grew from one can be compared")
        claims: list[Prop] = []
        for term in dict.fromkeys(term_of(key) for key in (*self.written, *other.written)):
            key = number(term)
            excepted = any_of(key == one for one in besides) | negate(self.holds(key))
            claims.append(excepted | same(self[key], other[key]))
        return all_of(claims)
