"""`poolproof equiv`: the reference model is the contract, function by function."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from harness.check.equiv.run import CHECK, equivalence
from harness.check.prove.prover import Limits
from harness.check.target import Progress, Target
from harness.check.verdict import Verdict
from harness.cli.options import Names, Output, Timeout, Tree, Workers, grouped
from harness.cli.session import Session
from harness.cli.targets import load_targets
from harness.compiler import compile_contract


@grouped
def equiv(
    names: Names = None,
    tree: Tree = Tree(),
    timeout: Timeout = 10.0,
    workers: Workers = 0,
    output: Output = Output(),
) -> None:
    """Prove that the targets' reference models do what the contracts do.

    For each function, from any state that has the invariants, for any caller, arguments and
    block: model and contract agree on success, on the exact revert data, on what is returned,
    announced and asked of other contracts, and on every storage field. What is then proved of
    the model is proved of the contract. A difference is a candidate until it is executed, so
    it is shown as UNKNOWN here: `poolproof fuzz` executes.

    \b
    Examples:
      poolproof equiv v3
      poolproof equiv --timeout 30

    Exit codes: 0 the models are the contracts, 2 wrong usage or the sources do not compile, 3
    something was not decided, or differs.
    """
    targets = load_targets(names or (), tree)
    count = workers or os.cpu_count() or 1
    with Session(targets, output) as session:
        for target in targets:
            session.run(target.name, CHECK, partial(compare_target, target, timeout, count))


def compare_target(target: Target, timeout: float, workers: int, progress: Progress) -> Iterator[Verdict]:
    """Yield the verdicts about `target`."""
    compiled = compile_contract(target.project, target.contract, target.settings)
    for verdict in equivalence(target.spec, compiled, Limits(timeout), workers, progress):
        yield replace(verdict, target=target.name)
