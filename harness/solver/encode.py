"""From a query to SMT-LIB 2: one text that any solver accepts, the same in every session.

The text that a solver is given is the text that `smt` dumps. Lower levels leave
facts about products and divisions by terms out of it: what is unsatisfiable without
them is unsatisfiable with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

from harness.solver.fragment import Fragment, Product, fragment, literal, name, quoted
from harness.solver.query import KECCAK_INJECTIVE, Query, SolverError
from harness.term.hashing import is_keccak, preimage
from harness.term.node import Function, Term

GIVEN = "given "
"""What the name of a hypothesis starts with in SMT-LIB, so that it is no symbol's."""

MAX_RELATED = 120
"""At most so many pairs of products that share a factor are related to each other."""


class Level(Enum):
    """How much is said about products, divisions by terms and bitwise operations."""

    OPAQUE = "opaque"
    """They are functions, with bounds."""
    LINEAR = "linear"
    """And linear facts hold of them."""
    EXACT = "exact"
    """They are what they are."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """A query as SMT-LIB pieces: each a line or a boolean expression."""

    nodes: tuple[Term, ...]
    prologue: tuple[str, ...]
    axioms: tuple[str, ...]
    lemmas: tuple[str, ...]
    exact: tuple[str, ...]
    hypotheses: tuple[tuple[str, str], ...]
    goal: str

    def logic(self, level: Level) -> str:
        """Return the SMT-LIB logic."""
        return "QF_UFNIA" if level is Level.EXACT and self.exact else "QF_UFLIA"

    def facts(self, level: Level) -> list[str]:
        """Return assertions that hold whatever the hypotheses, as many as the level has."""
        facts = self.axioms
        if level is not Level.OPAQUE:
            facts += self.lemmas
        if level is Level.EXACT:
            facts += self.exact
        return [f"(assert {fact})" for fact in facts]

    def smt(self, level: Level = Level.EXACT) -> str:
        """Return the query as an SMT-LIB 2 script: unsatisfiable means proved."""
        lines = [
            "(set-option :produce-unsat-cores true)",
            f"(set-logic {self.logic(level)})",
            *self.prologue,
            *self.facts(level),
            *(f"(assert (! {text} :named {quoted(GIVEN + label)}))" for label, text in self.hypotheses),
            f"(assert (not {self.goal}))",
            "(check-sat)",
        ]
        return "\n".join(lines) + "\n"


def encode(query: Query) -> Encoding:
    """Return the SMT-LIB form of `query`.

    Raises SolverError if a symbol or function occurs with two different domains, or if its
    name can't be written in SMT-LIB.
    """
    pieces = ordered(query.roots())
    nodes = tuple(pieces)
    domains_of(nodes)
    prologue: dict[str, None] = {}
    axioms: dict[str, None] = {}
    lemmas: dict[str, None] = {}
    exact: dict[str, None] = {}
    products: dict[str, Product] = {}
    for piece in pieces.values():
        for text in (*piece.declarations, *piece.definitions):
            prologue[text] = None
        for text in piece.axioms:
            axioms[text] = None
        if piece.lemmas or piece.exact:
            lemmas.update(dict.fromkeys(piece.lemmas))
            exact.update(dict.fromkeys(piece.exact))
            products.update((product.symbol, product) for product in piece.products)
    lemmas.update(dict.fromkeys(related(products.values())))
    lemmas.update(dict.fromkeys(monotone(nodes)))
    hypotheses = [(label, name(term)) for label, term in query.hypotheses]
    injective = injectivity(nodes)
    if injective:
        hypotheses.append((KECCAK_INJECTIVE, f"(and true {' '.join(injective)})"))
    return Encoding(
        nodes,
        tuple(prologue),
        tuple(axioms),
        tuple(lemmas),
        tuple(exact),
        tuple(hypotheses),
        name(query.goal),
    )


def ordered(roots: Iterable[Term]) -> dict[Term, Fragment]:
    """Return every node that the roots need, needed ones first, in an order that structure alone fixes."""
    begun: dict[Term, Fragment] = {}
    done: dict[Term, Fragment] = {}
    for root in roots:
        stack = [root]
        while stack:
            node = stack[-1]
            if node in begun:  # and so all that it needs is done: it was above it
                done[node] = begun[node]
                stack.pop()
                continue
            piece = begun[node] = fragment(node)
            stack += [need for need in piece.needs if need not in begun]
    if len({piece.name for piece in done.values()}) < len(done):
        _require_names(done)
    return done


def _require_names(pieces: Mapping[Term, Fragment]) -> None:
    """Refuse two terms of one name; what two symbols share `domains_of` tells."""
    named: dict[str, Term] = {}
    for node, piece in pieces.items():
        if named.setdefault(piece.name, node) is not node and node.op not in ("var", "bvar"):
            raise SolverError(f"two terms share the digest {piece.name}")


def domains_of(nodes: Iterable[Term]) -> dict[str, object]:
    """Return the sort, arity and bounds of each symbol and function, by name.

    Raises SolverError if one occurs with two, or has a name that can't be written.
    """
    domains: dict[str, object] = {}
    for node in nodes:
        if node.op in ("var", "bvar", "apply"):
            label = node.data.name if node.op == "apply" else node.data[0] if node.op == "var" else node.data
            domain: object = node.data if node.op == "apply" else (node.op, node.lo, node.hi)
            if "|" in label or "\\" in label or label.startswith(("(", GIVEN)):
                raise SolverError(f"the name {label!r} is reserved, or SMT-LIB cannot write it (| and \\)")
            if domains.setdefault(label, domain) != domain:
                raise SolverError(f"{label} occurs in one query with two different domains")
    return domains


def related(products: Iterable[Product]) -> list[str]:
    """Relate products of non-negative numbers that share a factor: they are ordered as the others."""
    by_factor: dict[str, list[tuple[Product, str]]] = {}
    for product in products:
        if product.non_negative:
            by_factor.setdefault(product.left, []).append((product, product.right))
            if product.right != product.left:
                by_factor.setdefault(product.right, []).append((product, product.left))
    facts: list[str] = []
    for factor, members in by_factor.items():
        for (one, x), (two, y) in combinations(members, 2):
            facts += [
                f"(=> (= {x} {y}) (= {one.symbol} {two.symbol}))",
                f"(=> (< {x} {y}) (<= (+ {one.symbol} {factor}) {two.symbol}))",
                f"(=> (< {y} {x}) (<= (+ {two.symbol} {factor}) {one.symbol}))",
            ]
            if len(facts) >= 3 * MAX_RELATED:
                return facts
    return facts


def monotone(nodes: Iterable[Term]) -> list[str]:
    """Order quotients of non-negative numbers: more divided by less is not less."""
    divisions = [
        node.args
        for node in nodes
        if node.op == "div"
        and node.args[1].op != "const"
        and all(arg.lo is not None and arg.lo >= 0 for arg in node.args)
    ]
    facts: list[str] = []
    for one, other in combinations(divisions, 2):
        facts += [_at_most(one, other), _at_most(other, one)]
        if len(facts) >= 2 * MAX_RELATED:
            break
    return facts


def _at_most(one: Sequence[Term], other: Sequence[Term]) -> str:
    """Return that the first quotient is at most the second where its operands say so."""
    (x, d), (y, e) = map(name, one), map(name, other)
    ordered = f"(and (<= {x} {y}) (<= {e} {d}) (< 0 {e}))"
    return f"(=> {ordered} (<= (|(over)| {x} {d}) (|(over)| {y} {e})))"


def injectivity(nodes: Iterable[Term]) -> list[str]:
    """Return that no two keccak256 occurrences collide, those computed on constants included."""
    hashes: dict[tuple[Function, tuple[str, ...]], str] = {}
    for node in nodes:
        if node.op == "apply" and is_keccak(node.data):
            hashes[node.data, tuple(name(arg) for arg in node.args)] = name(node)
    if not hashes:
        return []
    facts: list[str] = []
    for ((f, args), one), ((g, others), two) in combinations(hashes.items(), 2):
        facts.append(_distinct(one, two, args, others if f is g else None))
    for number in _constants(nodes):
        words = preimage(number)
        if words is not None:
            texts = tuple(literal(word) for word in words)
            for (function, args), one in hashes.items():
                facts.append(
                    _distinct(one, literal(number), args, texts if function.arity == len(words) else None)
                )
    return facts


def _constants(nodes: Iterable[Term]) -> list[int]:
    """Return the constants that occur in the nodes, also as summands."""
    found = {node.data for node in nodes if node.op == "const"}
    for node in nodes:
        terms = (node, *node.args) if node.op in ("eq", "le") else (node,)
        found |= {sign * term.data[0] for term in terms if term.op == "sum" for sign in (1, -1)}
    return sorted(found)


def _distinct(one: str, two: str, args: tuple[str, ...], others: tuple[str, ...] | None) -> str:
    """Return that equal hashes have equal arguments; without `others`, that the hashes differ."""
    if others is None:
        return f"(not (= {one} {two}))"
    same = " ".join(f"(= {a} {b})" for a, b in zip(args, others, strict=True))
    return f"(=> (= {one} {two}) (and true {same}))"
