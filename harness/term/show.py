"""Terms as text, for people: infix, with shared subterms named once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from harness.term.linear import parts
from harness.term.node import Term
from harness.term.walk import postorder

WRITE_OUT_BELOW = 4
"""A shared subterm with fewer nodes than this is repeated rather than named."""


def show(*terms: Term) -> str:
    """Return `terms` as text: a ``name = ...`` line for each shared subterm, then a line for each term."""
    uses = _uses(terms)
    names: dict[Term, str] = {}
    texts: dict[Term, str] = {}
    sizes: dict[Term, int] = {}
    lines: list[str] = []
    inlined = {node.args[0] for node in postorder(terms) if node.op in ("eq", "le")} - set(terms)
    for node in postorder(terms):
        if node.op == "not" and node.args[0].op in ("eq", "le") and node.args[0] not in names:
            text = _comparison(node.args[0], lambda term: names.get(term) or texts[term], negated=True)
        else:
            text = _text(node, lambda term: names.get(term) or texts[term])
        sizes[node] = 1 + sum(sizes[arg] if arg not in names else 1 for arg in node.args)
        texts[node] = text
        if node not in inlined and uses.get(node, 0) > 1 and sizes[node] >= WRITE_OUT_BELOW:
            names[node] = f"${len(names)}"
            lines.append(f"{names[node]} = {text}")
    return "\n".join(lines + [names.get(term, texts[term]) for term in terms])


def _uses(terms: Iterable[Term]) -> dict[Term, int]:
    uses: dict[Term, int] = {}
    for node in postorder(terms):
        for arg in node.args:
            uses[arg] = uses.get(arg, 0) + 1
    return uses


def number(value: int) -> str:
    """Return an integer as people read it: powers of two and their neighbours as such."""
    if abs(value) < 1 << 20:
        return str(value)
    for shift in (0, 1, -1):
        power = abs(value) + shift
        if power & (power - 1) == 0:
            text = f"2^{power.bit_length() - 1}" + ("", "-1", "+1")[shift]
            return f"-({text})" if value < 0 else text
    return str(value) if abs(value) < 1 << 64 else hex(value)


def _text(node: Term, name: Callable[[Term], str]) -> str:
    if node.op == "const":
        return number(node.data)
    if node.op == "var":
        return str(node.data[0])
    if node.op == "bvar":
        return str(node.data)
    if node.op == "sum":
        return f"({_sum(node.data[0], zip(node.args, node.data[1:], strict=True), name)})"
    if node.op in ("eq", "le"):
        return _comparison(node, name)
    args = [name(arg) for arg in node.args]
    if node.op == "apply":
        return f"{node.data.name}({', '.join(args)})"
    if node.op == "ite":
        return f"({args[0]} ? {args[1]} : {args[2]})"
    if node.op == "not":
        return f"~{args[0]}"
    infix = {
        "mul": "*",
        "div": "/",
        "mod": "%",
        "and": "&",
        "iff": "<=>",
        "band": "&",
        "bor": "|",
        "bxor": "^",
    }
    return f"({f' {infix[node.op]} '.join(args)})" if node.op in infix else node.op


def _sum(k: int, items: Iterable[tuple[Term, int]], name: Callable[[Term], str]) -> str:
    pieces: list[str] = []
    for item, c in items:
        factor = "" if abs(c) == 1 else f"{number(abs(c))}*"
        pieces.append(f"{'-' if c < 0 else '+'} {factor}{name(item)}")
    if k or not pieces:
        pieces.append(f"{'-' if k < 0 else '+'} {number(abs(k))}")
    first = pieces[0]
    return " ".join([first[2:] if first[0] == "+" else "-" + first[2:], *pieces[1:]])


def _comparison(node: Term, name: Callable[[Term], str], negated: bool = False) -> str:
    """Write ``S = 0`` with the positive part of S on the left and the rest on the right."""
    k, items = parts(node.args[0])
    left = [(item, c) for item, c in items.items() if c > 0]
    right = [(item, -c) for item, c in items.items() if c < 0]
    one, two = _sum(0, left, name), _sum(-k, right, name)
    if node.op == "eq":
        return f"({one} {'!=' if negated else '='} {two})"
    return f"({two} < {one})" if negated else f"({one} <= {two})"
