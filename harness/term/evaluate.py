"""Concrete evaluation of terms, node by node or compiled to Python once and run often.

Functions are Python callables or tables. A symbol or a function value outside
its declared bounds would make simplified terms mean something else, so
`evaluate` refuses it; the compiled form checks symbols only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod

from harness.term.hashing import is_keccak, keccak_words
from harness.term.node import Function, Term, TermError
from harness.term.walk import free_symbols, postorder

Values = Mapping[str, int]
Apply = Callable[..., int]
Functions = Mapping[str, Apply | Mapping[tuple[int, ...], int]]


class EvaluationError(TermError):
    """A symbol or function has no value, or one outside its bounds."""


def evaluate(terms: Iterable[Term], values: Values, functions: Functions | None = None) -> list[int]:
    """Return the values of `terms`; booleans are 0 and 1 (as bool).

    `values` maps symbol names to numbers, `functions` function names to a
    callable or to a table from argument tuples to numbers; keccak256 is built
    in unless given. Raises EvaluationError for what is missing or out of bounds.
    """
    roots = list(terms)
    done = evaluate_all(postorder(roots), values, functions or {})
    return [done[root] for root in roots]


def evaluate_all(nodes: Iterable[Term], values: Values, given: Functions) -> dict[Term, int]:
    """Return the value of each node, all of whose arguments come before it; see `evaluate`."""
    done: dict[Term, int] = {}
    for node in nodes:
        args = [done[arg] for arg in node.args]
        if node.op == "apply":
            done[node] = _checked(node.data.name, node, _applied(node.data, args, given))
        elif node.op in ("var", "bvar"):
            name = node.data[0] if node.op == "var" else node.data
            if name not in values:
                raise EvaluationError(f"symbol {name} has no value")
            done[node] = _checked(name, node, values[name])
        else:
            done[node] = operate(node, args)
    return done


def _checked(name: str, node: Term, number: int) -> int:
    if (node.lo is not None and number < node.lo) or (node.hi is not None and number > node.hi):
        raise EvaluationError(f"{name} = {number} is outside its bounds [{node.lo}, {node.hi}]")
    return bool(number) if node.boolean else number


def _applied(function: Function, args: Sequence[int], given: Functions) -> int:
    implementation = given.get(function.name)
    if implementation is None:
        if is_keccak(function):
            return keccak_words(*args)
        raise EvaluationError(f"function {function.name} has no value")
    if callable(implementation):
        result: int = implementation(*args)
        return result
    if tuple(args) not in implementation:
        raise EvaluationError(f"function {function.name} has no value at {tuple(args)}")
    return implementation[tuple(args)]


def operate(node: Term, args: Sequence[int]) -> int:
    """Return the value of one node, neither symbol nor application, from those of its arguments."""
    op = node.op
    if op == "const":
        return int(node.data)
    if op in ("true", "false"):
        return op == "true"
    if op == "sum":
        k: int = node.data[0]
        coefficients: tuple[int, ...] = node.data[1:]
        return k + sum(c * arg for c, arg in zip(coefficients, args, strict=True))
    if op == "mul":
        return prod(args)
    return _OPERATIONS[op](args)


_OPERATIONS: dict[str, Callable[[Sequence[int]], int]] = {
    "div": lambda args: args[0] // args[1] if args[1] else 0,
    "mod": lambda args: args[0] % args[1] if args[1] else 0,
    "band": lambda args: args[0] & args[1],
    "bor": lambda args: args[0] | args[1],
    "bxor": lambda args: args[0] ^ args[1],
    "ite": lambda args: args[1] if args[0] else args[2],
    "not": lambda args: not args[0],
    "and": lambda args: all(args),
    "iff": lambda args: args[0] == args[1],
    "eq": lambda args: args[0] == 0,
    "le": lambda args: args[0] <= 0,
}

Compiled = Callable[[Values, Mapping[str, Apply]], tuple[int, ...]]

WRITTEN_OUT = 30
"""Longer sums and products than this are computed from a tuple."""

INLINE_DEPTH = 12
"""How deep single-use subterms are nested in one generated expression."""


def compile_terms(terms: Sequence[Term]) -> Compiled:
    """Translate `terms` to one Python function of (values, functions), fast to call many times.

    The result returns the terms' values in order. It raises EvaluationError where
    a symbol is missing or out of bounds, or a function missing; functions must be
    callables and must respect their bounds (keccak256 is built in unless given).
    """
    symbols, functions = free_symbols(*terms)
    namespace: dict[str, object] = {"_symbol": _symbol, "_function": _function, "prod": prod}
    lines = ["def run(values, functions):"]
    names: dict[Term, str] = {}
    for index, symbol in enumerate(symbols):
        namespace[f"S{index}"] = symbol
        names[symbol] = f"s{index}"
        lines.append(f"    s{index} = _symbol(S{index}, values)")
    for index, function in enumerate(functions):
        namespace[f"F{index}"] = function
        lines.append(f"    f{index} = _function(F{index}, functions)")
    applied = {function: f"f{index}" for index, function in enumerate(functions)}
    lines += _body(terms, names, applied)
    lines.append(f"    return ({''.join(names[term] + ', ' for term in terms)})")
    exec(compile("\n".join(lines), "<terms>", "exec"), namespace)
    run: Compiled = namespace["run"]  # type: ignore[assignment]
    return run


def _symbol(symbol: Term, values: Values) -> int:
    name = symbol.data[0] if symbol.op == "var" else symbol.data
    if name not in values:
        raise EvaluationError(f"symbol {name} has no value")
    return _checked(name, symbol, values[name])


def _function(function: Function, functions: Mapping[str, Apply]) -> Apply:
    implementation = functions.get(function.name)
    if implementation is None:
        if is_keccak(function):
            return keccak_words
        raise EvaluationError(f"function {function.name} has no value")
    return implementation


def _body(terms: Sequence[Term], names: dict[Term, str], applied: Mapping[Function, str]) -> list[str]:
    """Generate an assignment for each shared or deep subterm; fills `names` with their variables."""
    nodes = postorder(terms)
    uses: dict[Term, int] = dict.fromkeys(terms, 2)
    for node in nodes:
        for arg in node.args:
            uses[arg] = uses.get(arg, 0) + 1
    depth: dict[Term, int] = {}
    lines: list[str] = []
    for node in nodes:
        if node in names:
            depth[node] = 0
            continue
        text = _expression(node, [names[arg] for arg in node.args], applied)
        depth[node] = 1 + max((depth[arg] for arg in node.args), default=-1)
        if node.args and (uses[node] > 1 or depth[node] > INLINE_DEPTH or len(node.args) > INLINE_DEPTH):
            lines.append(f"    v{node.id} = {text}")
            text = f"v{node.id}"
            depth[node] = 0
        names[node] = text
    return lines


def _expression(node: Term, args: list[str], applied: Mapping[Function, str]) -> str:
    """Return Python for one node over its arguments' Python."""
    op = node.op
    if op in ("const", "true", "false"):
        return f"({node.data})" if op == "const" else op.capitalize()
    if op == "apply":
        return f"{applied[node.data]}({', '.join(args)})"
    if op == "sum":
        scaled = [arg if c == 1 else f"{c}*{arg}" for arg, c in zip(args, node.data[1:], strict=True)]
        if len(scaled) > WRITTEN_OUT:  # a long chain of operators is too deep for Python's compiler
            return f"sum(({', '.join(scaled)}), {node.data[0]})"
        return f"({' + '.join(scaled)} + {node.data[0]})" if node.data[0] else f"({' + '.join(scaled)})"
    if op in ("div", "mod"):
        return _division("//" if op == "div" else "%", node.args[1], args)
    if op == "ite":
        return f"({args[1]} if {args[0]} else {args[2]})"
    if op == "not":
        return f"(not {args[0]})"
    if op in ("eq", "le"):
        return f"({args[0]} {'==' if op == 'eq' else '<='} 0)"
    if op == "mul" and len(args) > WRITTEN_OUT:
        return f"prod(({', '.join(args)}))"
    return f"({_INFIX[op].join(args)})"


_INFIX = {"mul": " * ", "and": " and ", "iff": " == ", "band": " & ", "bor": " | ", "bxor": " ^ "}


def _division(operator: str, divisor: Term, args: list[str]) -> str:
    if divisor.op == "const":
        return f"({args[0]} {operator} {args[1]})" if divisor.data else "0"
    return f"({args[0]} {operator} {args[1]} if {args[1]} else 0)"
