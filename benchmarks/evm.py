"""How fast the chain is on its own: calls, readings, decoding; and whether its memory stays flat.

Run with ``python -m benchmarks.evm``. The numbers that matter to a campaign's inner loop, in microseconds.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable

from harness.compiler import Project, Settings, compile_many
from harness.evm.deployment import Artifacts, Site, deploy
from harness.evm.outcome import Outcome
from harness.evm.watch import WatchSet
from specs.common.deployment import pool_deployment

POOL = "contracts/v3/ProxiedProverPool.sol:ProxiedProverPool"
SEQUENCE = 100


def fresh() -> Site:
    """Return the third pool on a chain of its own."""
    recipe, project, settings = pool_deployment(premint=10**17), Project.open("."), Settings(solc="0.8.30")
    return deploy(recipe, Artifacts.compiled(recipe, POOL, lambda names: compile_many(project, names, settings)))


def calls(site: Site, count: int) -> list[tuple[int, bytes]]:
    """Return (sender, calldata) of a random mixture of the pool's calls."""
    choose = random.Random(1)
    pool, people = site.contract().abi, [site.roles[f"staker_{number}"] for number in range(1, 41)]
    protocol = site.roles["protocol"]
    made = []
    for _ in range(count):
        who = choose.choice(people)
        made.append(
            choose.choice(
                [
                    lambda who=who: (who, pool.function("stake").encode(choose.randrange(10**15), 5, 32)),
                    lambda who=who: (who, pool.function("withdraw").encode()),
                    lambda who=who: (who, pool.function("exit").encode()),
                    lambda: (protocol, pool.function("assignProver").encode(choose.randrange(99), 5)),
                    lambda who=who: (protocol, pool.function("releaseProver").encode(who)),
                    lambda who=who: (protocol, pool.function("slashProver").encode(1, who, 50)),
                ]
            )()
        )
    return made


def timed(repeat: int, work: Callable[[], object]) -> float:
    """Return the microseconds that one of `repeat` runs takes, the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for _ in range(repeat):
            work()
        best = min(best, (time.perf_counter() - start) / repeat)
    return best * 1e6


def memory() -> float:
    """Return the most memory this process has used so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(steps: int = 100_000) -> None:
    """Measure and print."""
    site = fresh()
    chain, pool = site.chain, site.contract()
    made = calls(site, 1_000)
    people = [site.roles[f"staker_{number}"] for number in range(1, 41)]
    keys = {"provers": range(34), "proverIdToAddress": range(34), "stakers": people, "__gap": ()}
    watch = WatchSet(pool.artifact.layout, keys)
    show = sys.stdout.write

    def sequence(work: Callable[[int, bytes], object]) -> None:
        with chain.rolled_back():
            for sender, data in made[:SEQUENCE]:
                work(sender, data)

    raw = timed(20, lambda: sequence(lambda sender, data: chain.call(sender, pool.address, data))) / SEQUENCE
    show(f"call                        {raw:8.1f} us  ({1e6 / raw:,.0f} calls/s)\n")

    def decode(sender: int, data: bytes) -> None:
        outcome = Outcome(chain.call(sender, pool.address, data), pool.decoder, None)
        _ = outcome.events, outcome.reverted

    decoded = timed(20, lambda: sequence(decode)) / SEQUENCE
    show(f"  + events, errors decoded  {decoded - raw:8.1f} us\n")
    reading = timed(300, lambda: watch.read(chain, pool.address))
    show(f"watch set of {len(watch.slots)} words     {reading:8.1f} us  ({reading / len(watch.slots):.2f} a word)\n")
    words = watch.read(chain, pool.address)
    show(f"  compared, equal           {timed(3_000, lambda: watch.changes(words, words)):8.1f} us\n")
    snapshot = chain.snapshot()
    for sender, data in made[:SEQUENCE]:
        chain.call(sender, pool.address, data)
    show(f"slots written in {SEQUENCE} calls  {timed(20, lambda: chain.written_since(snapshot)):8.1f} us\n")
    chain.revert(snapshot)
    before = memory()
    for _ in range(steps // SEQUENCE):
        sequence(lambda sender, data: chain.call(sender, pool.address, data))
    show(f"memory after {steps:,} calls: {memory():.0f} MB, {memory() - before:.1f} MB more than before\n")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
