"""Pictures of the first pool's arithmetic, computed by the model."""

from __future__ import annotations

from harness.lang import Figure, Int
from specs.common import figures
from specs.v1.model import penalty, weight
from specs.v1.state import BEFORE_INIT, ExitingProver, TopProver, with_exit

SOMEBODY = 1


def slashing() -> Figure:
    """Return what a slash takes, against what is at stake."""

    def taken(stake: int) -> Int:
        return penalty(with_exit(BEFORE_INIT, SOMEBODY, ExitingProver(1, stake)), SOMEBODY)

    return figures.slashing(
        "Tokens lost by a prover: 5 % of what is staked and exiting, rounded down; nothing below 20 tokens.",
        1,
        figures.curve("the penalty", 1, taken),
    )


def lottery() -> Figure:
    """Return the chances of the slots of an example pool beside the frequencies of many draws."""

    def chance(tokens: int, reward: int) -> Int:
        return weight(TopProver(tokens, reward, 1), 1)

    told = "more stake weighs more, and a reward twice as high weighs a quarter."
    return figures.lottery(told, chance)


FIGURES = (slashing, lottery)
