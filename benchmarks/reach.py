"""What it costs to get from a failed proof to calls from deployment: known bugs, on one core.

Run without arguments, or with triples (``python -m benchmarks.reach v3 exit_keeps_prover_id exit``): target,
known bug, and the function in which the first property that the bug names breaks. Seconds are of
this process's processor: `prove` until the obligation has failed and one call is confirmed, `execute` for the
symbolic executions that a search composes, `search` for sequences of them, `shrink` to the saved replay.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from harness.check.campaign.ground import parts
from harness.check.mutants.mutant import load_mutants
from harness.check.prove.prover import Prover
from harness.check.prove.subject import Subject
from harness.check.prove.tasks import entries_of
from harness.check.reach.calls import Calls
from harness.check.reach.examiner import Examiner
from harness.check.reach.search import Search
from harness.check.verdict import Verdict
from harness.cli.app import guarded
from harness.cli.config import load_config
from harness.cli.errors import UsageError
from harness.cli.options import Tree
from harness.cli.targets import load_targets

KNOWN = (
    ("v1", "exit_mints_twice", "exit"),
    ("v2", "mature_exit_slashed", "slashProver"),
    ("v3", "exit_keeps_prover_id", "exit"),
    ("v3", "mature_exit_slashed", "slashProver"),
    ("v2", "release_gives_everything_back", "releaseProver"),
    ("v3", "release_gives_everything_back", "releaseProver"),
    ("v3", "wrong_slots_reward", "assignProver"),
)
LINE = "{:<4}{:<31}{:<34}{:>6}{:>9}{:>9}{:>9}{:>9}\n"
HEADINGS = ("", "bug", "property", "calls", "prove", "execute", "search", "shrink")


@dataclass
class Clock:
    """Seconds that were spent inside a method of a class while the block lasted."""

    owner: type
    method: str
    spent: float = 0.0

    def __enter__(self) -> Clock:
        original = self._original = getattr(self.owner, self.method)

        def timed(*arguments: object, **named: object) -> object:
            started = process_time()
            try:
                return original(*arguments, **named)
            finally:
                self.spent += process_time() - started

        setattr(self.owner, self.method, timed)
        return self

    def __exit__(self, *_: object) -> None:
        setattr(self.owner, self.method, self._original)


def measure(name: str, bug: str, function: str) -> str:
    """Return the line of the table about one bug."""
    folder = load_config().mutants
    assert folder is not None
    [target] = load_targets([name], Tree())
    mutant = {one.name: one for one in load_mutants(folder, target.spec.name)}.get(bug)
    if mutant is None:
        raise UsageError(f"There is no known bug `{bug}` of {name}: {folder} has their files.")
    broken = replace(target, project=mutant.applied(target.project))
    material = parts(broken)
    prover = Prover(Subject.fresh(material.spec, material.target))
    [entry, *_] = entries_of(prover.subject, (function,))
    with (
        TemporaryDirectory() as replays,
        Clock(Calls, "_run") as executing,
        Clock(Search, "attack") as attacking,
        Clock(Examiner, "examine") as examining,
    ):
        prover.triage = Examiner(target.name, target.contract, material, Path(replays))
        started = process_time()
        verdicts = list(prover.entry(entry, mutant.kills[:1]))
        total = process_time() - started
    return LINE.format(
        name,
        bug,
        mutant.kills[0],
        _calls(verdicts, mutant.kills[0]),
        f"{total - examining.spent:.2f}",
        f"{executing.spent:.2f}",
        f"{attacking.spent - executing.spent:.2f}",
        f"{examining.spent - attacking.spent:.2f}",
    )


def _calls(verdicts: list[Verdict], name: str) -> str:
    """Return how many calls break the property; ``-`` where no sequence was found."""
    [found] = [one for one in verdicts if one.property == name]
    search = found.evidence.get("search", {})
    return str(search.get("calls", "-"))


def main() -> None:
    """Measure what the command line names, or the known ones."""
    given = sys.argv[1:]
    if len(given) % 3:
        raise UsageError("Name a target, a known bug and a function, three by three.")
    chosen = [(given[at], given[at + 1], given[at + 2]) for at in range(0, len(given), 3)] or KNOWN
    sys.stdout.write(LINE.format(*HEADINGS))
    for name, bug, function in chosen:
        sys.stdout.write(measure(name, bug, function))
        sys.stdout.flush()


if __name__ == "__main__":
    guarded(main)
