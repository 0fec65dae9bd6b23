"""`poolproof receipt`: which verdicts of an old report still speak of what is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from harness.audit import CHECK as AUDIT
from harness.check.campaign.result import CHECK as FUZZ
from harness.check.prove.prover import CHECK as PROVE
from harness.check.prove.run import TOOLS as PROVE_TOOLS
from harness.check.receipt import Receipt, receipt_of
from harness.check.target import Target
from harness.check.verdict import ExitCode, Verdict
from harness.cli.audit import Auditor
from harness.cli.console import Screen
from harness.cli.fuzz import TOOLS as FUZZ_TOOLS
from harness.cli.options import Output, Tree, grouped
from harness.cli.report import REPORTS, read_report
from harness.cli.targets import load_targets
from harness.compiler import compile_contract

app = typer.Typer(name="receipt", help="What the verdicts of a report depend on.", no_args_is_help=True)
NOT_TOLD = "the report does not say what it depends on"


@app.command()
@grouped
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A report.json.")] = REPORTS / "report.json",
    tree: Tree = Tree(),
) -> None:
    """Say which verdicts of a report still speak of the sources that are there.

    A verdict's receipt holds hashes of the contract, of its specification and of poolproof,
    and the versions of the tools that took part. They are made anew here, and compared;
    nothing is decided again.

    \b
    Examples:
      poolproof receipt check
      poolproof receipt check release/report.json

    Exit codes: 0 every verdict is about what is there, 2 FILE is not a report, 3 some
    are stale: decide them again.
    """
    report = read_report(file)
    targets = {
        each.name: each for each in load_targets(dict.fromkeys(v.target for v in report.verdicts), tree)
    }
    table = Table("target", "check", "verdicts", "since then")
    stale = False
    for (target, kind), group in _groups(report.verdicts).items():
        changed = _changed(group, _now(kind, targets[target], tree))
        stale = stale or bool(changed)
        table.add_row(target, kind, str(len(group)), ", ".join(changed) or "nothing changed")
    Screen(Output()).table(table)
    raise typer.Exit(ExitCode.INCOMPLETE if stale or not report.verdicts else ExitCode.HOLDS)


def _groups(verdicts: tuple[Verdict, ...]) -> dict[tuple[str, str], list[Verdict]]:
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault((verdict.target, verdict.check), []).append(verdict)
    return groups


def _now(kind: str, target: Target, tree: Tree) -> Receipt | None:
    """Return the receipt that a verdict of one kind about `target` would have now; None for other kinds."""
    makers: dict[str, Callable[[], Receipt]] = {
        PROVE: lambda: _on_contract(target, PROVE_TOOLS),
        FUZZ: lambda: _on_contract(target, FUZZ_TOOLS),
        AUDIT: lambda: Auditor.of(tree, None).receipt(target),
    }
    return makers[kind]() if kind in makers else None


def _on_contract(target: Target, tools: tuple[str, ...]) -> Receipt:
    artifact = compile_contract(target.project, target.contract, target.settings)
    return receipt_of(target.spec, artifact, *tools)


def _changed(verdicts: list[Verdict], now: Receipt | None) -> list[str]:
    """Return what changed since any of `verdicts` was decided."""
    receipts = [verdict.evidence.get("receipt") for verdict in verdicts]
    if now is None or not all(receipts):
        return [NOT_TOLD]
    changes = (name for each in receipts if each for name in Receipt.from_json(each).stale(now))
    return [f"{name} changed" for name in dict.fromkeys(changes)]
