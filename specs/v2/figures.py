"""Pictures of the second pool's arithmetic, computed by the model."""

from __future__ import annotations

from harness.lang import Figure, Int
from specs.common import figures
from specs.common.seats import Prover
from specs.v2.model import penalty, weight
from specs.v2.state import MAX_CAPACITY_LOWER_BOUND


def slashing() -> Figure:
    """Return what a slash takes, against what is at stake."""
    return figures.slashing(
        "Tokens lost by a prover: 5 % of what is at stake, rounded down, and one token at least.",
        1,
        figures.curve("the penalty", 1, penalty),
        figures.curve("one token", 1, lambda stake: 1, bound=True),
    )


def lottery() -> Figure:
    """Return the chances of the seats of an example pool beside the frequencies of many draws."""

    def chance(tokens: int, reward: int) -> Int:
        return weight(Prover(tokens, reward, MAX_CAPACITY_LOWER_BOUND), 1)

    told = "with equal capacities, more stake weighs more, and a reward twice as high weighs a quarter."
    return figures.lottery(told, chance)


FIGURES = (slashing, lottery)
