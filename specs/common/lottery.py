"""The lottery that assigns a block: a point drawn from the block's hash, shares in proportion to weights."""

from __future__ import annotations

from collections.abc import Sequence

from harness.lang import Env, Int, Prop, at, ite


def entropy(env: Env, block_id: Int) -> Int:
    """Return the word that a block's draw is made from: the parent block's hash mixed with the block's id."""
    return env.world.keccak(env.world.blockhash(env.number - 1), block_id)


def sum_of(values: Sequence[Int]) -> Int:
    """Return the sum of `values`."""
    result: Int = 0
    for value in values:
        result = result + value
    return result


def is_drawn(weights: Sequence[Int], position: Int, point: Int) -> Prop:
    """Return that `point` lies in the share of `position`.

    A share starts where the weights before it end and is as long as its own
    weight. The shares lie side by side and fill ``[0, sum)``, so the number of
    points that draw a position is exactly its weight.
    """
    before = sum_of([ite(index < position, weight, 0) for index, weight in enumerate(weights)])
    own = at(weights, position)
    return (before <= point) & (point < before + own)
