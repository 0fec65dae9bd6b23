"""What a proof costs, on one core and from compiled artefacts: per way in, and for the whole matrix.

Run with targets' names (``python -m benchmarks.prove v1 v2 v3``). Seconds are of this process's processor:
`evaluate` is the symbolic execution alone, `decide` everything about the way in, execution included, with
the number of solver queries and the longest one (a case, where a query is split into cases: each has the
whole time); `terms` are all that were made for it. Fresh terms for each way in, and no kept proofs.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from time import process_time

from harness.check.collection import uncollected
from harness.check.prove.prover import Prover
from harness.check.prove.subject import Subject
from harness.check.prove.tasks import Piece, pieces
from harness.check.target import Target
from harness.check.verdict import HOLDING, Verdict
from harness.cli.app import guarded
from harness.cli.options import Tree
from harness.cli.targets import load_targets
from harness.compiler import Artifact, compile_contract
from harness.evm.deployment import PROXY
from harness.term.node import known_terms

LINE = "{:<44} {:>10} {:>10} {:>8} {:>8} {:>9} {:>10}\n"
HEADINGS = ("way in", "evaluate", "decide", "terms", "queries", "longest", "undecided")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one piece of the proof took."""

    name: str
    evaluate: float
    decide: float
    terms: int
    queries: int
    longest: float
    verdicts: int
    undecided: int

    def line(self) -> str:
        """Return it as a line of the table."""
        return LINE.format(
            self.name[:44],
            f"{self.evaluate:.3f}",
            f"{self.decide:.3f}",
            self.terms,
            self.queries,
            f"{self.longest:.3f}",
            self.undecided or "",
        )


def measured(target: Target, artifact: Artifact, proxy: Artifact, piece: Piece) -> Cost:
    """Prove one piece, twice executed: once alone for `evaluate`, once with everything else."""
    evaluate = executed(target, artifact, piece.name) if piece.kind == "entry" else 0.0
    started = process_time()
    subject = Subject.fresh(target.spec, artifact)
    with uncollected():  # as `poolproof prove` does
        verdicts = list(Prover(subject).piece(piece, (), proxy))
    decide = process_time() - started
    queries = [
        query.get("longest_case", query["seconds"]) for verdict in verdicts for query in _queries(verdict)
    ]
    undecided = sum(verdict.outcome not in HOLDING for verdict in verdicts)
    name = " ".join(filter(None, (piece.name, piece.function)))
    longest = max(queries, default=0.0)
    return Cost(name, evaluate, decide, known_terms(), len(queries), longest, len(verdicts), undecided)


def executed(target: Target, artifact: Artifact, name: str) -> float:
    """Return the seconds that executing one way in takes."""
    subject = Subject.fresh(target.spec, artifact)
    started = process_time()
    with uncollected():
        subject.execution(name)
    return process_time() - started


def _queries(verdict: Verdict) -> Iterator[dict[str, float]]:
    yield from verdict.evidence.get("queries", ())


def _total(costs: list[Cost]) -> str:
    verdicts, queries, undecided, seconds = (
        sum(getattr(cost, name) for cost in costs) for name in ("verdicts", "queries", "undecided", "decide")
    )
    longest = max(cost.longest for cost in costs)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{verdicts} verdicts in {seconds:.1f} s of one core, {queries} queries, "
        f"the longest {longest:.2f} s, {undecided} undecided, {memory:.0f} MB at most\n\n"
    )


def main() -> None:
    """Measure the targets that the command line names."""
    for target in load_targets(sys.argv[1:], Tree()):
        artifact = compile_contract(target.project, target.contract, target.settings)
        proxy = compile_contract(target.home, PROXY, target.settings)
        sys.stdout.write(f"{target.name}\n" + LINE.format(*HEADINGS))
        costs = []
        for piece in pieces(Subject(target.spec, artifact), (), ()):
            costs.append(measured(target, artifact, proxy, piece))
            sys.stdout.write(costs[-1].line())
            sys.stdout.flush()
        sys.stdout.write(_total(costs))


if __name__ == "__main__":
    guarded(main)
