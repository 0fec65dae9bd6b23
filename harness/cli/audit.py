"""`poolproof audit`: Slither against a baseline that explains what was accepted."""

# Slither takes half a second to import, so only who audits does.
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from posixpath import commonpath, dirname
from typing import TYPE_CHECKING, Annotated

import typer

from harness.audit import CHECK
from harness.audit.baseline import Baseline, proposal
from harness.audit.finding import Finding
from harness.audit.proofs import Proofs
from harness.check.prove.granted import BUILT_IN
from harness.check.prove.prover import CHECK as PROVE
from harness.check.receipt import Receipt, receipt_of_hashes
from harness.check.target import Progress, Target
from harness.check.verdict import Verdict
from harness.cli.config import load_config
from harness.cli.files import file_to_write
from harness.cli.options import Names, Output, Tree, grouped
from harness.cli.session import Session
from harness.cli.targets import load_targets
from harness.compiler import Project
from harness.compiler.cache import content_hash
from harness.compiler.tree import CompiledTree, compile_tree

if TYPE_CHECKING:
    from harness.audit.engine import Detections

TOOLS = ("slither-analyzer", "crytic-compile")
"""The packages that take part in an audit."""

Proposal = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        callback=file_to_write,
        help="Write baseline entries for the new findings to FILE, without reasons.",
    ),
]


@grouped
def audit(
    names: Names = None,
    tree: Tree = Tree(),
    output: Output = Output(),
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The accepted findings, in place of pyproject.toml's audit-baseline."
        ),
    ] = None,
    propose: Proposal = None,
) -> None:
    """Run all of Slither's detectors, and poolproof's own, over the targets' sources.

    A finding that the baseline does not explain fails, and so does an entry of the
    baseline whose finding is gone. Slither's comments and triage files are ignored:
    what is accepted is said in the baseline, with its reason, and where a property makes
    it harmless, with that: `poolproof verify` then holds it against the proof.

    \b
    Examples:
      poolproof audit
      poolproof audit v3 --propose new-findings.toml
      poolproof audit v3 --root ../mine --source src/Pool.sol:Pool

    Exit codes: 0 no new finding, 1 new findings, 2 wrong usage or the sources do not
    compile, 3 a detector failed.
    """
    targets = load_targets(names or (), tree)
    with Session(targets, output) as session:
        auditor = Auditor.of(tree, baseline)
        for target in targets:
            session.run(target.name, CHECK, partial(auditor.check, target))
        if propose is not None:
            propose.write_text(proposal(auditor.new_findings(targets)), encoding="utf-8")


@dataclass
class Auditor:
    """Audits targets; one run of Slither serves all of a source tree.

    What is dead code depends on the whole tree, so of the configuration's tree the whole folder that
    holds its targets is always read, whichever are audited.
    """

    baseline: Baseline
    everyone: list[Target]
    runs: dict[Project, tuple[CompiledTree, Detections]]

    @classmethod
    def of(cls, tree: Tree, baseline: Path | None) -> Auditor:
        """Return the auditor for what the command line asks for; a foreign tree starts with no baseline."""
        if tree.source is not None:
            return cls(Baseline.load(baseline) if baseline else Baseline(), [], {})
        file = baseline or load_config(tree.config).audit_baseline
        return cls(Baseline.load(file) if file else Baseline(), load_targets((), tree), {})

    def check(self, target: Target, progress: Progress, decided: Iterable[Verdict] = ()) -> Iterator[Verdict]:
        """Yield the verdicts about `target`, given what the same run has `decided` before."""
        from harness.audit.run import run_audit

        progress(0, 0, "Slither")
        compiled, detections = self._run(target)
        units = _own_units(compiled, target)
        proofs = _proofs(target, decided)
        contract = target.project.locate(target.contract)
        verdicts = run_audit(compiled, self.baseline, target.name, units, detections, proofs, contract)
        yield from map(self.receipt(target).attached_to, verdicts)

    def receipt(self, target: Target) -> Receipt:
        """Return what the verdicts about `target` depend on: for an audit, sources and baseline."""
        sources = self._tree(target).input_hash
        return receipt_of_hashes(sources, content_hash(repr(self.baseline)), *TOOLS)

    def new_findings(self, targets: Iterable[Target]) -> list[Finding]:
        """Return what the baseline does not explain, each finding once."""
        found: dict[Finding, None] = {}
        for target in targets:
            compiled, detections = self._run(target)
            triage = self.baseline.triage(detections.findings, _own_units(compiled, target))
            found.update(dict.fromkeys(triage.new))
        return list(found)

    def _run(self, target: Target) -> tuple[CompiledTree, Detections]:
        from harness.audit.engine import detect

        if target.project not in self.runs:
            compiled = self._tree(target)
            self.runs[target.project] = compiled, detect(compiled)
        return self.runs[target.project]

    def _tree(self, target: Target) -> CompiledTree:
        units = {unit for each in (*self.everyone, target) for unit in _units(each)}
        places = _folder(target.project, units) if self.everyone else sorted(units)
        return compile_tree(target.project, places, target.settings)


def _proofs(target: Target, decided: Iterable[Verdict]) -> Proofs:
    """Return what was proved about `target`, and what could be."""
    stated = (*(one.name for one in target.spec.claims), *BUILT_IN)
    return Proofs.of(stated, (one for one in decided if (one.target, one.check) == (target.name, PROVE)))


def _units(target: Target) -> list[str]:
    """Return the units of the target's contract and of those deployed with it from the same tree."""
    contracts = [target.contract]
    if target.project == target.home and target.spec.deployment is not None:
        contracts += [each.source for each in target.spec.deployment.contracts if each.source is not None]
    return [target.project.locate(contract)[0] for contract in contracts]


def _folder(project: Project, units: set[str]) -> list[str]:
    """Return the folder of all own sources that `units` need, and those units that are dependencies."""
    needed = project.closure(units).values()
    own = [source.unit for source in needed if not project.is_dependency(source)]
    folder = commonpath([dirname(unit) for unit in own]) if own else ""
    return [folder, *sorted(units - set(own))] if folder else sorted(units)


def _own_units(compiled: CompiledTree, target: Target) -> list[str]:
    """Return the units below the tree that the target is made of, dependencies left out."""
    closure = target.project.closure(_units(target))
    own = set(compiled.own_units)
    return [unit for unit in closure if unit in own]
