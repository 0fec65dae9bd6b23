"""Pictures of the third pool's arithmetic, computed by the model."""

from __future__ import annotations

from harness.lang import Figure, Int, Series
from specs.common import figures
from specs.common.seats import Prover
from specs.common.token import ONE_TKO
from specs.v3.model import penalty, weight
from specs.v3.state import MIN_CAPACITY


def slashing() -> Figure:
    """Return what a slash takes, against what is at stake."""

    def taken(name: str, reward: int, bound: bool = False) -> Series:
        return figures.curve(name, ONE_TKO, lambda stake: penalty(stake, MIN_CAPACITY, reward), bound)

    return figures.slashing(
        f"Tokens lost by a prover of capacity {MIN_CAPACITY}: at least a share of what is at stake and "
        "four times the proof's reward, and never more than is at stake.",
        ONE_TKO,
        taken("proof reward of 1 token", ONE_TKO),
        taken("proof reward of 0.01 tokens", ONE_TKO // 100),
        taken("no proof reward: the share", 0, bound=True),
    )


def lottery() -> Figure:
    """Return the chances of the seats of an example pool beside the frequencies of many draws."""

    def chance(tokens: int, reward: int) -> Int:
        return weight(Prover(staked_amount=tokens * ONE_TKO, reward_per_gas=reward), reward)

    return figures.lottery("more stake weighs more, a higher reward weighs less.", chance)


FIGURES = (slashing, lottery)
