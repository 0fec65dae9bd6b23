"""The specification holds of what solc's other code generator makes."""

from __future__ import annotations

from dataclasses import replace

from harness.check.prove.build import CALLEES_HAVE_CODE, codes_exist
from harness.check.prove.prover import Limits, Prover
from harness.check.prove.subject import Subject
from harness.check.verdict import Outcome
from harness.cli.options import Tree
from harness.cli.targets import load_targets
from harness.compiler import compile_contract
from harness.symbolic.world import is_codesize
from harness.term.walk import postorder

STAKE = "stake(uint64,uint32,uint32)"


def test_who_is_called_has_code_however_the_address_was_worked_out() -> None:
    [target] = load_targets(["v3"], Tree())
    artifact = compile_contract(target.project, target.contract, replace(target.settings, pipeline="via-ir"))
    prover = Prover(Subject(target.spec, artifact), Limits(seconds=20))
    result = prover.subject.execution(STAKE).result

    terms = [result.success, *(one.condition for one in result.failures)]
    asked = [node for node in postorder(terms) if node.op == "apply" and is_codesize(node.data)]
    assert asked
    assert len(codes_exist(result)) == len(asked)
    assert all(name.startswith(f"assumption {CALLEES_HAVE_CODE}") for name, _ in codes_exist(result))

    verdicts = {one.property: one for one in prover.entry(STAKE, ["stake_admits_the_better"])}
    assert verdicts["stake_admits_the_better"].outcome is Outcome.PROVED
