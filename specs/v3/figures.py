"""Pictures of the third pool's arithmetic, computed by the model."""

from __future__ import annotations

from random import Random
from typing import cast

from harness.lang import Figure, Series, pick
from specs.common.seats import Prover
from specs.v3.model import penalty, weight
from specs.v3.state import MIN_CAPACITY

TOKEN = 10**8
DRAWS = 20_000
SEATS = ((40, 1), (60, 1), (80, 1), (40, 2), (160, 2), (320, 2), (90, 3), (600, 4))
"""Stakes in thousands of tokens, and rewards per gas, of an example pool."""


def slashing() -> Figure:
    """Return what a slash takes, against what is at stake."""
    stakes = [10**exponent * step for exponent in range(6, 14) for step in (1, 2, 5)]

    def taken(reward: int) -> tuple[tuple[float, float], ...]:
        return tuple(
            (at_stake / TOKEN, cast(int, penalty(at_stake, MIN_CAPACITY, reward)) / TOKEN)
            for at_stake in stakes
            if cast(int, penalty(at_stake, MIN_CAPACITY, reward)) > 0
        )

    everything = tuple((at_stake / TOKEN, at_stake / TOKEN) for at_stake in stakes)
    return Figure(
        title="What a slash takes",
        caption=(
            f"Tokens lost by a prover of capacity {MIN_CAPACITY}: at least a share of what is at stake and "
            "four times the proof's reward, and never more than is at stake."
        ),
        x="tokens at stake",
        y="tokens slashed",
        series=(
            Series("all that is at stake", everything, "dashed"),
            Series("proof reward of 1 token", taken(TOKEN)),
            Series("proof reward of 0.01 tokens", taken(TOKEN // 100)),
            Series("no proof reward: the share", taken(0), "dashed"),
        ),
        logarithmic=True,
    )


def lottery() -> Figure:
    """Return the chances of the seats of an example pool beside the frequencies of many draws."""
    weights = tuple(
        cast(int, weight(Prover(staked_amount=thousands * 1000 * TOKEN, reward_per_gas=reward), reward))
        for thousands, reward in SEATS
    )
    total = sum(weights)
    dice = Random(1)
    drawn = [cast(int, pick(weights, dice.randrange(total))) for _ in range(DRAWS)]
    return Figure(
        title="Who is drawn",
        caption=(
            "The weights of eight example seats as shares of their sum, and how often each was picked in "
            f"{DRAWS:,} draws by the model: more stake weighs more, a higher reward weighs less."
        ),
        x="slot",
        y="share of the draws",
        series=(
            Series("weight", tuple((slot + 1, value / total) for slot, value in enumerate(weights)), "bars"),
            Series(
                "drawn", tuple((slot + 1, drawn.count(slot) / DRAWS) for slot in range(len(SEATS))), "marks"
            ),
        ),
    )


FIGURES = (slashing, lottery)
