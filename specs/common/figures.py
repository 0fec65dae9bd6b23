"""Pictures of what the pools' models compute: what a slash takes, and who is drawn."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import cast

from harness.lang import Figure, Int, Series, pick

DRAWS = 20_000
STAKES = tuple(10**exponent * step for exponent in range(6, 14) for step in (1, 2, 5))
"""What is at stake in a picture, in base units of the token."""
SEATS = ((40, 1), (60, 1), (80, 1), (40, 2), (160, 2), (320, 2), (90, 3), (600, 4))
"""Stakes in thousands of tokens, and rewards per gas, of an example pool."""


def slashing(caption: str, token: int, *taken: Series) -> Figure:
    """Return the picture of what slashes take, below all that is at stake.

    One token is `token` of the units that the pool counts in.
    """
    whole = tuple((stake / token, stake / token) for stake in stakes(token))
    return Figure(
        title="What a slash takes",
        caption=caption,
        x="tokens at stake",
        y="tokens slashed",
        series=(Series("all that is at stake", whole, "dashed"), *taken),
        logarithmic=True,
    )


def stakes(token: int) -> list[int]:
    """Return the stakes of a picture in units of which a token has `token`, as far as they are whole."""
    return [stake * token // 10**8 for stake in STAKES if stake * token % 10**8 == 0]


def curve(name: str, token: int, penalty: Callable[[int], Int], bound: bool = False) -> Series:
    """Return what a `penalty` takes of each stake, in tokens; where it is nothing, nothing is drawn."""
    points = [(stake, cast(int, penalty(stake))) for stake in stakes(token)]
    drawn = tuple((stake / token, lost / token) for stake, lost in points if lost > 0)
    return Series(name, drawn, "dashed" if bound else "line")


def lottery(caption: str, weight: Callable[[int, int], Int]) -> Figure:
    """Return the chances of the seats of an example pool beside the frequencies of many draws.

    `weight` is a seat's, given its stake in whole tokens and its reward per gas.
    """
    weights = tuple(cast(int, weight(thousands * 1000, reward)) for thousands, reward in SEATS)
    total = sum(weights)
    dice = Random(1)
    drawn = [cast(int, pick(weights, dice.randrange(total))) for _ in range(DRAWS)]
    shares = tuple((slot + 1, value / total) for slot, value in enumerate(weights))
    seen = tuple((slot + 1, drawn.count(slot) / DRAWS) for slot in range(len(SEATS)))
    return Figure(
        title="Who is drawn",
        caption=(
            "The weights of eight example seats as shares of their sum, and how often each was picked in "
            f"{DRAWS:,} draws by the model: {caption}"
        ),
        x="slot",
        y="share of the draws",
        series=(Series("weight", shares, "bars"), Series("drawn", seen, "marks")),
    )
