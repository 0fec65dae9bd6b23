"""Hypothesis' view of a campaign: the same operations on contract and model, its own way of shrinking."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from harness.check.campaign.call import Planned
from harness.check.campaign.ground import Ground, parts
from harness.check.campaign.run import Run, Table
from harness.check.campaign.surface import Operation
from harness.cli.options import Tree
from harness.cli.targets import load_targets
from harness.evm.codec import AbiType, WordType
from tests.toys.vault.target import broken_vault, vault_target

QUICK = settings(
    max_examples=12,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@cache
def table_of(target: str) -> Table:
    [found] = load_targets([target], Tree()) if target != "vault" else [vault_target()]
    return Table(Ground(parts(found)))


def values(kind: AbiType, ground: Ground) -> st.SearchStrategy[Any]:
    """Return the values of an argument; Hypothesis likes ends and small numbers, thresholds are ours."""
    assert isinstance(kind, WordType), kind
    if kind.kind == "address":
        return st.sampled_from([*ground.people[:8], 0, ground.address]) | st.integers(0, 2**160 - 1)
    if kind.kind == "bool":
        return st.integers(0, 1)
    constants = [value for value in ground.spec.model.constants.values() if value >> kind.bits == 0]
    products = [a * b for a in constants for b in constants if a * b >> kind.bits == 0]
    ends = st.integers(0, min(2**kind.bits - 1, 255)) | st.integers(0, 2**kind.bits - 1)
    return st.sampled_from(constants + products or [0]) | ends


def machine(table: Table, accepted: Counter[str] | None = None) -> type[RuleBasedStateMachine]:
    """Return the machine of one target: calls by anybody, and time; counts what is `accepted`."""
    tally = accepted if accepted is not None else Counter()
    ground = table.ground
    people = st.sampled_from(ground.people[:10])
    steps = st.sampled_from([0, 1, 12, *(d + j for d in _durations(ground) for j in (-1, 0, 1))])

    class Machine(RuleBasedStateMachine):
        @initialize()
        def deploy(self) -> None:
            self.run = Run(table)
            self.time = ground.start_time

        @rule(seconds=steps)
        def wait(self, seconds: int) -> None:
            self.time += seconds

        @rule(
            sender=people,
            call=st.sampled_from(ground.surface.operations).flatmap(
                lambda operation: st.tuples(st.just(operation), _arguments(operation, ground))
            ),
        )
        def call(self, sender: int, call: tuple[Operation, tuple[Any, ...]]) -> None:
            operation, arguments = call
            data = operation.function.encode(*arguments)
            number = ground.start_number + 1 + len(self.run.done)
            self.run.plan(Planned(operation, arguments, data, sender, self.time, number))

        def teardown(self) -> None:
            findings = self.run.finish(rules=None)
            if findings:
                raise AssertionError(str(findings[0]))
            tally.update(one.call.signature for one in self.run.done if one.refusal is None)

    return Machine


def _durations(ground: Ground) -> list[int]:
    return [value for value in ground.spec.model.constants.values() if 30 <= value < 2**32]


def _arguments(operation: Operation, ground: Ground) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(*[values(one.type, ground) for one in operation.function.inputs])


@pytest.mark.parametrize("target", ["v1", "v2", "v3", "vault"])
def test_contract_and_model_go_together(target: str) -> None:
    accepted: Counter[str] = Counter()

    run_state_machine_as_test(machine(table_of(target), accepted), settings=QUICK)

    assert len(accepted) > 3, "calls of several functions succeeded, on both sides alike"


def test_a_defect_is_found(tmp_path: Path) -> None:
    target = broken_vault(tmp_path, ("if (amount < LEAST) revert TooLittle();", ""))

    # As many sequences as it takes: another version of anything changes what chance tries first.
    until_found = settings(QUICK, max_examples=1_000, phases=[Phase.generate])
    with pytest.raises(AssertionError, match="success or refusal: the model says TooLittle"):
        run_state_machine_as_test(machine(Table(Ground(parts(target)))), settings=until_found)
