"""A rule of the term layer that is made wrong is noticed by comparing with the naive semantics.

So the agreement of `test_meaning` is worth something: each sabotage here is one small
mistake that an implementer could have made.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.term import boolean, choice, compare, core, integer, linear, pack, ranges, word
from harness.term.evaluate import evaluate
from tests.harness.term.oracle import BOUNDS, EDGES, EVERYTHING_SMALL, FLAGS, INTEGER, WORD, W, f, run

PROGRAMS = 400
ENVIRONMENTS = 6
LOGIC = ("and", "or", "not", "implies", "xor", "eq", "ite")


def random_environment(chance: random.Random) -> dict[str, int]:
    """Give symbols values that often coincide or sit at the ends of their ranges."""
    shared = [chance.choice(EDGES), chance.randrange(8)]
    environment: dict[str, int] = {}
    for name, (lo, hi) in BOUNDS.items():
        low, high = -W if lo is None else lo, W if hi is None else hi
        small = chance.randrange(-4, 40)
        number = chance.choice([*shared, chance.choice(EDGES), high - chance.randrange(3), small, small])
        environment[name] = number if low <= number <= high else low + (number - low) % (high - low + 1)
    return environment | {name: chance.random() < 0.5 for name in FLAGS}


def random_step(chance: random.Random) -> tuple[object, ...]:
    """Pick an instruction of the oracle's machine; recent values are the likeliest operands."""
    a, b, c = (int(chance.expovariate(1 / 25)) for _ in range(3))
    width = chance.choice([8, 16, 32, 64, 85])
    return chance.choice(
        [
            ("number_step", chance.choice(sorted(INTEGER)), a, b),
            ("word_step", chance.choice(sorted(WORD)), a, b, c),
            ("word_step", chance.choice(sorted(WORD)), a, b, c),
            ("bits_step", a, chance.choice([0, 8, 32, 64, 160]), width),
            ("pack_step", a, b, c, width),
            ("compare_step", chance.choice(["eq", "le", "lt"]), a, b, chance.random() < 0.6),
            ("logic_step", chance.choice(LOGIC), a, b, c),
            ("ite_step", a, b, c, chance.random() < 0.6),
        ]
    )


def differs(seed: int) -> bool:
    """Say whether a random program has another value, or bounds that its value is outside of."""
    chance = random.Random(seed)
    small = seed % 2 == 0
    program = [random_step(chance) for _ in range(chance.randrange(4, 10 if small else 30))]
    environments = [random_environment(chance) for _ in range(ENVIRONMENTS)]
    if small:
        environments = EVERYTHING_SMALL
    try:
        machine = run(program, environments, small)
        everything = machine.everything()
        terms = [term for term, _ in everything]
        for index, environment in enumerate(environments):
            for (term, values), value in zip(everything, evaluate(terms, environment, {"f": f}), strict=True):
                outside = (term.lo is not None and value < term.lo) or (
                    term.hi is not None and value > term.hi
                )
                if value != values[index] or outside:
                    return True
    except core.TermError:  # a word that its bounds no longer show to be one
        return True
    return False


@pytest.fixture(autouse=True)
def _fresh_tables() -> Iterator[None]:
    core.clear()
    yield
    core.clear()


def test_without_sabotage_nothing_differs() -> None:
    assert not any(differs(seed) for seed in range(60))


def _fits_up_to_the_modulus(lo: int | None, hi: int | None, d: int) -> bool:
    return lo is not None and hi is not None and (lo // d == hi // d or hi == d)


def _cut_without_bounds(term: core.Term, modulus: int) -> tuple[core.Term, core.Term]:
    k, items = linear.parts(term)
    low, high = linear.split(k, items, modulus)
    return linear.total(*low), linear.total(*high)


def _range_that_forgets_equality(op: str, negated: bool, sign: int, k: int) -> ranges.Range:
    edge = -k * sign
    if sign > 0:
        return ranges.Range(edge, None) if negated else ranges.Range(None, edge)
    return ranges.Range(None, edge) if negated else ranges.Range(edge, None)


def _off_by_one(x: core.Term, divisor: int, factor: int, k: int) -> core.Term:
    if factor > 0:
        return compare.le(x, core.const((-k // factor + 1) * divisor))
    return compare.le(core.const(-(k // factor) * divisor), x)


def _arms_confused(condition: core.Term, then: core.Term, other: core.Term) -> core.Term | None:
    if then.op == "ite" and then.args[1] is other:
        return choice.ite(boolean.and_(condition, then.args[0]), then.args[2], other)
    return None


SABOTAGE: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "a remainder taken for its argument": (integer, "_one_quotient", _fits_up_to_the_modulus),
    "segments that overlap": (integer, "cut", _cut_without_bounds),
    "an inner remainder that matters dropped": (
        integer, "_congruent", lambda item, c, d: item.args[0] if item.op == "mod" else item
    ),
    "a strict comparison taken for a weak one": (ranges, "_range_of", _range_that_forgets_equality),
    "a quotient's bound off by one": (compare, "_quotient_bound", _off_by_one),
    "arms of a choice confused": (choice, "_merged", _arms_confused),
    "the sign of a word forgotten": (word, "signed", lambda term: term),
    "bits of two words taken for disjoint": (
        pack, "_or_piece", lambda a, b, width: linear.combine((1, a), (1, b))
    ),
    "an implied comparison that is not": (ranges.Range, "inside", lambda self, other: True),
    "bounds of a product from two corners": (
        integer, "_product_bounds", lambda a, b: ((a[0] or 0) * (b[0] or 0), (a[1] or 0) * (b[1] or 0))
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", SABOTAGE)
def test_a_mistake_in_a_rule_is_noticed(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, replacement = SABOTAGE[mistake]
    monkeypatch.setattr(owner, name, replacement)
    assert any(differs(seed) for seed in range(PROGRAMS))
