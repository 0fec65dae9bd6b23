"""What a run is summed up to: counts by check, and what its proofs take for granted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from rich.box import SIMPLE
from rich.table import Table

from harness.check.prove.granted import MODELLING
from harness.check.target import Target
from harness.check.verdict import HOLDING, ExitCode, Outcome, Verdict
from harness.report.document import Run
from harness.report.view import Tally
from harness.solver import Opinion

_PLAIN = HOLDING - {Outcome.LIMITATION}


def summary(runs: Iterable[Run], verdicts: Iterable[Verdict]) -> Table:
    """Return the table that counts what was decided, a row for each check of a target."""
    listed = list(verdicts)
    table = Table("target", "check")
    for heading in ("holds", "broken", "undecided", "seconds"):
        table.add_column(heading, justify="right")
    table.add_column("remarks")
    for run in runs:
        group = [each for each in listed if (each.target, each.check) == (run.target, run.check)]
        tally = Tally.of(run.check, group)
        table.add_row(
            run.target,
            run.check,
            _coloured(tally.holds, "green"),
            _coloured(tally.broken, "bold red"),
            _coloured(tally.undecided, "yellow"),
            f"{run.seconds:.1f}",
            _remark(group),
        )
    return table


def taken_for_granted(targets: Iterable[Target], verdicts: Iterable[Verdict]) -> Table:
    """Return the table of the assumptions that what holds rests on, those of most verdicts first.

    A specification's own sentences go before the prover's.
    """
    holding = (verdict for verdict in verdicts if verdict.outcome in HOLDING)
    counted = Counter(name for verdict in holding for name in verdict.assumptions)
    sentences = {one.name: one.sentence for one in MODELLING}
    for target in targets:
        sentences |= {one.name: one.sentence for one in target.spec.assumptions}
    table = Table("taken for granted", box=SIMPLE)
    table.add_column("by", justify="right")
    table.add_column("that is")
    for name, count in counted.most_common():
        table.add_row(name, str(count), sentences.get(name, ""))
    return table


def _remark(group: list[Verdict]) -> str:
    """Return what is worth saying of a check that has something to say, or kept what it had proved before."""
    whole = [each.detail for each in group if not each.function and each.outcome in _PLAIN]
    return "; ".join(_counted(group)) or (whole[0] if len(whole) == 1 else "")


def _counted(group: list[Verdict]) -> Iterator[str]:
    limits = sum(each.outcome is Outcome.LIMITATION for each in group)
    if limits:
        yield f"{limits} of these known limitations, refuted as declared"
    kept = sum(bool(each.evidence.get("kept")) for each in group)
    if kept:
        yield f"{kept} of these decided in an earlier run, on the same inputs"
    queries = [query for each in group for query in each.evidence.get("queries", ())]
    opinions = [query["second_solver"] for query in queries if "second_solver" in query]
    if opinions:
        agreeing = opinions.count(Opinion.AGREES.value)
        yield f"cvc5 agrees with {agreeing} of the {len(opinions)} proofs that needed a solver"


def _coloured(count: int, style: str) -> str:
    return f"[{style}]{count}[/]" if count else "0"


def in_a_word(code: ExitCode) -> str:
    """Return what a run comes to."""
    return {
        ExitCode.HOLDS: "Everything holds.",
        ExitCode.BROKEN: "Something does not hold: see above.",
        ExitCode.INCOMPLETE: "Not everything was decided: see above.",
    }[code]
