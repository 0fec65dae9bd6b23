"""`poolproof verify`: every check of every target, and the report."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from harness.audit import CHECK as AUDIT
from harness.check.campaign.result import CHECK as FUZZ
from harness.check.equiv.run import CHECK as EQUIV
from harness.check.kept import Keeping
from harness.check.prove.prover import CHECK as PROVE
from harness.check.prove.prover import Limits
from harness.check.prove.run import Options as ProveOptions
from harness.check.target import Target
from harness.cli.audit import Auditor
from harness.cli.equiv import Effort, compare_target
from harness.cli.files import folder_to_write
from harness.cli.fuzz import Budget, fuzz_target
from harness.cli.options import Names, NoCache, Output, Timeout, Tree, Workers, grouped
from harness.cli.prove import prove_target
from harness.cli.report import REPORTS
from harness.cli.session import Check, Session
from harness.cli.targets import load_targets


@grouped
def verify(
    names: Names = None,
    tree: Tree = Tree(),
    output: Output = Output(),
    timeout: Timeout = 10.0,
    budget: Budget = Budget(),
    workers: Workers = 0,
    no_cache: NoCache = False,
    out: Annotated[
        Path, typer.Option(metavar="DIR", callback=folder_to_write, help="Where the report goes.")
    ] = REPORTS,
) -> None:
    """Prove, compare, execute and audit the targets, and write the report.

    Everything that the other subcommands check, one after the other, with their usual
    settings. DIR then holds the report as index.html, report.md, report.json,
    report.sarif and junit.xml.

    \b
    Examples:
      poolproof verify
      poolproof verify v2 v3 --time 60s
      poolproof verify v3 --root ../mine --source src/Pool.sol:Pool

    Exit codes: 0 everything holds, 1 something does not, 2 wrong usage or the sources do
    not compile, 3 something was not decided.
    """
    targets = load_targets(names or (), tree)
    campaign = budget.options(workers)
    keeping = Keeping(read=not no_cache)
    options = ProveOptions(limits=Limits(timeout), workers=workers or os.cpu_count() or 1, keeping=keeping)
    with Session(targets, output, campaign.seed, out) as session:
        for target in targets:
            session.run(target.name, PROVE, partial(prove_target, target, options, None, budget.replays))
            session.run(target.name, EQUIV, compared(session, target, options, budget.replays))
        for target in targets:
            session.run(target.name, FUZZ, partial(fuzz_target, target, campaign, budget.replays))
        auditor = Auditor.of(tree, None)
        for target in targets:
            session.run(target.name, AUDIT, partial(auditor.check, target, decided=session.verdicts))


def compared(session: Session, target: Target, options: ProveOptions, replays: Path) -> Check:
    """Return the comparison of model and contract, which rests on what was proved so far."""
    proofs = [one for one in session.verdicts if (one.target, one.check) == (target.name, PROVE)]
    effort = Effort(options.limits, options.workers, keeping=options.keeping)
    return partial(compare_target, target, effort, replays, proofs=proofs)
