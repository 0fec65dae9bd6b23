"""What a report tells of a target beside its verdicts."""

from __future__ import annotations

from typing import Any

from harness.check.prove.granted import BUILT_IN, MODELLING
from harness.check.receipt import specification_hash
from harness.check.target import Target
from harness.cli.config import load_config, nearest_config
from harness.cli.runs import read_runs, results_of
from harness.compiler import CompilerError, compile_contract
from harness.compiler.tree import compile_tree
from harness.report.contract import describe_code, describe_functions, describe_sources, describe_storage
from harness.report.document import describe, describe_assumption
from harness.report.mutants import FILE


def describe_target(target: Target) -> dict[str, Any]:
    """Return the report's entry for `target`: its specification, and its functions and storage.

    A contract that does not compile has no functions to show; the error itself is the check's to raise.
    """
    known = describe(target.spec, target.contract)
    known["assumptions"] += [describe_assumption(each) for each in MODELLING]
    known["properties"] += [_built_in(name, sentence) for name, sentence in BUILT_IN.items()]
    known["mutants"] = _mutants(target)
    try:
        unit, name = target.project.locate(target.contract)
        tree = compile_tree(target.project, [unit], target.settings)
        artifact = compile_contract(target.project, target.contract, target.settings)
    except CompilerError:
        return known
    return {
        **known,
        "code": describe_code(artifact),
        "functions": describe_functions(tree, unit, name),
        "sources": describe_sources(tree),
        "storage": describe_storage(artifact.layout),
    }


def _built_in(name: str, sentence: str) -> dict[str, Any]:
    """Return the report's entry for a property that is proved of every contract."""
    text = {"name": name, "kind": "built-in", "sentence": sentence, "reason": "", "source": ""}
    return {**text, "kills": [], "limitation": False}


def _mutants(target: Target) -> dict[str, Any]:
    """Return what was recorded of mutants of `target`, by their makers; nothing of another tree's."""
    settings = nearest_config(target.home.root) if target.project == target.home else None
    runs = read_runs(FILE, results_of(load_config(settings))) if settings is not None else {}
    specification = specification_hash(target.spec)
    return {
        maker: {**run, "current": run["about"].get("specification") == specification}
        for maker, run in ((name.removesuffix(f" {target.name}"), run) for name, run in runs.items())
        if " " not in maker
    }
