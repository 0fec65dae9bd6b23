"""Campaign throughput: complete steps per second on one core, beside the bare calls of the same sequences.

Run with targets' names and a number of steps (``python -m benchmarks.campaign v3 20000``). A complete step
makes a call on the EVM and on the models, compares success, data, events and every word of storage of all
contracts, and evaluates every invariant; the bare run makes the same calls (same senders, times and data)
with nothing around them.

``python -m benchmarks.campaign v3 --phases`` says where the time of complete steps goes: the best of several
runs of each of a few sequences. With ``--memory 1000000`` so many calls are made as a campaign makes them,
and ten times on the way it is said what memory is resident.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import os
import resource
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import process_time

from harness.check.campaign import Options
from harness.check.campaign.call import Planned
from harness.check.campaign.ground import parts
from harness.check.campaign.judge import judge_storage
from harness.check.campaign.run import NO_RULES, Run, Start
from harness.check.campaign.runner import CHUNK, Chunk, Worker
from harness.check.campaign.statistics import Statistics
from harness.check.collection import quiet_memory
from harness.cli.app import guarded
from harness.cli.options import Tree
from harness.cli.targets import load_targets
from harness.evm.raw import hex_address
from harness.evm.vm import Chain

REPEATED = 5
WHOLE, BARE = "together", "a bare call"
ROUND = 20
"""Sequences that are measured in turn: the machine's mood then bears on both sides alike."""


def bare(chain: Chain, target: int, calls: list[Planned]) -> float:
    """Return the seconds that the calls take with nothing around them."""
    evm = chain._evm
    to = hex_address(target)
    ready = [(call.number, call.time, hex_address(call.sender), call.data, call.value) for call in calls]
    snapshot = chain.snapshot()
    started = process_time()
    for number, time, sender, data, value in ready:
        chain.set_block(number, time)
        try:  # noqa: SIM105  # `suppress` would be measured too
            evm.message_call(sender, to, data, value, 30_000_000, 0, False)
        except RuntimeError:  # a revert
            pass
    seconds = process_time() - started
    chain.revert(snapshot)
    return seconds


Made = list[tuple[Start, list[Planned]]]
"""Where sequences began, and their calls."""


def complete(worker: Worker, first: int, last: int, rules: bool) -> tuple[float, Made]:
    """Return the seconds that sequences take with everything compared, and their calls."""
    made: Made = []
    started = process_time()
    for index in range(first, last):
        run: Run = worker.run(index)
        findings = run.finish(rules=None if rules else NO_RULES)
        made.append((run.start, [predicted.call for predicted in run.done]))
        if findings:
            raise SystemExit(f"sequence {index} fails: {findings[0]}")
    return process_time() - started, made


def measure(name: str, steps: int) -> None:
    """Print the rates of one target, and how much memory was needed."""
    (target,) = load_targets([name], Tree())
    worker = Worker(parts(target), replace(Options(), written=0.0))
    complete(worker, 0, 5, rules=True)
    totals = {"complete": 0.0, "with every rule": 0.0, "bare": 0.0}
    counts = {"complete": 0, "with every rule": 0, "bare": 0}
    first = 5
    memory = _megabytes()
    gc.collect()
    gc.freeze()
    gc.disable()
    while counts["complete"] < steps:
        seconds, made = complete(worker, first, first + ROUND, rules=False)
        calls = sum(len(one) for _, one in made)
        totals["complete"] += seconds
        counts["complete"] += calls
        totals["bare"] += sum(bare(worker.ground.chain, worker.ground.address, one) for _, one in made)
        counts["bare"] += calls
        if counts["with every rule"] < steps // 10:
            seconds, made = complete(worker, first, first + 3, rules=True)
            totals["with every rule"] += seconds
            counts["with every rule"] += sum(len(one) for _, one in made)
        first += ROUND
    rates = {kind: counts[kind] / totals[kind] for kind in totals}
    for kind, rate in rates.items():
        print(f"{name}: {kind:<16} {rate:>9,.0f} calls/s  {rate / rates['bare']:.2f} of bare")
    print(f"{name}: memory {memory:.0f} MB at first, {_megabytes():.0f} MB after {first * 100:,} steps")


def phases(name: str) -> None:
    """Print the microseconds of a complete step, what they are spent on, and those of a bare call."""
    (target,) = load_targets([name], Tree())
    worker = Worker(parts(target), replace(Options(), written=0.0))
    complete(worker, 0, 5, rules=True)
    best: Counter[str] = Counter()
    usual: Counter[str] = Counter()
    steps = 0
    with quiet_memory():
        for index in range(16, 16 + ROUND):
            rounds = [_phases_of(worker, index) for _ in range(REPEATED)]
            steps += rounds[0][1]
            for phase in rounds[0][0]:
                best[phase] += min(seconds[phase] for seconds, _ in rounds)
                usual[phase] += median(seconds[phase] for seconds, _ in rounds)
    for phase, seconds in best.items():
        share = f"{seconds / best[WHOLE]:>5.0%}" if phase not in (WHOLE, BARE) else ""
        print(f"{name}: {phase:<28} {seconds / steps * 1e6:>6.1f} us {share}")
    at_best, as_usual = (times[BARE] / times[WHOLE] for times in (best, usual))
    print(f"{name}: {at_best:.2f} of bare, from the best of {REPEATED} runs; {as_usual:.2f} from the median")


def _phases_of(worker: Worker, index: int) -> tuple[dict[str, float], int]:
    """Return the seconds that a sequence takes, as a whole and phase by phase, and how many steps it has.

    The whole is measured apart from its phases, and each phase by itself: differences of two measurements
    would be as wrong as both together, and their minimum too small.
    """
    chain, table = worker.ground.chain, worker.table
    times: dict[str, float] = {}
    with _timed(times, WHOLE):
        run = worker.run(index)
        run.finish()
        calls = [predicted.call for predicted in run.done]
        pools = [predicted.before for predicted in run.done]
        start = run.start
        del run
    times[BARE] = bare(chain, worker.ground.address, calls)
    with _timed(times, "generator"):
        sequence = worker.generator.sequence(index)
        for pool in pools:
            sequence.next(pool)
    with _timed(times, "models, encoding"):
        run = Run(table, start)
        for call in calls:
            run.plan(call)
    with _timed(times, "EVM and around its calls"):
        run._execute()
    with _timed(times, "EVM, dump of its journal"):
        chain.journal  # noqa: B018  # to see what the dump alone takes, which `judge_storage` makes again
    with _timed(times, "comparison, invariants"):
        judge_storage(run, NO_RULES)
    times["comparison, invariants"] -= times["EVM, dump of its journal"]
    with _timed(times, "taking back"):
        run._take_back()
    return times, len(calls)


@contextmanager
def _timed(times: dict[str, float], phase: str) -> Iterator[None]:
    """Add the seconds that a block takes to `times`."""
    started = process_time()
    yield
    times[phase] = process_time() - started


def remember(name: str, steps: int) -> None:
    """Print the resident memory in the course of a campaign on one process."""
    (target,) = load_targets([name], Tree())
    worker = Worker(parts(target), Options())
    statistics = Statistics()
    marks = iter([*range(steps // 10, steps, steps // 10), steps])
    mark = next(marks)
    print(f"{name}: {_resident():6.1f} MB at first")
    with quiet_memory():
        for chunk in _chunks(worker):
            statistics.merge(chunk.statistics)
            if chunk.defect is not None:
                raise SystemExit(f"sequence {chunk.defect} fails")
            while statistics.steps >= mark:
                print(f"{name}: {_resident():6.1f} MB after {statistics.steps:>9,} steps", flush=True)
                mark = next(marks, 0)
                if not mark:
                    return


def _chunks(worker: Worker) -> Iterator[Chunk]:
    for first in itertools.count(0, CHUNK):
        yield worker.chunk(first, first + CHUNK)


def _resident() -> float:
    """Return the megabytes that are in memory now (not at most)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description="Throughput and memory of campaigns.")
    parser.add_argument("arguments", nargs="*", metavar="TARGET|STEPS", help="targets; how many calls")
    parser.add_argument("--phases", action="store_true", help="show where the time goes")
    parser.add_argument("--memory", type=int, metavar="STEPS", help="show memory over so many calls")
    asked = parser.parse_args()
    numbers = [int(argument) for argument in asked.arguments if argument.isdigit()]
    for name in [argument for argument in asked.arguments if not argument.isdigit()] or ["v3"]:
        if asked.phases:
            phases(name)
        elif asked.memory:
            remember(name, asked.memory)
        else:
            measure(name, numbers[0] if numbers else 20_000)


if __name__ == "__main__":
    guarded(main)
