"""Random walks over a model, and every property evaluated along the way."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from harness.lang import EVERY_FUNCTION, Domain, Property, Revert, Run, Spec, replace
from specs.common.deployment import CHAIN_ID
from specs.common.resolver import TOKEN
from tests.specs.bench import OWNER, PROTOCOL_ROLE, REGISTRY, START, STRANGER, TOKEN_AT, Bench

PRELUDE = 100
"""Calls of `stake` by one after the other that a walk begins with, to fill the pool."""
PROTOCOLS = ("assignProver", "releaseProver", "slashProver")
OWNERS = ("transferOwnership", "renounceOwnership", "setAddressManager")
ACTORS = tuple(range(0x1000, 0x1000 + 40))
Arguments = Callable[[random.Random, Bench, str], tuple[int, ...]]


def members(domain: Domain, rng: random.Random, bench: Bench | None = None) -> Sequence[int]:
    """Return values of a domain worth looking at: all of a small one, people, or a few of a great one."""
    if domain.name == "address":
        return (0, STRANGER, PROTOCOL_ROLE, *rng.sample(ACTORS, 8))
    if domain.high - domain.low < 64:
        return range(domain.low, domain.high + 1)
    return (domain.low, domain.low + 1, domain.high, rng.randint(domain.low, domain.high))


def instances(
    prop: Property, rng: random.Random, every: Callable[[Domain], Sequence[int]]
) -> Iterator[dict[str, int]]:
    """Yield values for what a property is quantified over: all values of the first, one of each other."""
    quantified = prop.quantified
    if not quantified:
        yield {}
        return
    (first, domain), *rest = quantified
    for value in every(domain):
        yield {first: value, **{name: rng.choice(every(other)) for name, other in rest}}


def arguments_of(prop: Property, call: Any) -> dict[str, int]:
    return {name: call.argument(name) for name, domain in prop.parameters if domain is None}


def rules_about(spec: Spec[Any], function: str) -> Iterator[Any]:
    for rule in spec.rules:
        if EVERY_FUNCTION in rule.functions or function in rule.functions:
            yield rule


def holds(rule: Property, *args: Any, **values: int) -> bool:
    """Return that a rule holds of a call, or says nothing of it as the world refuses an answer."""
    try:
        return bool(rule(*args, **values))
    except Revert:
        return True


def broken_rules(
    spec: Spec[Any],
    run: Run[Any],
    rng: random.Random,
    few: bool = False,
    among: Collection[str] | None = None,
) -> list[str]:
    """Return the names of the rules that a run breaks (`among` those, if given)."""
    result = []
    call: Any = run.call
    for rule in rules_about(spec, call.function):
        if among is not None and rule.name not in among:
            continue
        given = arguments_of(rule, call)

        def every(domain: Domain) -> Sequence[int]:
            found = members(domain, rng)
            if domain.name == "address":
                found = (*found, call.sender, call.argument("addr"), call.argument("prover"))
            return rng.sample(list(found), min(6, len(found))) if few else found

        for values in instances(rule, rng, every):
            if not holds(rule, run.before, call, run.after, **given, **values):
                result.append(rule.name)
                break
    return result


def broken_invariants(spec: Spec[Any], pool: Any, rng: random.Random) -> list[str]:
    """Return the names of the invariants that a state breaks."""
    found = []
    for claim in spec.invariants:
        for values in instances(claim, rng, lambda domain: members(domain, rng)):
            if not claim(pool, **values):
                found.append(claim.name)
                break
    return found


def _sender(rng: random.Random, bench: Bench, function: str, crowd: Sequence[int], step: int) -> int:
    """Return who calls: usually somebody who may."""
    if step < PRELUDE:
        return crowd[step % len(crowd)]
    if function in PROTOCOLS and rng.random() < 0.95:
        return PROTOCOL_ROLE
    if function in OWNERS and rng.random() < 0.5:
        return bench.pool.owner or STRANGER
    return rng.choice(crowd)


def walk(
    spec: Spec[Any],
    seed: int,
    steps: int,
    functions: Sequence[str],
    arguments: Arguments,
    jumps: Sequence[int],
) -> Iterator[tuple[Bench, Run[Any]]]:
    """Make `steps` random calls; yield the bench and each run."""
    rng = random.Random(seed)
    bench = Bench(spec)
    bench.give(*ACTORS)
    now = START
    crowd = ACTORS[: rng.choice((5, 36, 40))]
    for step in range(steps):
        now += rng.choice(jumps)
        bench.number += 1
        if step % 60 == 0:
            bench.pool = replace(bench.pool, owner=OWNER, address_manager=REGISTRY)
        bench.world.names[CHAIN_ID, TOKEN] = rng.choice((*(TOKEN_AT,) * 19, 0))
        function = rng.choice(functions) if step >= PRELUDE else "stake"
        sender = _sender(rng, bench, function, crowd, step)
        run = bench.run(function, *arguments(rng, bench, function), sender=sender, at=now)
        yield bench, run
