"""What it costs to show that the models are the contracts, on one core and from compiled artefacts.

Run with targets' names (``python -m benchmarks.equiv v1 v2 v3``). Seconds are of this process's processor,
for everything about a way in, its execution included; `queries` are those that the solver was asked, with
the longest one. Fresh terms for each way in; candidates are executed, as `poolproof equiv` does. The last
column names which of the specification's assumptions the verdicts rest on.
"""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass
from time import process_time

from harness.check.campaign.ground import parts
from harness.check.equiv.difference import Differences
from harness.check.equiv.run import Task, compare
from harness.check.prove.subject import Subject
from harness.check.reach.examiner import Examiner
from harness.check.target import Target
from harness.check.verdict import HOLDING
from harness.cli.app import guarded
from harness.cli.options import Tree
from harness.cli.targets import load_targets
from harness.compiler import Artifact, compile_contract

LINE = "{:<36} {:>8} {:>8} {:>8} {:>8} {:>10}  {}\n"
HEADINGS = ("way in", "claims", "seconds", "queries", "longest", "undecided", "given")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one way in took."""

    name: str
    claims: int
    seconds: float
    queries: tuple[float, ...]
    undecided: int
    given: tuple[str, ...]

    def line(self) -> str:
        """Return it as a line of the table."""
        longest = f"{max(self.queries, default=0.0):.3f}"
        given = ", ".join(self.given)
        return LINE.format(
            self.name[:36],
            self.claims,
            f"{self.seconds:.3f}",
            len(self.queries),
            longest,
            self.undecided or "",
            given,
        )


def measured(target: Target, artifact: Artifact, name: str, triage: Differences) -> Cost:
    """Compare one way in."""
    started = process_time()
    verdicts = compare(Task(target.spec, artifact, name, triage=triage))
    seconds = process_time() - started
    queries = tuple(query["seconds"] for one in verdicts for query in one.evidence.get("queries", ()))
    undecided = sum(one.outcome not in HOLDING for one in verdicts)
    known = {assumption.name for assumption in target.spec.assumptions}
    given = dict.fromkeys(name for one in verdicts for name in one.assumptions if name in known)
    return Cost(name, len(verdicts), seconds, queries, undecided, tuple(given))


def main() -> None:
    """Measure the targets that the command line names."""
    total = 0.0
    for target in load_targets(sys.argv[1:], Tree()):
        artifact = compile_contract(target.project, target.contract, target.settings)
        sys.stdout.write(f"{target.name}\n" + LINE.format(*HEADINGS))
        triage = Differences(Examiner(target.name, target.contract, parts(target)))
        costs = []
        for name in Subject(target.spec, artifact).entries:
            costs.append(measured(target, artifact, name, triage))
            sys.stdout.write(costs[-1].line())
            sys.stdout.flush()
        seconds = sum(cost.seconds for cost in costs)
        total += seconds
        claims, undecided = (sum(getattr(cost, name) for cost in costs) for name in ("claims", "undecided"))
        sys.stdout.write(f"{claims} claims in {seconds:.1f} s of one core, {undecided} undecided\n\n")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{total:.1f} s in all, {memory:.0f} MB at most\n")


if __name__ == "__main__":
    guarded(main)
