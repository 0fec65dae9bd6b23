"""What a report tells of a target beside its verdicts."""

from __future__ import annotations

from typing import Any

from harness.check.target import Target
from harness.compiler import CompilerError, compile_contract
from harness.compiler.tree import compile_tree
from harness.report.contract import describe_functions, describe_storage
from harness.report.document import describe


def describe_target(target: Target) -> dict[str, Any]:
    """Return the report's entry for `target`: its specification, and its functions and storage.

    A contract that does not compile has no functions to show; the error itself is the check's to raise.
    """
    known = describe(target.spec, target.contract)
    try:
        unit, name = target.project.locate(target.contract)
        tree = compile_tree(target.project, [unit], target.settings)
        artifact = compile_contract(target.project, target.contract, target.settings)
    except CompilerError:
        return known
    return {
        **known,
        "functions": describe_functions(tree, unit, name),
        "storage": describe_storage(artifact.layout),
    }
