"""The store, traversal, substitution and printing of terms."""

from __future__ import annotations

from itertools import product

import pytest

from harness.term import core, word
from harness.term.core import Function, and_, apply, const, eq, ite, le, not_, var
from harness.term.evaluate import EvaluationError, compile_terms, evaluate
from harness.term.hashing import keccak, keccak_words, preimage
from harness.term.integer import iadd, idiv, imul, isub
from harness.term.show import show
from harness.term.substitute import substitute
from harness.term.walk import free_symbols, postorder, size

A, B = (var(name, 0, 2**64 - 1) for name in ("a", "b"))
P = core.bvar("p")
F = Function("f", 1, 0, 255)


def test_arguments_come_before_the_terms_that_use_them() -> None:
    order = postorder([ite(le(A, B), iadd(A, B), const(5))])
    places = {node: place for place, node in enumerate(order)}
    assert all(places[arg] < places[node] for node in order for arg in node.args)


def test_what_is_known_is_not_walked_through() -> None:
    condition, arms = le(iadd(A, A), B), (const(7), const(9))
    top = ite(condition, *arms)

    assert set(postorder([top], postorder([condition]))) == {top, *arms}


def test_terms_from_before_a_clear_can_still_be_evaluated_and_combined() -> None:
    script = """if True:
        from harness.term import core
        from harness.term.evaluate import evaluate
        from harness.term.integer import iadd
        old = iadd(core.var("a"), core.const(7))
        core.clear()
        new = iadd(old, core.var("b"))
        assert core.known_terms() < 10
        assert evaluate([new], {"a": 1, "b": 2}) == [10]
    """
    import subprocess
    import sys

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_deep_terms_overflow_nothing() -> None:
    term = A
    for index in range(3000):
        term = ite(core.bvar(f"deep{index}"), var(f"x{index}"), term)
    values = {f"deep{index}": False for index in range(3000)} | {f"x{index}": 1 for index in range(3000)}
    assert evaluate([idiv(term, const(7))], {**values, "a": 70}) == [10]
    assert compile_terms([term])({**values, "a": 70}, {}) == (70,)
    assert substitute([term], {A: const(3)})[0] is not term
    assert len(show(term)) > 3000


def test_free_symbols_and_size() -> None:
    symbols, functions = free_symbols(ite(P, apply(F, A), B))
    assert {term.op for term in symbols} == {"var", "bvar"}
    assert functions == [F]
    assert size(A) == 1


def test_substitution_is_simultaneous() -> None:
    assert substitute([isub(A, B)], {A: B, B: A})[0] is isub(B, A)


def test_substitution_simplifies() -> None:
    assert substitute([ite(le(A, B), A, B)], {B: const(2**64 - 1)})[0] is A


def test_functions_are_substituted_with_their_arguments() -> None:
    (term,) = substitute([apply(F, apply(F, A))], {A: const(3)}, {F: lambda x: word.wrap(iadd(x, x), 8)})
    assert term is const(12)


def test_substitution_refuses_a_replacement_outside_the_bounds() -> None:
    with pytest.raises(core.TermError, match="do not contain"):
        substitute([A], {A: var("wide")})


def test_evaluation_refuses_values_outside_their_bounds() -> None:
    with pytest.raises(EvaluationError, match="outside its bounds"):
        evaluate([A], {"a": -1})
    with pytest.raises(EvaluationError, match="has no value"):
        evaluate([B], {"a": 1})
    with pytest.raises(EvaluationError, match="outside its bounds"):
        evaluate([apply(F, A)], {"a": 1}, {"f": lambda x: 256})


def test_functions_can_be_tables() -> None:
    assert evaluate([apply(F, A)], {"a": 1}, {"f": {(1,): 9}}) == [9]
    with pytest.raises(EvaluationError, match=r"f has no value at \(2,\)"):
        evaluate([apply(F, A)], {"a": 2}, {"f": {(1,): 9}})


def test_keccak_of_constants_is_computed_and_of_terms_is_not_assumed_injective() -> None:
    digest = 0xC2575A0E9E593C00F959F8C92F12DB2869C3395A3B0502D05E2516446F71F85B
    assert keccak((const(3),)) is const(digest)
    assert preimage(digest) == (3,)
    assert eq(keccak((A,)), keccak((B,))).op == "eq"
    assert evaluate([keccak((A,))], {"a": 3}) == [keccak_words(3)]


def test_shown_terms_are_readable() -> None:
    assert show(le(A, iadd(B, const(5)))) == "(a <= b + 5)"
    assert show(le(iadd(A, const(5)), B)) == "(a + 4 < b)"
    assert show(word.wrap(isub(A, B), 64)) == "((a - b) % 2^64)"
    assert show(and_(P, not_(eq(A, const(2**64 - 1))))) == "(p & (a != 2^64-1))"


def test_shared_subterms_are_shown_once() -> None:
    shared = idiv(iadd(A, B), const(3))
    text = show(ite(P, apply(F, shared), imul(shared, A)))
    assert text.splitlines()[0].startswith("$0 = ")
    assert text.count("/ 3") == 1


def test_terms_that_were_built_before_are_not_built_again() -> None:
    symbols = [var(f"s{index}", 0, 2**64 - 1) for index in range(40)]
    sums = {(one, other): word.add(one, other) for one, other in product(symbols, repeat=2)}
    known = core.known_terms()

    assert all(word.add(other, one) is found for (one, other), found in sums.items())
    assert core.known_terms() == known
