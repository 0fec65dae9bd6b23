"""Models: from a solver's assignment to plain numbers and tables, and back to the terms to be believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from harness.term.core import Term
from harness.term.evaluate import EvaluationError, evaluate_all, operate
from harness.term.hashing import is_keccak, keccak_words
from harness.term.node import Bound, Function
from harness.term.walk import postorder

Read = Callable[[str, bool], int | None]
ReadAt = Callable[[Function, tuple[int, ...]], int | None]


@dataclass(frozen=True, slots=True)
class FunctionTable:
    """A function by its values at some arguments and one value everywhere else."""

    entries: Mapping[tuple[int, ...], int]
    default: int

    def __call__(self, *args: int) -> int:
        return self.entries.get(args, self.default)


class HashTable(FunctionTable):
    """keccak256: its values at some arguments, and what it is everywhere else: no two are alike by chance."""

    def __call__(self, *args: int) -> int:
        found = self.entries.get(args)
        return keccak_words(*args) if found is None else found


@dataclass(frozen=True, slots=True)
class Model:
    """An assignment: numbers (and truth values) of symbols by name, tables of functions by name."""

    symbols: Mapping[str, int]
    functions: Mapping[str, FunctionTable]

    def evaluate(self, terms: Iterable[Term]) -> list[int]:
        """Return the values of `terms`; symbols and functions that the query did not mention are the
        value nearest to 0 within their bounds, booleans False, and keccak256 is itself.

        Raises EvaluationError where a value lies outside the bounds that a symbol or function has here.
        """
        roots = list(terms)
        nodes = postorder(roots)
        full = _completed(self, nodes)
        done = evaluate_all(nodes, full.symbols, full.functions)
        return [done[root] for root in roots]

    def value(self, term: Term) -> int:
        """Return the value of one term; see `evaluate`."""
        return self.evaluate([term])[0]

    def holds(self, claim: Term) -> bool:
        """Say whether a claim is true; one is not that has symbols whose bounds exclude their values."""
        try:
            return bool(self.value(claim))
        except EvaluationError:
            return False


def _completed(model: Model, nodes: Iterable[Term]) -> Model:
    """Return the model with defaults for symbols and functions among `nodes` that it does not mention."""
    symbols = dict(model.symbols)
    functions = dict(model.functions)
    for node in nodes:
        if node.op in ("var", "bvar"):
            label = node.data[0] if node.op == "var" else node.data
            symbols.setdefault(label, nearest(node.lo, node.hi))
        elif node.op == "apply" and node.data.name not in functions:
            functions[node.data.name] = _table_of(node.data, {})
    return Model(symbols, functions)


def nearest(lo: Bound, hi: Bound) -> int:
    """Return the number nearest to 0 within bounds."""
    if lo is not None and lo > 0:
        return lo
    return hi if hi is not None and hi < 0 else 0


def extract(roots: Iterable[Term], read: Read, read_at: ReadAt) -> Model:
    """Build a model of all symbols and applications under `roots`.

    `read` gives a symbol's value (told whether it is a boolean), `read_at` a function's at arguments; None
    where the solver left it open. Arguments are computed by our own semantics,
    and a value outside its bounds (where the solver was never asked) is moved in.
    """
    symbols: dict[str, int] = {}
    tables: dict[Function, dict[tuple[int, ...], int]] = {}
    done: dict[Term, int] = {}
    for node in postorder(roots):
        args = [done[arg] for arg in node.args]
        if node.op in ("var", "bvar"):
            label = node.data[0] if node.op == "var" else node.data
            done[node] = symbols[label] = _inside(read(label, node.boolean), node)
        elif node.op == "apply":
            table, key = tables.setdefault(node.data, {}), tuple(args)
            if key not in table:
                table[key] = _inside(read_at(node.data, key), node)
            done[node] = table[key]
        else:
            done[node] = operate(node, args)
    return Model(symbols, {function.name: _table_of(function, table) for function, table in tables.items()})


def _table_of(function: Function, entries: Mapping[tuple[int, ...], int]) -> FunctionTable:
    """Return a function by its entries; anywhere else it is what `Model.evaluate` says."""
    kind = HashTable if is_keccak(function) else FunctionTable
    return kind(entries, nearest(function.lo, function.hi))


def _inside(number: int | None, node: Term) -> int:
    if number is None:
        return nearest(node.lo, node.hi)
    if node.lo is not None and number < node.lo:
        return node.lo
    return node.hi if node.hi is not None and number > node.hi else number
