"""A rule of the encoder that is made wrong, or left out, changes an answer of the catalogue.

Broken towards proving too much, it proves what is refutable, or finds models that
evaluation does not confirm (which are never shown). Broken towards proving too
little, it fails to prove what holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

from harness.solver import Model, Query, Solver, Status, encode, fragment
from harness.solver.query import confirmed
from harness.term import core
from tests.harness.solver.test_solver import PROVABLE, REFUTABLE

encoder = import_module("harness.solver.encode")
SOLVER = Solver(timeout_ms=2_000)
real = {name: getattr(fragment, name) for name in ("_by_constant", "_comparison", "multiply", "bounded")}


@pytest.fixture(autouse=True)
def _fresh_fragments() -> Iterator[None]:
    fragment._fragments.clear()
    yield
    fragment._fragments.clear()


def unchanged() -> bool:
    """Say whether every query of the catalogue still gets its answer."""
    fragment._fragments.clear()
    proved = all(SOLVER.check(query).status is Status.PROVED for query in PROVABLE.values())
    return proved and all(SOLVER.check(query).status is Status.MODEL for query in REFUTABLE.values())


def without_wrap(node: core.Term, x: core.Term, d: int) -> Any:
    if node.op == "mod":
        return fragment._defined(node, fragment.name(x))
    return real["_by_constant"](node, x, d)


def reversed_order(node: core.Term) -> Any:
    made = real["_comparison"](node)
    made.definitions = [text.replace("(<= ", "(>= ", 1) for text in made.definitions]
    return made


def product_too_small(result: Any, symbol: str, left: Any, right: Any) -> Any:
    bounds = real["multiply"](result, symbol, left, right)
    result.lemmas.append(f"(<= {symbol} {left[0]})")
    return bounds


def product_without_meaning(result: Any, symbol: str, left: Any, right: Any) -> Any:
    bounds = real["multiply"](result, symbol, left, right)
    result.exact.clear()
    result.lemmas.clear()
    return bounds


SABOTAGE: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "a wrap dropped": (fragment, "_by_constant", without_wrap),
    "bounds dropped": (fragment, "bounded", lambda text, lo, hi: []),
    "a comparison turned round": (fragment, "_comparison", reversed_order),
    "a product bounded by its factor": (fragment, "multiply", product_too_small),
    "a product without its facts": (fragment, "multiply", product_without_meaning),
    "an assumption that contradicts itself": (encoder, "injectivity", lambda nodes: ["false"]),
}


def test_without_sabotage_the_catalogue_is_answered() -> None:
    assert unchanged()


@pytest.mark.parametrize("mistake", SABOTAGE)
def test_a_mistake_in_the_encoding_is_noticed(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, replacement = SABOTAGE[mistake]
    monkeypatch.setattr(owner, name, replacement)
    for op, encoding in list(fragment._ENCODERS.items()):
        if encoding is real.get(name):
            monkeypatch.setitem(fragment._ENCODERS, op, replacement)
    assert not unchanged()


def test_a_model_that_evaluation_refutes_is_not_believed() -> None:
    a = core.var("a", 0, 9)
    query = Query([], core.le(a, core.const(5)))
    assert encode(query).goal
    assert not confirmed(Model({"a": 3}, {}), query)
    assert confirmed(Model({"a": 7}, {}), query)
