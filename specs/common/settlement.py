"""How a call is settled: token movements, strictly after everything else."""

from __future__ import annotations

from collections.abc import Callable

from harness.lang import Address, Env, ExternalCall, Int
from specs.common.resolver import token

Move = tuple[Callable[[Address, Address, Int], ExternalCall], Address, Int]
"""`mint` or `burn`, whose tokens, and how many base units."""


def settle(registry: Address, env: Env, *moves: Move) -> tuple[ExternalCall, ...]:
    """Return the token's calls for `moves`, in order.

    Nothing is asked of the token for an amount of 0, and its name is not even
    resolved where no amount moves.
    """
    calls: tuple[ExternalCall, ...] = ()
    for build, who, amount in moves:
        if amount != 0:
            calls = (*calls, build(token(registry, env), who, amount))
    return calls
