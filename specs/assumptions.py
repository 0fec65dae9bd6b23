"""Every assumption, once: what the verdicts take for granted, why, and what makes it credible."""

from __future__ import annotations

from typing import Any

from harness.lang import Assumption, Call, Prop, within

END_OF_TIME = 2**64 - 1


def _caller_is_somebody(before: Any, call: Call) -> Prop:
    return call.sender != 0


def _time_fits(before: Any, call: Call) -> Prop:
    return within(call.timestamp, 1, END_OF_TIME)


def _parent_block_exists(before: Any, call: Call) -> Prop:
    return call.env.number >= 1


CALLER_IS_SOMEBODY = Assumption(
    name="caller_is_somebody",
    sentence="Nobody calls from the zero address.",
    reason="No key is known for it; without this, a seat could belong to the mark for `nobody`.",
    discharged_by="the cost of finding a key whose address is zero: 2^160 hashes",
    predicate=_caller_is_somebody,
)

TIME_FITS = Assumption(
    name="time_fits",
    sentence="A block's time is at least 1 and fits 64 bits.",
    reason="The pools store times in 64 bits, and 0 stands for `no exit was requested`.",
    discharged_by="the chain: its time is in seconds since 1970; 64 bits last 580 thousand million years",
    predicate=_time_fits,
)

PARENT_BLOCK_EXISTS = Assumption(
    name="parent_block_exists",
    sentence="No call is made in block 0.",
    reason="A block is assigned by its parent's hash; block 0 has no parent, and no transactions.",
    discharged_by="the chain: the genesis block holds no transactions",
    predicate=_parent_block_exists,
)

REGISTRY_ANSWERS = Assumption(
    name="registry_answers",
    sentence="The pool's registry is one: it answers `getAddress` with an address and changes nothing.",
    reason="Who the protocol is, and which token is paid in, is the registry's to say.",
    discharged_by="the pool's owner, who names it; AddressManager is what the campaign runs with",
)

TOKEN_KEEPS_ITS_WORD = Assumption(
    name="token_keeps_its_word",
    sentence="`mint` and `burn` of the token do what they say, or refuse, and don't call back.",
    reason="The pool can only ask; whether balances really move is the token's doing.",
    discharged_by="the campaign, which compares TaikoToken's balances at every call; it calls nothing but"
    " the registry",
)

KECCAK_IS_INJECTIVE = Assumption(
    name="keccak_is_injective",
    sentence="keccak256 has no collisions, and no hash is a small number.",
    reason="Mappings and namespaced variables live at hashes; a collision would make two of them one.",
    discharged_by="keccak256's 128 bits of collision resistance",
)

ASSUMPTIONS = (
    CALLER_IS_SOMEBODY,
    TIME_FITS,
    PARENT_BLOCK_EXISTS,
    REGISTRY_ANSWERS,
    TOKEN_KEEPS_ITS_WORD,
    KECCAK_IS_INJECTIVE,
)
