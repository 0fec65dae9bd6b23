"""Who pays, and when tokens move at all: the same in every generation."""

from __future__ import annotations

from typing import Any

from harness.lang import EVERY_FUNCTION, Call, Prop, rule
from specs.common.token import burned, burned_in_all, minted_in_all


@rule(EVERY_FUNCTION, kills="stake_burns_from_the_displaced")
def nobody_pays_for_another(before: Any, call: Call, after: Any) -> Prop:
    """Tokens are burned of the caller only, and only by `stake`.

    Otherwise the pool's right to burn would be everybody's.
    """
    in_all = burned_in_all(call)
    return (in_all == burned(call, of=call.sender)) & ((in_all == 0) | call.is_call_of("stake"))


@rule(EVERY_FUNCTION, kills="release_mints")
def only_stakers_functions_move_tokens(before: Any, call: Call, after: Any) -> Prop:
    """Tokens are minted by `stake`, `exit` and `withdraw` only."""
    return (minted_in_all(call) == 0) | call.is_call_of("stake", "exit", "withdraw")
