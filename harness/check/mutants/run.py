"""Runs mutants: each is compiled, compared, executed and proved, spread over processes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Literal

from harness.check.mutants.comparison import Unchanged, compare
from harness.check.mutants.equivalent import Equivalent, reason_for
from harness.check.mutants.kept import Trials, circumstances
from harness.check.mutants.options import QUICK, Options
from harness.check.mutants.result import Row, State
from harness.check.mutants.trial import Trial, compare_layouts, decide, execute
from harness.check.mutants.variant import Variant
from harness.check.parallel import Crashed, each
from harness.check.target import Progress, Target, silent
from harness.compiler import Artifact, CompilerError, Settings, compile_contract
from harness.errors import PoolproofError

Tried = Literal["campaign", "comparison", "proof"]
"""How a mutant that compiles is tried; its layout is compared anyway."""

CODE_LIMIT = 24_576
"""No contract of more bytes can be deployed (EIP-170)."""


@dataclass(frozen=True)
class _Task:
    """One mutant, with all that a worker needs; `draft` says how it is built to see whether it counts."""

    unchanged: Unchanged
    variant: Variant
    options: Options
    draft: Settings
    kept: Trials | None = None

    @property
    def target(self) -> Target:
        """The target, unchanged."""
        return self.unchanged.target

    @property
    def mutated(self) -> Target:
        """The target on the mutant's sources."""
        return replace(self.target, project=self.target.project.changed(dict(self.variant.texts)))

    @property
    def drafted(self) -> Target:
        """The same, built as a draft."""
        return replace(self.mutated, settings=self.draft)


def run_mutants(
    target: Target,
    variants: Sequence[Variant],
    options: Options,
    equivalents: Iterable[Equivalent] = (),
    progress: Progress = silent,
) -> Iterator[Row]:
    """Yield a row for each mutant, as they finish: first those that need not be tried.

    Automatic mutants that compile to the same bytecode are tried once, without the optimiser: with it,
    most of the time would go into building what a short campaign notices at once.

    Raises:
        CompilerError: if the unchanged contract does not compile.
    """
    kept = Trials(circumstances(target)) if options.keep else None
    unchanged, built, quick = Unchanged(target), target.settings, _quick(target)
    tasks = [_Task(unchanged, one, options, quick if one.automatic else built, kept) for one in variants]
    originals = {digest(_compile(replace(target, settings=each))) for each in (built, quick)}
    fresh: list[_Task] = []
    seen = dict.fromkeys(originals, "the unchanged contract")
    for task, code, failure in _compiled(tasks, options, progress):
        if failure is not None:
            yield Row(task.variant, State.STILLBORN, note=failure)
        elif code in seen and (task.variant.automatic or code in originals):
            yield Row(task.variant, State.SAME, note=f"It compiles to the bytecode of {seen[code]}.")
        else:
            seen.setdefault(code, task.variant.name)
            fresh.append(task)
    known = tuple(equivalents)
    for done, finished in enumerate(each(_try, fresh, options.workers), 1):
        task = fresh[finished.index]
        progress(done, len(fresh), task.variant.name)
        yield _row(task, finished.result, known)


def sampled(variants: Sequence[Variant], options: Options) -> list[Variant]:
    """Return the variants to be tried, in their order: all of them, or as many as `options` draw."""
    if options.sample is None or options.sample >= len(variants):
        return list(variants)
    drawn = random.Random(options.seed).sample(range(len(variants)), options.sample)
    return [variants[place] for place in sorted(drawn)]


def digest(artifact: Artifact) -> str:
    """Return a hash of the creation code without the metadata at the runtime code's end.

    Metadata names the sources by hash, so that a changed comment would look like a changed contract.
    """
    runtime, creation = artifact.runtime.bytecode, artifact.creation.bytecode
    length = int.from_bytes(runtime[-2:], "big") + 2 if len(runtime) > 2 else 0
    metadata = runtime[-length:] if 2 < length < len(runtime) else b""
    return sha256(creation.replace(metadata, b"") if metadata else creation).hexdigest()


def _compiled(
    tasks: Sequence[_Task], options: Options, progress: Progress
) -> Iterator[tuple[_Task, str, str | None]]:
    """Yield each task with its bytecode's hash, or the compiler's error, in the order of tasks."""
    results: dict[int, tuple[str, str | None]] = {}
    for done, finished in enumerate(each(_digest, tasks, options.workers), 1):
        progress(done, len(tasks), f"compiling {tasks[finished.index].variant.name}")
        result = finished.result
        results[finished.index] = ("", result.reason) if isinstance(result, Crashed) else result
    for place, task in enumerate(tasks):
        yield task, *results[place]


def _digest(task: _Task) -> tuple[str, str | None]:
    try:
        return digest(_compile(task.drafted)), None
    except CompilerError as error:
        return "", str(error)


def _quick(target: Target) -> Settings:
    """Return the target's settings without the optimiser, if it can be built and deployed so."""
    quick = replace(target.settings, optimizer=False)
    try:
        fits = len(_compile(replace(target, settings=quick)).runtime.bytecode) <= CODE_LIMIT
    except CompilerError:  # its stack is too deep, say
        fits = False
    return quick if fits else target.settings


def _compile(target: Target) -> Artifact:
    return compile_contract(target.project, target.contract, target.settings)


def _try(task: _Task) -> tuple[list[Trial], str]:
    """Try one mutant, an automatic one until it is done with; return the trials, and what went wrong."""
    trials: dict[str, Trial] = {}
    failures: list[str] = []
    for means in _means(task):
        if task.variant.automatic and any(one.killed or one.equal for one in trials.values()):
            break
        try:
            trial = means()
        except PoolproofError as error:
            failures.append(str(error))
        else:
            trials[trial.by] = trial
    return list(trials.values()), "\n".join(failures)


def _means(task: _Task) -> Iterator[Callable[[], Trial]]:
    """Yield the ways to try a mutant that the options ask for, the cheapest first."""
    options, drafted, mutated = task.options, task.drafted, task.mutated
    yield partial(compare_layouts, task.target, _compile(task.target), _compile(drafted))
    plan: list[tuple[Tried, Target, Options]]
    if options.by != "both":
        plan = [(options.by, mutated, options)]
    elif task.variant.automatic:
        quick = replace(options, steps=min(QUICK, options.steps))
        plan = [("campaign", drafted, quick), ("comparison", mutated, options)]
        plan += [("proof", mutated, options), ("campaign", mutated, options)]
    else:
        plan = [("campaign", mutated, options), ("proof", mutated, options)]
    for by, built, asked in plan:
        yield partial(_remembered, by, task, built, asked)


def _remembered(by: Tried, task: _Task, built: Target, options: Options) -> Trial:
    """Return a trial of the mutant as it is `built`: one that was kept, or a new one, which is then kept."""
    mutated = _compile(built)
    found = task.kept.load(by, task.variant, mutated, options) if task.kept else None
    if found is None:
        match by:
            case "campaign":
                found = execute(built, options)
            case "comparison":
                found = compare(task.unchanged, task.variant, mutated, options)
            case "proof":
                found = decide(built, task.variant, mutated, options)
        if task.kept:
            task.kept.store(found, task.variant, mutated, options)
    return found


def _row(task: _Task, result: tuple[list[Trial], str] | Crashed, equivalents: Sequence[Equivalent]) -> Row:
    trials, failure = ([], result.reason) if isinstance(result, Crashed) else result
    reason = reason_for(equivalents, task.target.spec.name, task.variant.name)
    claimed = frozenset(one.name for one in task.target.spec.properties)
    if any(trial.killed for trial in trials):
        state, note = State.KILLED, failure
    elif any(trial.equal for trial in trials):
        state, note = State.EQUAL, failure
    elif reason is not None:
        state, note = State.EXPLAINED, reason
    elif failure or any(trial.undecided for trial in trials if trial.by != "comparison"):
        state, note = State.UNDECIDED, failure
    else:
        state, note = State.SURVIVED, ""
    return Row(task.variant, state, tuple(trials), note, claimed)
