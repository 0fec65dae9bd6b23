"""Models: from a solver's assignment to plain numbers and tables, and back to the terms to be believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from harness.solver.query import FunctionTable, Model, Query
from harness.term.core import Term
from harness.term.evaluate import EvaluationError, operate
from harness.term.node import Bound, Function
from harness.term.walk import postorder

Read = Callable[[str, bool], int | None]
ReadAt = Callable[[Function, tuple[int, ...]], int | None]


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
    functions = {f.name: FunctionTable(table, nearest(f.lo, f.hi)) for f, table in tables.items()}
    return Model(symbols, functions)


def _inside(number: int | None, node: Term) -> int:
    if number is None:
        return nearest(node.lo, node.hi)
    if node.lo is not None and number < node.lo:
        return node.lo
    return node.hi if node.hi is not None and number > node.hi else number


def confirmed(model: Model, query: Query) -> bool:
    """Say whether evaluation makes every hypothesis true and the goal false."""
    try:
        *given, goal = model.evaluate(query.roots())
    except EvaluationError:
        return False
    return all(given) and not goal


def completed(model: Model, nodes: Iterable[Term]) -> Model:
    """Return the model with defaults for symbols and functions among `nodes` that it does not mention."""
    symbols = dict(model.symbols)
    functions = dict(model.functions)
    for node in nodes:
        if node.op in ("var", "bvar"):
            label = node.data[0] if node.op == "var" else node.data
            symbols.setdefault(label, nearest(node.lo, node.hi))
        elif node.op == "apply" and node.data.name not in functions:
            functions[node.data.name] = FunctionTable({}, nearest(node.lo, node.hi))
    return Model(symbols, functions)
