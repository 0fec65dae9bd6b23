"""One term as SMT-LIB: its definition, and the facts that pin fresh symbols to its meaning.

Linear arithmetic, ite and equality are written as they are. Remainders and
quotients by constants become a case distinction (two possible quotients) or a
fresh quotient. Products and divisions by terms are uninterpreted functions of their
operands, with bounds (`axioms`), with *linear* facts that hold of them (`lemmas`),
and with the equation that fixes them (`exact`). Each of these may be left out, which
gives abstractions that prove most goals quickly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from harness.solver.names import by_digest, digest, sides
from harness.term.linear import parts
from harness.term.node import Bound, Term, memo


@dataclass(slots=True)
class Product:
    """A product node's symbol and factors as text, for facts that relate products to each other."""

    symbol: str
    left: str
    right: str
    non_negative: bool


@dataclass(slots=True)
class Fragment:
    """What one term adds to a query, in SMT-LIB lines; what it needs, the least digest last."""

    name: str
    needs: tuple[Term, ...]
    declarations: list[str] = field(default_factory=list)
    definitions: list[str] = field(default_factory=list)
    axioms: list[str] = field(default_factory=list)
    lemmas: list[str] = field(default_factory=list)
    exact: list[str] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)


TIMES = "(declare-fun |(times)| (Int Int) Int)"
OVER = "(declare-fun |(over)| (Int Int) Int)"
REST = "(declare-fun |(rest)| (Int Int) Int)"

_fragments: dict[Term, Fragment] = memo()


def fragment(node: Term) -> Fragment:
    """Return the fragment of one node (its arguments have their own)."""
    known = _fragments.get(node)
    if known is None:
        known = _fragments[node] = _ENCODERS[node.op](node)
        known.needs = tuple(sorted(known.needs, key=by_digest, reverse=True))
    return known


def name(term: Term) -> str:
    """Return how a query refers to `term`."""
    if term.op == "const":
        return literal(term.data)
    if term.op in ("var", "bvar"):
        return quoted(term.data[0] if term.op == "var" else term.data)
    if term.op in ("true", "false"):
        return term.op
    if term.op == "not":
        return f"(not {name(term.args[0])})"
    return f"t{digest(term)}"


def quoted(symbol: str) -> str:
    """Return a symbol's name as SMT-LIB accepts it."""
    return f"|{symbol}|"


def literal(number: int) -> str:
    """Return an integer in SMT-LIB, where negative numerals do not exist."""
    return str(number) if number >= 0 else f"(- {-number})"


def linear(items: Sequence[tuple[Term, int]], k: int) -> str:
    """Return ``k + sum of c * item``, without an operator that has a single operand."""
    pieces = [name(item) if c == 1 else f"(* {literal(c)} {name(item)})" for item, c in items]
    if k or not pieces:
        pieces.append(literal(k))
    return pieces[0] if len(pieces) == 1 else f"(+ {' '.join(pieces)})"


def bounded(text: str, lo: Bound, hi: Bound) -> list[str]:
    """Return the bounds of a symbol as facts."""
    facts = [f"(<= {literal(lo)} {text})"] if lo is not None else []
    return facts + ([f"(<= {text} {literal(hi)})"] if hi is not None else [])


def _defined(node: Term, body: str, needs: tuple[Term, ...] | None = None) -> Fragment:
    sort = "Bool" if node.boolean else "Int"
    own = name(node)
    definition = f"(define-fun {own} () {sort} {body})"
    return Fragment(own, node.args if needs is None else needs, definitions=[definition])


def _atom(node: Term) -> Fragment:
    if node.op == "var":
        own = name(node)
        return Fragment(own, (), [f"(declare-fun {own} () Int)"], axioms=bounded(own, node.lo, node.hi))
    if node.op == "bvar":
        return Fragment(name(node), (), [f"(declare-fun {name(node)} () Bool)"])
    return Fragment(name(node), ())


def _apply(node: Term) -> Fragment:
    function = node.data
    symbol = quoted(function.name)
    sorts = " ".join(["Int"] * function.arity)
    args = " ".join(name(arg) for arg in node.args)
    result = _defined(node, f"({symbol} {args})" if node.args else symbol)
    result.declarations.append(f"(declare-fun {symbol} ({sorts}) Int)")
    result.axioms += bounded(result.name, node.lo, node.hi)
    return result


def _sum(node: Term) -> Fragment:
    k, items = parts(node)
    return _defined(node, linear(sorted(items.items(), key=lambda item: by_digest(item[0])), k))


def _comparison(node: Term) -> Fragment:
    left, right, k = sides(node.args[0])
    one, two = linear(left, 0), linear(right, k)
    if node.op == "eq":
        one, two = sorted((linear(left, max(0, -k)), linear(right, max(0, k))))
    needs = tuple(item for item, _ in (*left, *right))
    return _defined(node, f"({'=' if node.op == 'eq' else '<='} {one} {two})", needs)


def _logic(node: Term) -> Fragment:
    operator = {"and": "and", "iff": "=", "ite": "ite"}[node.op]
    args = node.args if node.op == "ite" else sorted(node.args, key=by_digest)
    return _defined(node, f"({operator} {' '.join(name(arg) for arg in args)})")


def _not(node: Term) -> Fragment:
    return Fragment(name(node), node.args)


def _mul(node: Term) -> Fragment:
    """Multiply the factors one by one, each partial product a symbol of its own."""
    own = name(node)
    result = Fragment(own, node.args, axioms=bounded(own, node.lo, node.hi))
    factors = sorted(node.args, key=by_digest)
    left, lo, hi = name(factors[0]), factors[0].lo, factors[0].hi
    for index, factor in enumerate(factors[1:], 1):
        symbol = own if index == len(factors) - 1 else f"{own}.{index}"
        lo, hi = multiply(result, symbol, (left, lo, hi), (name(factor), factor.lo, factor.hi))
        left = symbol
    return result


def multiply(
    result: Fragment, symbol: str, left: tuple[str, Bound, Bound], right: tuple[str, Bound, Bound]
) -> tuple[Bound, Bound]:
    """Declare `symbol` as the product of two operands (text, lo, hi); return its bounds."""
    (a, a_lo, a_hi), (b, b_lo, b_hi) = left, right
    result.declarations.append(TIMES)
    result.definitions.append(f"(define-fun {symbol} () Int (|(times)| {a} {b}))")
    result.exact.append(f"(= {symbol} (* {a} {b}))")
    lo: Bound = None
    hi: Bound = None
    if a_lo is not None and a_hi is not None and b_lo is not None and b_hi is not None:
        corners = [x * y for x in (a_lo, a_hi) for y in (b_lo, b_hi)]
        lo, hi = min(corners), max(corners)
    elif a_lo is not None and a_lo >= 0 and b_lo is not None and b_lo >= 0:
        lo = a_lo * b_lo
    elif a == b:
        lo = 0
    facts = bounded(symbol, lo, hi)
    for x, y in ((a, b), (b, a)):
        facts += [f"(=> (= {x} 0) (= {symbol} 0))", f"(=> (= {x} 1) (= {symbol} {y}))"]
    non_negative = a_lo is not None and a_lo >= 0 and b_lo is not None and b_lo >= 0
    if non_negative:
        for (x, x_lo, x_hi), y in ((left, b), (right, a)):
            facts.append(f"(=> (<= 1 {x}) (<= {y} {symbol}))")
            facts += [f"(<= (* {x_lo} {y}) {symbol})"] if x_lo else []
            facts += [f"(<= {symbol} (* {x_hi} {y}))"] if x_hi is not None else []
    result.lemmas += facts
    result.products.append(Product(symbol, a, b, non_negative))
    return lo, hi


def _division(node: Term) -> Fragment:
    """Encode ``x div d`` or ``x mod d``: what a comparison with the operands shows, then the product."""
    x, d = node.args
    if d.op == "const":
        return _by_constant(node, x, d.data)
    own, a, b = name(node), name(x), name(d)
    quotient, product, rest = (f"{letter}{pair(x, d)}" for letter in "qpr")
    result = Fragment(own, node.args, declarations=[OVER, REST])
    result.definitions += [
        f"(define-fun {quotient} () Int (|(over)| {a} {b}))",
        f"(define-fun {rest} () Int (|(rest)| {a} {b}))",
        f"(define-fun {own} () Int {quotient if node.op == 'div' else rest})",
    ]
    lo, hi = _quotient_bounds(x, d)
    result.axioms += bounded(own, node.lo, node.hi)
    natural = x.lo is not None and x.lo >= 0 and d.lo is not None and d.lo >= 0
    if node.op == "div":
        result.axioms += [*bounded(quotient, lo, hi), f"(=> (= {b} 0) (= {quotient} 0))"]
        result.axioms += [f"(<= {quotient} {a})", f"(=> (< {a} {b}) (= {quotient} 0))"] if natural else []
    else:
        result.axioms += [
            f"(=> (= {b} 0) (= {rest} 0))",
            f"(=> (< 0 {b}) (and (<= 0 {rest}) (< {rest} {b})))",
        ]
        result.axioms += [f"(<= {rest} {a})", f"(=> (< {a} {b}) (= {rest} {a}))"] if natural else []
    multiply(result, product, (quotient, lo, hi), (b, d.lo, d.hi))
    result.lemmas += [
        *bounded(quotient, lo, hi),
        f"(=> (= {b} 0) (and (= {quotient} 0) (= {rest} 0)))",
        f"(=> (not (= {b} 0)) (= {a} (+ {product} {rest})))",
        f"(=> (< 0 {b}) (and (<= 0 {rest}) (< {rest} {b})))",
    ]
    if d.lo is None or d.lo < 0:
        result.lemmas.append(f"(=> (< {b} 0) (and (< {b} {rest}) (<= {rest} 0)))")
    return result


def _quotient_bounds(x: Term, d: Term) -> tuple[Bound, Bound]:
    """Return bounds of floor(x / d), or 0 for d = 0, good enough for the encoding."""
    if x.lo is None or x.hi is None:
        return (
            (0, None) if x.lo is not None and x.lo >= 0 and d.lo is not None and d.lo >= 0 else (None, None)
        )
    if x.lo >= 0 and d.lo is not None and d.lo >= 0:
        return 0, x.hi // max(d.lo, 1)
    most = max(abs(x.lo), abs(x.hi))
    return -most, most


def pair(x: Term, d: Term) -> str:
    """Return the name of the division of `x` by `d`, which quotient and remainder share."""
    return f"{digest(x)}.{digest(d)}"


def _by_constant(node: Term, x: Term, d: int) -> Fragment:
    """Encode quotient or remainder by a positive constant."""
    a = name(x)
    if x.lo is not None and x.hi is not None and x.hi // d == x.lo // d + 1:
        least = x.lo // d
        edge = literal((least + 1) * d)
        arms = [literal(least + 1), literal(least)]
        if node.op == "mod":
            arms = [shifted(a, -(least + 1) * d), shifted(a, -least * d)]
        return _defined(node, f"(ite (<= {edge} {a}) {arms[0]} {arms[1]})")
    quotient = f"q{pair(x, node.args[1])}"
    result = _defined(node, quotient if node.op == "div" else f"(- {a} (* {d} {quotient}))")
    result.declarations.append(f"(declare-fun {quotient} () Int)")
    lo, hi = (None if bound is None else bound // d for bound in (x.lo, x.hi))
    result.axioms += bounded(quotient, lo, hi)
    result.axioms += [f"(<= (* {d} {quotient}) {a})", f"(<= {a} (+ (* {d} {quotient}) {d - 1}))"]
    return result


def shifted(text: str, k: int) -> str:
    """Return ``text + k``."""
    return f"(+ {text} {literal(k)})" if k else text


def _bitwise(node: Term) -> Fragment:
    """A bitwise operation: linear facts, and exactly bit by bit."""
    own = name(node)
    x, y = sorted(node.args, key=by_digest)
    a, b = name(x), name(y)
    result = Fragment(own, node.args, [f"(declare-fun {own} () Int)"], axioms=bounded(own, node.lo, node.hi))
    result.lemmas += {
        "band": [f"(<= {own} {a})", f"(<= {own} {b})"],
        "bor": [f"(<= {a} {own})", f"(<= {b} {own})", f"(<= {own} (+ {a} {b}))"],
        "bxor": [f"(<= {own} (+ {a} {b}))", f"(= (= {own} 0) (= {a} {b}))"],
    }[node.op]
    widths = [term.hi.bit_length() for term in (x, y) if term.hi is not None]
    bits: dict[str, list[str]] = {}
    for side, text in (("a", a), ("b", b)):
        bits[side] = [f"{own}.{side}{i}" for i in range(max(widths))]
        result.exact += [f"(= {text} (+ 0 0 {' '.join(_weighted(bits[side]))}))"]
        result.declarations += [f"(declare-fun {bit} () Bool)" for bit in bits[side]]
    operator = {"band": "and", "bor": "or", "bxor": "xor"}[node.op]
    joined = [f"({operator} {p} {q})" for p, q in zip(bits["a"], bits["b"], strict=True)]
    result.exact.append(f"(= {own} (+ 0 0 {' '.join(_weighted(joined))}))")
    return result


def _weighted(bits: Sequence[str]) -> list[str]:
    return [f"(ite {bit} {1 << i} 0)" for i, bit in enumerate(bits)]


_ENCODERS: dict[str, Callable[[Term], Fragment]] = {
    **dict.fromkeys(("const", "var", "bvar", "true", "false"), _atom),
    **dict.fromkeys(("eq", "le"), _comparison),
    **dict.fromkeys(("and", "iff", "ite"), _logic),
    **dict.fromkeys(("div", "mod"), _division),
    **dict.fromkeys(("band", "bor", "bxor"), _bitwise),
    "apply": _apply,
    "sum": _sum,
    "not": _not,
    "mul": _mul,
}
