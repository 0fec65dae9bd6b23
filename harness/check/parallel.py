"""Work spread over processes: results in the order of the items, whatever finishes first.

A worker that dies (killed for its memory, say) costs one item its result, not the run: the item is
reported as crashed and the others go on in a new pool. So is what isn't finished when the time is up.
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Crashed:
    """An item has no result: its worker died, or the time was up; `reason` says which."""

    reason: str


TIME_IS_UP = Crashed("the time for the whole run was up")


@dataclass(frozen=True, slots=True)
class Finished(Generic[Result]):
    """The result of the item at `index`."""

    index: int
    result: Result | Crashed


def each(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    workers: int = 1,
    memory: int | None = None,
    until: float = inf,
) -> Iterator[Finished[Result]]:
    """Yield the result of ``work(item)`` for each item, as they finish.

    With one worker and no limit everything happens in this process. Otherwise `work`, items and
    results must be picklable. `memory` limits each worker's address space, in bytes. `until` is the
    `time.monotonic()` at which the time is up: no item is begun then, and workers are stopped.
    Leaving the iterator early (Ctrl-C included) stops the workers.
    """
    if workers <= 1 and memory is None:
        for index, item in enumerate(items):
            yield Finished(index, work(item) if monotonic() < until else TIME_IS_UP)
        return
    suspects = set(range(len(items)))
    for outcome in _round(work, items, sorted(suspects), workers, memory, until):
        if not isinstance(outcome.result, Crashed):
            suspects.discard(outcome.index)
            yield outcome
    for index in sorted(suspects):  # a broken pool takes innocent items with it, so each gets one of its own
        alone = list(_round(work, items, [index], 1, memory, until))
        yield alone[0] if alone else Finished(index, TIME_IS_UP)


def _round(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    batch: Sequence[int],
    workers: int,
    memory: int | None,
    until: float,
) -> Iterator[Finished[Result]]:
    """Run one pool over `batch`; a `Crashed` result ends it, and so does the time."""
    context = multiprocessing.get_context("forkserver")
    pool = ProcessPoolExecutor(workers, context, _prepare, (memory,))
    pending: dict[Future[Result], int] = {pool.submit(work, items[index]): index for index in batch}
    try:
        while pending and (left := until - monotonic()) > 0:
            ready, _ = wait(pending, left if left < inf else None, FIRST_COMPLETED)
            for future in sorted(ready, key=pending.__getitem__):
                index = pending.pop(future)
                try:
                    yield Finished(index, future.result())
                except BrokenProcessPool as error:
                    yield Finished(index, Crashed(f"its worker died, probably for want of memory ({error})"))
                    return
    finally:
        workers_left = list((pool._processes or {}).values())  # a pool that is shut down forgets them
        pool.shutdown(wait=False, cancel_futures=True)
        for process in workers_left:
            process.terminate()


def leave_signals() -> None:
    """Leave it to the parent of this worker to end properly: Ctrl-C is not for it, and it ends when told."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _prepare(memory: int | None) -> None:
    """Set a worker up: signals are the parent's business, and memory is bounded."""
    leave_signals()
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
