"""Makes two descriptions of one thing meet: subterms that are equal are found, proved so, and made one.

Two texts of the same computation (a model's and a contract's, two compilers') differ in small places that
are used in large ones: how a number is clamped, how an overflow is noticed. Asking a solver about the
large ones is hopeless where asking about the small ones is nothing. So every subterm is evaluated at random;
those that always agree are candidates, and are proved equal bottom-up, each with the pairs below already
made one. A pair is proved for any values of its symbols and functions, so that the 32nd slot's weight costs
nothing once the first one's is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from time import process_time

from harness.solver import Query, Solver, Status
from harness.term.context import simplify_under
from harness.term.core import TRUE, Term, bvar, const, eq, iff, ite, not_, var
from harness.term.evaluate import Apply, compile_terms
from harness.term.facts import facts_of
from harness.term.hashing import is_keccak
from harness.term.substitute import rebuild, substitute
from harness.term.walk import postorder

TRIALS = 40
"""How often everything is evaluated at random."""

LEMMA_MS = 250
"""The solver's time for one pair."""

LARGEST_LEMMA = 120
"""Pairs with more nodes than this are not tried: what they consist of is."""

SMALL = 40
"""Choices between terms with no more nodes than this are simplified by their conditions."""

CANDIDATES = 3
"""With how many of the terms that always agreed with it a term is compared."""

Signature = tuple[bool, tuple[int, ...]]


class Meeting:
    """Knows which pairs were proved equal; one `simplified` may take `seconds` of the processor, roughly."""

    def __init__(self, seconds: float = 5.0) -> None:
        self._seconds = seconds
        self._solver = Solver(LEMMA_MS)
        self._lemmas: dict[Term, bool] = {}

    def simplified(self, goal: Term) -> Term:
        """Return a term that is equal to the boolean `goal`, in which equal subterms are one term."""
        deadline = process_time() + self._seconds
        nodes = list(postorder((goal,)))
        signatures = _signatures(nodes)
        met: dict[Term, Term] = {}
        leaders: dict[Signature, list[Term]] = {}
        for node, signature in zip(nodes, signatures, strict=True):
            args = [met[arg] for arg in node.args]
            same = all(new is old for new, old in zip(args, node.args, strict=True))
            new = _in_context(node if same else rebuild(node, args))
            met[node] = self._leader(new, leaders, signature, deadline)
        return met[goal]

    def _leader(
        self, term: Term, leaders: dict[Signature, list[Term]], signature: Signature, deadline: float
    ) -> Term:
        """Return the first term that `term` is equal to; itself if there is none."""
        if not term.args:
            return term
        known = leaders.setdefault(signature, [_constant(signature)] if _is_constant(signature) else [])
        if term in known:
            return term
        if process_time() < deadline:
            for other in known[:CANDIDATES]:
                if self._equal(term, other):
                    return other
        known.append(term)
        return term

    def _equal(self, left: Term, right: Term) -> bool:
        """Say whether two terms are surely equal, whatever their symbols and functions are."""
        claim = iff(left, right) if left.boolean else eq(left, right)
        nodes = list(postorder((claim,)))
        if len(nodes) > LARGEST_LEMMA:
            return False
        lemma = _generalised(claim)
        if lemma not in self._lemmas:
            proved = lemma is TRUE or self._solver.check(Query((), lemma)).status is Status.PROVED
            self._lemmas[lemma] = proved
        return self._lemmas[lemma]


def _in_context(term: Term) -> Term:
    """Return a small choice with each arm simplified by what is known where it is chosen."""
    if term.op != "ite" or not (_is_small(term.args[1]) and _is_small(term.args[2])):
        return term
    condition, then, other = term.args
    return ite(
        condition,
        simplify_under(then, facts_of(condition)),
        simplify_under(other, facts_of(not_(condition))),
    )


def _is_small(term: Term) -> bool:
    seen = {term}
    waiting = [term]
    while waiting:
        for arg in waiting.pop().args:
            if arg not in seen:
                seen.add(arg)
                waiting.append(arg)
        if len(seen) > SMALL:
            return False
    return True


def _generalised(claim: Term) -> Term:
    """Return the claim for arbitrary values in place of its symbols and function values."""
    replacements: dict[Term, Term] = {}
    seen: set[Term] = set()
    waiting = [claim]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op in ("var", "apply"):
            replacements[node] = var(f"any{len(replacements)}", node.lo, node.hi)
        elif node.op == "bvar":
            replacements[node] = bvar(f"any{len(replacements)}")
        else:
            waiting.extend(node.args)
    return substitute((claim,), replacements)[0]


def _is_constant(signature: Signature) -> bool:
    return len(set(signature[1])) == 1


def _constant(signature: Signature) -> Term:
    boolean, (value, *_) = signature
    if boolean:
        return TRUE if value else not_(TRUE)
    return const(value)


def _signatures(nodes: Sequence[Term]) -> list[Signature]:
    """Return for each node its values in every trial."""
    run = compile_terms(nodes)
    trials = [run(*_inputs(nodes, Random(seed))) for seed in range(TRIALS)]
    return [
        (node.boolean, tuple(values)) for node, values in zip(nodes, zip(*trials, strict=True), strict=True)
    ]


def _inputs(nodes: Sequence[Term], dice: Random) -> tuple[dict[str, int], dict[str, Apply]]:
    """Return symbols' values and functions that are random within their bounds."""
    salt = dice.getrandbits(64)
    values = {}
    functions: dict[str, Apply] = {}
    for node in nodes:
        if node.op == "var":
            values[node.data[0]] = _number(dice, node.lo, node.hi)
        elif node.op == "bvar":
            values[node.data] = dice.getrandbits(1)
        elif node.op == "apply" and not is_keccak(node.data):
            functions[node.data.name] = _random_function(node.data.name, node.lo, node.hi, salt)
    return values, functions


def _random_function(name: str, low: int | None, high: int | None, salt: int) -> Apply:
    def value(*args: int) -> int:
        return _number(Random(repr((salt, name, args))), low, high)

    return value


def _number(dice: Random, low: int | None, high: int | None) -> int:
    """Return a number within bounds: often at an end, else of any magnitude."""
    least = low if low is not None else -(2**64) if high is None else high - 2**64
    most = high if high is not None else least + 2**65
    kind = dice.randrange(8)
    if kind < 2:
        return min(most, least + kind)
    if kind == 2:
        return most
    span = most - least
    return least + (dice.getrandbits(dice.randint(1, span.bit_length())) % (span + 1) if span else 0)
