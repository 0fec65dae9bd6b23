"""The lottery that assigns a block: a point drawn from the block's hash, shares in proportion to weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.lang import Address, Call, Env, Int, Prop, at, either, implies, ite
from specs.common.frame import has_no_effect


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


def is_assigned_by_share(
    call: Call,
    block_id: Int,
    weights: Sequence[Int],
    position: Int,
    *,
    spent: Int,
    owner: Address,
    reward: Int,
) -> Prop:
    """Return that `assignProver` treats a slot as the lottery says, if there is any weight.

    A slot that is drawn has `spent` one block of its capacity, and its `owner` and
    `reward` are returned; any other has spent nothing.
    """
    total = sum_of(weights)
    drawn: Prop = (spent == 1) & (call.returned(0) == owner) & (call.returned(1) == reward)

    def fair() -> Prop:
        point = entropy(call.env, block_id) % total
        return ite(is_drawn(weights, position, point), drawn, spent == 0)

    return implies(call.succeeds, either(total == 0, lambda: True, fair))


def is_assigned_to_nobody(before: Any, call: Call, after: Any, weights: Sequence[Int]) -> Prop:
    """Return that `assignProver` without any weight returns nobody and no reward, and changes nothing."""
    nobody = (call.returned(0) == 0) & (call.returned(1) == 0) & has_no_effect(before, call, after)
    return implies(call.succeeds & (sum_of(weights) == 0), nobody)
