"""Runs a campaign: sequences in chunks, on one process or several, with the same result on any number."""

from __future__ import annotations

import gc
import multiprocessing
import time
from collections.abc import Generator as Generated
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import count, islice

from harness.check.campaign.coverage import Follower, executed_source
from harness.check.campaign.errors import CampaignError
from harness.check.campaign.generate import Generator
from harness.check.campaign.ground import Ground, Parts, parts
from harness.check.campaign.options import Options
from harness.check.campaign.result import CampaignResult
from harness.check.campaign.run import DEPLOYMENT, Run, Table
from harness.check.campaign.shrink import Case, Shrinker, examine
from harness.check.campaign.starts import Starts
from harness.check.campaign.statistics import Statistics
from harness.check.collection import quiet_memory
from harness.check.parallel import leave_signals
from harness.check.target import Progress, Target, silent

CHUNK = 4
"""Sequences that a worker makes before it reports."""

REACH = 10_000
"""Calls that are made to find a defect from deployment, once one is found from a written state."""

PATIENCE = 25
"""So many refusals in a row end a sequence."""

AHEAD = 3
"""Chunks that wait for each worker, so that none is idle."""


@dataclass(slots=True)
class Chunk:
    """What came of some sequences; `defect` is the first one that failed."""

    statistics: Statistics = field(default_factory=Statistics)
    defect: int | None = None


class Worker:
    """One process's chain, and everything that makes sequences on it."""

    def __init__(self, material: Parts, options: Options) -> None:
        """Deploy everything. Raises CampaignError where the specification has no function's model."""
        self.options = options
        self.ground = Ground(material)
        if not self.ground.surface.operations:
            name = self.ground.spec.name
            raise CampaignError(f"The specification {name} models no function: give its Model a transition.")
        self.table = Table(self.ground)
        self.generator = Generator(self.ground, options.seed)
        self.starts = Starts(self.generator)
        self.follower = Follower(self.ground)
        operations = self.ground.surface.operations
        self.rare = frozenset(one for one in operations if self.generator.is_rare(one))

    def chunk(self, first: int, last: int) -> Chunk:
        """Make the sequences from `first` to before `last`, or up to the first that fails."""
        result = Chunk()
        gc.collect()
        laws = self.table.laws
        laws.evaluated = {}
        for index in range(first, last):
            run = self.run(index)
            everything = index % self.options.rules_every == 0
            findings = run.finish(rules=None if everything else self.rare)
            until = findings[0].step + 1 if findings else None
            result.statistics.add(run, until)
            if self.options.follow:
                result.statistics.paths.merge(self.follower.follow(run, until))
            if findings:
                result.defect = index
                break
        result.statistics.rules.update(laws.evaluated)
        return result

    def run(self, index: int) -> Run:
        """Make the calls of one sequence; it is still to be finished."""
        run = Run(self.table, self.starts.start(index, self.options.written))
        sequence = self.generator.sequence(index, written=not run.start.is_deployment)
        refused = 0
        options = self.options
        for _ in range(options.length if run.start.is_deployment else options.written_length):
            predicted = run.plan(sequence.next(run.pool))
            refused = 0 if predicted.refusal is None else refused + 1
            if run.over or refused > PATIENCE:
                break
        return run

    def case(self, index: int) -> Case | None:
        """Return the case that a failing sequence is, with everything that its last call breaks."""
        run = self.run(index)
        calls = [predicted.call for predicted in run.done]
        start = run.start
        run.finish()
        return examine(self.table, start, calls, rules=None, diagnose=True)


def run_campaign(target: Target, options: Options, progress: Progress = silent) -> CampaignResult:
    """Run a campaign, shrink its first defect; Ctrl-C ends it early, with what was found until then.

    Raises:
        CampaignError: if the specification cannot be executed beside the contract.
        CompilerError: if something does not compile.
    """
    material = parts(target)
    return campaign_of(target.name, material, options, progress)


def campaign_of(name: str, material: Parts, options: Options, progress: Progress = silent) -> CampaignResult:
    """Run a campaign on compiled contracts (see `run_campaign`)."""
    result = CampaignResult(name, options, material=material)
    started = time.monotonic()
    worker = Worker(material, options)
    result.unmodelled = worker.ground.surface.unmodelled
    if worker.table.at_deployment:
        result.case = Case(DEPLOYMENT, (), tuple(worker.table.at_deployment))
        return result
    try:
        _gather(worker, material, result, started, progress)
    except KeyboardInterrupt:
        result.interrupted = True
    result.seconds = time.monotonic() - started
    functions = [one.function.signature for one in worker.ground.surface.operations]
    abi = worker.ground.abi
    events, errors = [event.name for event in abi.events], [error.name for error in abi.declared_errors]
    result.coverage = result.statistics.coverage(functions, events, errors)
    if options.follow:
        result.executed = executed_source(result.statistics.paths, material.target)
    if result.sequence is not None:
        _shrink(worker, result, progress)
    return result


def _gather(
    worker: Worker, material: Parts, result: CampaignResult, started: float, progress: Progress
) -> None:
    """Add up chunks in their order until enough calls were made, time is over, or a sequence fails."""
    options = result.options
    with closing(_chunks(worker, material, options)) as chunks:
        for chunk in chunks:
            result.statistics.merge(chunk.statistics)
            done = result.statistics.steps
            progress(done, options.steps if options.seconds is None else 0, "")
            if chunk.defect is not None:
                result.sequence, result.steps_to_defect = chunk.defect, done
                return
            if options.seconds is None and done >= options.steps:
                return
            if options.seconds is not None and time.monotonic() - started >= options.seconds:
                return


def _chunks(worker: Worker, material: Parts, options: Options) -> Generated[Chunk, None, None]:
    """Yield the chunks in order; with several workers they are made ahead."""
    if options.workers <= 1:
        with quiet_memory():
            for first in count(0, CHUNK):
                yield worker.chunk(first, first + CHUNK)
        return
    context = multiprocessing.get_context("forkserver")
    pool = ProcessPoolExecutor(options.workers, context, _prepare, (material, options))
    firsts = count(0, CHUNK)
    waiting: list[Future[Chunk]] = []
    try:
        while True:
            for first in islice(firsts, AHEAD * options.workers - len(waiting)):
                waiting.append(pool.submit(_work, first))
            yield waiting.pop(0).result()
    except BrokenProcessPool as error:
        raise CampaignError(f"A worker died, probably for want of memory ({error}): use fewer.") from error
    finally:
        workers_left = list((pool._processes or {}).values())  # a pool that is shut down forgets them
        pool.shutdown(wait=False, cancel_futures=True)
        for process in workers_left:
            process.terminate()


_WORKER: list[Worker] = []


def _prepare(material: Parts, options: Options) -> None:
    """Set a worker process up: signals are the parent's business."""
    leave_signals()
    _WORKER[:] = [Worker(material, options)]
    gc.collect()
    gc.freeze()
    gc.disable()


def _work(first: int) -> Chunk:
    return _WORKER[0].chunk(first, first + CHUNK)


def _reached(worker: Worker, after: int) -> Case | None:
    """Look a little further for a defect that calls from deployment lead to: it is worth more."""
    options = replace(worker.options, written=0.0)
    patient = Worker(worker.ground.parts, options)
    for index in range(after + 1, after + 1 + REACH // options.length):
        run = patient.run(index)
        if run.finish():
            return patient.case(index)
    return None


def _shrink(worker: Worker, result: CampaignResult, progress: Progress) -> None:
    """Make the failing sequence the result's case, as small as can be; Ctrl-C ends that early."""
    assert result.sequence is not None
    progress(0, 0, "shrinking")
    case = worker.case(result.sequence)
    if case is None:
        raise CampaignError(
            f"Sequence {result.sequence} of seed {result.options.seed} failed once and not again: the EVM or"
            " a model depends on something besides the calls."
        )
    result.case, result.original_length = case, len(case.calls)
    try:
        if not case.start.is_deployment:
            case = _reached(worker, result.sequence) or case
            result.case, result.original_length = case, len(case.calls)
        if result.options.shrink:
            for smaller in Shrinker(worker.table, case).shrink():
                result.case = smaller
    except KeyboardInterrupt:
        result.interrupted = True
