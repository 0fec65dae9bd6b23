"""How fast the chain is on its own: calls, readings, decoding; and whether its memory stays flat.

Run with ``python -m benchmarks.evm``. The numbers that matter to a campaign's inner loop, in microseconds.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable, Iterator

from harness.cli.app import guarded
from harness.compiler import Project, Settings, compile_many
from harness.evm import Artifacts, Outcome, RawOutcome, Site, WatchSet, deploy
from specs.common.deployment import pool_deployment

POOL = "contracts/v3/ProxiedProverPool.sol:ProxiedProverPool"
SEQUENCE = 100
STEPS = 100_000


def fresh() -> Site:
    """Return the third pool on a chain of its own."""
    recipe, project, settings = pool_deployment(premint=10**17), Project.open("."), Settings(solc="0.8.30")
    artifacts = Artifacts.compiled(recipe, POOL, lambda names: compile_many(project, names, settings))
    return deploy(recipe, artifacts)


def calls(site: Site, count: int) -> list[tuple[int, bytes]]:
    """Return (sender, calldata) of a random mixture of the pool's calls."""
    choose, abi = random.Random(1), site.contract().abi
    people, protocol = [site.roles[f"staker_{number}"] for number in range(1, 41)], site.roles["protocol"]
    made: list[tuple[int, bytes]] = []
    for _ in range(count):
        who = choose.choice(people)
        function, sender, arguments = choose.choice(
            [
                ("stake", who, (choose.randrange(10**15), 5, 32)),
                ("withdraw", who, ()),
                ("exit", who, ()),
                ("assignProver", protocol, (choose.randrange(99), 5)),
                ("releaseProver", protocol, (who,)),
                ("slashProver", protocol, (1, who, 50)),
            ]
        )
        made.append((sender, abi.function(function).encode(*arguments)))
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


def sequence(site: Site, made: list[tuple[int, bytes]], each: Callable[[RawOutcome], object]) -> None:
    """Make one sequence of calls, give each outcome to `each`, and roll it back."""
    chain, pool = site.chain, site.contract().address
    with chain.rolled_back():
        for sender, data in made[:SEQUENCE]:
            each(chain.call(sender, pool, data))


def measure_calls(site: Site, made: list[tuple[int, bytes]]) -> Iterator[tuple[str, float]]:
    """Yield what a call costs, bare and decoded, and what listing the written slots costs."""
    decoder = site.contract().decoder

    def decode(raw: RawOutcome) -> None:
        outcome = Outcome(raw, decoder, None)
        _ = outcome.events, outcome.reverted

    raw = timed(20, lambda: sequence(site, made, lambda outcome: None)) / SEQUENCE
    yield "call", raw
    yield "  + events and errors decoded", timed(20, lambda: sequence(site, made, decode)) / SEQUENCE - raw
    snapshot = site.chain.snapshot()
    for sender, data in made[:SEQUENCE]:
        site.chain.call(sender, site.contract().address, data)
    yield f"slots written in {SEQUENCE} calls", timed(20, lambda: site.chain.written_since(snapshot))
    site.chain.revert(snapshot)


def measure_reading(site: Site) -> Iterator[tuple[str, float]]:
    """Yield what reading and comparing the watched words costs."""
    chain, pool = site.chain, site.contract()
    people = [site.roles[f"staker_{number}"] for number in range(1, 41)]
    keys = {"provers": range(34), "proverIdToAddress": range(34), "stakers": people, "__gap": ()}
    watch = WatchSet(pool.artifact.layout, keys)
    yield f"watch set of {len(watch.slots)} words", timed(300, lambda: watch.read(chain, pool.address))
    words = watch.read(chain, pool.address)
    yield "  compared, equal", timed(3_000, lambda: watch.changes(words, words))


def main() -> None:
    """Measure and print."""
    site = fresh()
    made = calls(site, 1_000)
    for what, microseconds in (*measure_calls(site, made), *measure_reading(site)):
        sys.stdout.write(f"{what:32}{microseconds:10.1f} us\n")
    before = memory()
    for _ in range(STEPS // SEQUENCE):
        sequence(site, made, lambda outcome: None)
    sys.stdout.write(f"memory grown in {STEPS:,} calls: {memory() - before:.1f} MB\n")


if __name__ == "__main__":
    guarded(main)
