"""`poolproof receipt`: which verdicts of an old report still speak of what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from harness.audit import CHECK as AUDIT
from harness.check.campaign.ground import parts
from harness.check.campaign.result import CHECK as FUZZ
from harness.check.equiv.run import CHECK as EQUIV
from harness.check.prove.prover import CHECK as PROVE
from harness.check.prove.standing import Standing, undermined
from harness.check.receipt import Receipt, deployment_hash
from harness.check.target import Target
from harness.check.verdict import ExitCode, Verdict
from harness.cli.audit import Auditor
from harness.cli.console import Screen
from harness.cli.fuzz import receipt_now as execution_receipt
from harness.cli.options import Output, Tree, grouped
from harness.cli.replay import CHECK as REPLAY
from harness.cli.report import REPORTS, read_report
from harness.cli.subcommands import STYLE
from harness.cli.targets import load_targets
from harness.compiler import compile_contract
from harness.evm.deployment import PROXY

receipt = typer.Typer(
    name="receipt", help="What the verdicts of a report depend on.", no_args_is_help=True, **STYLE
)
NOT_TOLD = "the report does not say what it depends on"
STANDS = "nothing changed"

Changes = Callable[[Verdict, Receipt], list[str]]
"""Says of a verdict what changed since it was reached, given its receipt."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and why it no longer speaks of what is there; "" if it does."""

    verdict: Verdict
    reason: str


@receipt.command()
@grouped
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A report.json.")] = REPORTS / "report.json",
    tree: Tree = Tree(),
    every: Annotated[bool, typer.Option("--every", help="Show every verdict, not only how many.")] = False,
) -> None:
    """Say which verdicts of a report still speak of the sources that are there.

    A verdict's receipt holds hashes of the contract, of its specification and of poolproof,
    and the versions of the tools that took part. They are made anew here, and compared;
    nothing is decided again. A proof about a function stands where another function changed,
    and what it rests on stands.

    \b
    Examples:
      poolproof receipt check
      poolproof receipt check release/report.json --every

    Exit codes: 0 every verdict is about what is there, 2 FILE is not a report, 3 some
    are stale: decide them again.
    """
    report = read_report(file)
    targets = load_targets(dict.fromkeys(v.target for v in report.verdicts), tree)
    judged = [one for target in targets for one in _judged(target, report.verdicts, tree)]
    Screen(Output()).table(_each(judged) if every else _counted(judged))
    stale = any(one.reason for one in judged)
    raise typer.Exit(ExitCode.INCOMPLETE if stale or not judged else ExitCode.HOLDS)


def _judged(target: Target, verdicts: tuple[Verdict, ...], tree: Tree) -> list[Judged]:
    """Return the verdicts about one target, each with what has become of it."""
    about = [verdict for verdict in verdicts if verdict.target == target.name]
    changes = {check: _changes(check, target, tree) for check in dict.fromkeys(one.check for one in about)}
    found = [Judged(verdict, _reason(verdict, changes[verdict.check])) for verdict in about]
    stale, standing = ([one.verdict for one in found if bool(one.reason) is want] for want in (True, False))
    questions = iter(undermined(standing, stale))
    return [one if one.reason else Judged(one.verdict, _resting(next(questions))) for one in found]


def _resting(names: list[str]) -> str:
    return f"rests on what is stale: {', '.join(names)}" if names else ""


def _reason(verdict: Verdict, changes: Changes | None) -> str:
    """Return why a verdict is stale by itself, "" if it is not."""
    entry = verdict.evidence.get("receipt")
    if changes is None or entry is None:
        return NOT_TOLD
    return ", ".join(f"{name} changed" for name in changes(verdict, Receipt.from_json(entry)))


def _changes(check: str, target: Target, tree: Tree) -> Changes | None:
    """Return what compares receipts of one kind of check about `target`; None for a kind without."""
    if check == AUDIT:
        return _whole(Auditor.of(tree, None).receipt(target))
    if check in (FUZZ, REPLAY):
        return _whole(execution_receipt(target))
    if check not in (PROVE, EQUIV):
        return None
    artifact = compile_contract(target.project, target.contract, target.settings)
    proxy = compile_contract(target.home, PROXY, target.settings)
    deployed = deployment_hash(parts(target).artifacts) if target.spec.deployment is not None else ""
    return Standing(target.spec, artifact, proxy, deployed).changed


def _whole(now: Receipt) -> Changes:
    """Return the comparison for what depends on the whole of what the receipt names."""
    return lambda _, then: then.stale(now)


def _counted(judged: list[Judged]) -> Table:
    """Return how many verdicts of each check, and of each function where some are stale, are as they are."""
    table = Table("target", "check", "about", "verdicts", "since then")
    stale = [one for one in judged if one.reason]
    for (target, check), count in Counter((one.verdict.target, one.verdict.check) for one in judged).items():
        left = [one for one in stale if (one.verdict.target, one.verdict.check) == (target, check)]
        if count > len(left):
            table.add_row(target, check, "everything else" if left else "", str(count - len(left)), STANDS)
        for (about, reason), times in Counter((one.verdict.function, one.reason) for one in left).items():
            table.add_row(target, check, about, str(times), reason)
    return table


def _each(judged: list[Judged]) -> Table:
    table = Table("target", "check", "property", "about", "since then")
    for one in judged:
        verdict = one.verdict
        table.add_row(verdict.target, verdict.check, verdict.property, verdict.function, one.reason or STANDS)
    return table
