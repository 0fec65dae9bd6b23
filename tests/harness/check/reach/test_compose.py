"""One execution after another is what the EVM does when it makes both calls."""

from __future__ import annotations

from itertools import pairwise

import pytest

from harness.check.campaign.ground import Parts
from harness.check.prove.subject import Subject
from harness.check.reach.calls import Calls
from harness.check.reach.compose import Substitution
from harness.check.reach.deployed import deployed_storage
from harness.check.reach.sequence import Reached, extended, first, transactions
from harness.check.reach.thresholds import trials
from harness.check.triage.facts import World
from harness.check.triage.scene import Scene, Situation
from harness.solver import Solver, Status
from harness.term.core import FALSE, TRUE, Term, and_, const, eq, ite, le, lt, not_, var
from harness.term.integer import idiv


@pytest.fixture(scope="module")
def scene(vault_parts: Parts) -> Scene:
    return Scene(vault_parts)


@pytest.fixture(scope="module")
def calls(scene: Scene, vault_parts: Parts) -> Calls:
    return Calls(scene, Subject(vault_parts.spec, vault_parts.target))


def grown(scene: Scene, calls: Calls, *names: str) -> Reached | None:
    reached: Reached | None = first(scene, deployed_storage(scene))
    for name in names:
        assert reached is not None
        calls.names  # noqa: B018  # executes them
        reached = extended(scene, World(scene), reached, calls.execution(name))
    return reached


@pytest.mark.parametrize(
    "names",
    [
        ("deposit(uint64)",),
        ("deposit(uint64)", "deposit(uint64)"),
        ("deposit(uint64)", "withdraw()"),
        ("deposit(uint64)", "freeze(address,bool)", "deposit(uint64)"),
    ],
)
def test_a_composed_state_is_the_executed_one(scene: Scene, calls: Calls, names: tuple[str, ...]) -> None:
    reached = grown(scene, calls, *names)
    assert reached is not None
    people = [scene.site.address(name) for name in ("saver_1", "keeper")]
    callers = [known["caller"] for known in reached.symbols]
    wanted = [
        eq(caller, const(people["freeze" in name])) for caller, name in zip(callers, names, strict=True)
    ]
    times = [known["timestamp"] for known in reached.symbols if "timestamp" in known]
    wanted += [le(one, two) for one, two in pairwise(times)]
    answer = Solver().satisfiable(and_(*reached.conditions, *wanted))
    assert answer.status is Status.MODEL
    assert answer.model is not None
    written = reached.storage.written()

    with scene.played(Situation(), transactions(answer.model, scene, reached.steps)) as acts:
        assert all(act.call.succeeds for act in acts)
        for region, log in written.items():
            for keys, _ in log.writes:
                at = tuple(answer.model.evaluate(keys))
                told = answer.model.value(log.read(tuple(map(const, at))))
                assert told == scene.word(scene.places.word(region, at)), (region, at)


def test_what_surely_fails_or_changes_nothing_is_no_step(scene: Scene, calls: Calls) -> None:
    assert grown(scene, calls, "withdraw()") is None


def test_independent_calls_are_looked_at_in_one_order(calls: Calls) -> None:
    pair = ("visit(uint8)", "deposit(uint64)")
    assert calls.is_reordered(*pair) != calls.is_reordered(*reversed(pair))
    assert not calls.is_reordered("deposit(uint64)", "withdraw()")


def test_substitution_leaves_alone_what_does_not_matter() -> None:
    looked_at: list[str] = []

    def replace(node: Term) -> Term:
        looked_at.append(str(node.data[0]))
        return const(3) if node.data[0] == "x" else node

    x, y, z = var("x"), var("y"), var("z")
    term = ite(lt(x, const(5)), y, idiv(z, const(7)))

    assert Substitution(replace, lambda function, args: args[0])(term) is y
    assert looked_at == ["x", "y"]


def test_divisors_are_tried_where_conditions_change() -> None:
    amount, divisor = var("amount", 0, 2**64 - 1), var("divisor", 0, 2**32 - 1)
    terms = [not_(le(divisor, const(31))), eq(idiv(amount, divisor), var("share"))]
    assert [values[divisor] for values in trials(terms)] == [31, 32, 1]


def test_linear_terms_need_no_trials() -> None:
    assert list(trials([le(var("amount"), const(5)), TRUE, FALSE])) == []
