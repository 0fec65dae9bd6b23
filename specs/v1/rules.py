"""What stakers can do to the first pool, and what happens to them."""

from __future__ import annotations

from harness.lang import (
    EVERY_FUNCTION,
    Address,
    Call,
    Int,
    Prop,
    iff,
    implies,
    ite,
    maximum,
    negate,
    rule,
    same_record,
)
from specs.common.frame import announces_exactly, only_changes
from specs.common.queue import is_mature
from specs.common.resolver import TOKEN, is_protocol, token_is_named
from specs.common.token import ONE_TKO, burned, burned_in_all, minted, minted_in_all
from specs.v1.state import (
    LEAST_CAPACITY,
    NO_EXIT,
    VACANT,
    ChangedParameters,
    Entered,
    Exited,
    ExitRequested,
    KickeOutByWithAmount,
    Pool,
    Slot,
    TopProver,
    is_active,
    lowest_slot,
    slot_of,
)


def _active(pool: Pool, call: Call) -> Prop:
    return is_active(pool, call.sender)


def _own_slot(pool: Pool, call: Call) -> TopProver:
    return pool.top_provers[pool.prover_to_id[call.sender]]


def _terms_are_fine(reward_per_gas: Int, capacity: Int) -> Prop:
    return (capacity >= LEAST_CAPACITY) & (reward_per_gas != 0)


def _missing(before: Pool, call: Call, wanted: Int) -> Int:
    """Return the part of `wanted` that the caller has not exiting."""
    return maximum(0, wanted - before.exiting_provers[call.sender].amount)


def _is_free(before: Pool, call: Call, total_amount: Int) -> Prop:
    """Return that what the caller has staked and exiting pays for a stake, so that nothing is burned."""
    staked = ite(_active(before, call), _own_slot(before, call).amount, 0)
    return _missing(before, call, total_amount - staked) == 0


def _may_stay(before: Pool, call: Call, total_amount: Int, reward_per_gas: Int, capacity: Int) -> Prop:
    """Return that the caller owns a slot or beats the lowest, on terms that are fine."""
    _, lowest = lowest_slot(before)
    beats = _active(before, call) | (total_amount > lowest)
    return _terms_are_fine(reward_per_gas, capacity) & beats


def _pays(before: Pool, call: Call, after: Pool, wanted: Int) -> Prop:
    """Return that `wanted` was paid: from the exit first, the rest burned; a used exit starts anew."""
    mine, then = before.exiting_provers[call.sender], after.exiting_provers[call.sender]
    used = wanted - _missing(before, call, wanted)
    asked_at = ite(used == 0, mine.requested_at, ite(used == mine.amount, 0, call.timestamp))
    return (
        (burned(call, of=call.sender) == _missing(before, call, wanted) * ONE_TKO)
        & (then.amount == mine.amount - used)
        & (then.requested_at == asked_at)
    )


# --- every function -------------------------------------------------------------------------------------


@rule(EVERY_FUNCTION, kills="release_touches_the_staker")
def only_who_acts_or_is_acted_on_changes(before: Pool, call: Call, after: Pool, who: Address) -> Prop:
    """A staker's exit and id change by the staker's own call, by a slash, or by the caller kicking it out.

    Strangers have no other way to anybody's tokens or dates.
    """
    same = same_record(before.exiting_provers[who], after.exiting_provers[who]) & (
        before.prover_to_id[who] == after.prover_to_id[who]
    )
    taken = after.id_to_prover[before.prover_to_id[who]] == call.sender
    kicked = call.is_call_of("stake") & is_active(before, who) & taken
    slashed = call.is_call_of("slashProver") & (call.argument("prover") == who)
    return same | (call.sender == who) | kicked | slashed


@rule(EVERY_FUNCTION, kills=("leave_without_a_slot", "change_of_another_slot"))
def only_owner_challenger_or_protocol_changes_a_slot(
    before: Pool, call: Call, after: Pool, slot: Slot
) -> Prop:
    """A slot changes by its owner's call, by who takes it, or by the protocol's three functions.

    Strangers have no other way to anybody's stake, reward or capacity.
    """
    old, new = before.id_to_prover[slot], after.id_to_prover[slot]
    same = same_record(before.top_provers[slot], after.top_provers[slot]) & (old == new)
    protocol = call.is_call_of("assignProver", "releaseProver", "slashProver")
    return same | (call.sender == old) | (call.sender == new) | protocol


@rule("assignProver", "releaseProver", "slashProver", kills=("assign_for_anyone", "slash_for_anyone"))
def only_the_protocol_assigns_releases_slashes(before: Pool, call: Call, after: Pool) -> Prop:
    """`assignProver`, `releaseProver` and `slashProver` refuse every caller but the protocol.

    Anybody else could burn a rival's stake or capacity.
    """
    stranger = negate(is_protocol(before.address_manager, call.env))
    told = implies(call.accepted, call.reverts_with("POOL_CALLER_NOT_AUTHORIZED"))
    return implies(stranger, negate(call.succeeds) & told)


@rule(EVERY_FUNCTION, kills=("withdraw_keeps_the_record", "exit_mints_twice"))
def only_matured_exits_are_paid(before: Pool, call: Call, after: Pool, who: Address) -> Prop:
    """What is minted for somebody is exactly the matured exit on record, which this closes.

    The pool can mint without limit; this is the limit.
    """
    paid, mine = minted(call, to=who), before.exiting_provers[who]
    owed = is_mature(mine.requested_at, call.timestamp) & (paid == mine.amount * ONE_TKO)
    return (paid == 0) | (owed & same_record(after.exiting_provers[who], NO_EXIT))


# --- exit -----------------------------------------------------------------------------------------------


def _is_ripe(pool: Pool, call: Call) -> Prop:
    return is_mature(pool.exiting_provers[call.sender].requested_at, call.timestamp)


@rule("exit", kills="withdraw_one_second_early")
def exit_opens_when_mature(before: Pool, call: Call, after: Pool) -> Prop:
    """`exit` succeeds iff the caller's exit is mature (and the token plays along)."""
    owed = before.exiting_provers[call.sender].amount
    payable = (owed == 0) | token_is_named(before.address_manager, call.env)
    return iff(call.succeeds, _is_ripe(before, call) & payable & call.accepted)


@rule("exit", kills=("withdraw_keeps_the_record", "exit_mints_base_units"))
def exit_pays_exactly_what_matured(before: Pool, call: Call, after: Pool) -> Prop:
    """`exit` mints the caller's matured exit once, in base units, closes it, and touches nobody else."""
    owed = before.exiting_provers[call.sender].amount * ONE_TKO
    effect = (
        (minted(call, to=call.sender) == owed)
        & (minted_in_all(call) == owed)
        & same_record(after.exiting_provers[call.sender], NO_EXIT)
        & only_changes(before, after, exiting_provers=[call.sender])
        & call.emits_only(Exited(call.sender, call.timestamp))
    )
    return implies(call.succeeds, effect)


@rule("exit", kills="withdraw_one_second_early")
def immature_exit_is_named(before: Pool, call: Call, after: Pool) -> Prop:
    """`exit` before the exit is mature, or without one, reverts with POOL_CANNOT_YET_EXIT."""
    return implies(negate(_is_ripe(before, call)), call.reverts_with("POOL_CANNOT_YET_EXIT"))


@rule("exit", kills=("token_may_be_nobody", "resolve_allows_nobody"))
def exit_needs_a_token(before: Pool, call: Call, after: Pool) -> Prop:
    """Where something is to be paid and the registry names no token, `exit` says which name is missing."""
    owed = _is_ripe(before, call) & (before.exiting_provers[call.sender].amount != 0)
    unpayable = owed & negate(token_is_named(before.address_manager, call.env))
    told = call.reverts_with("RESOLVER_ZERO_ADDR", call.env.chain_id, TOKEN)
    return implies(unpayable & call.accepted, told)


# --- stake ----------------------------------------------------------------------------------------------


@rule("stake", kills=("entry_with_equal_stake", "entry_without_minimum", "entry_without_reward"))
def stake_admits_the_better(
    before: Pool, call: Call, after: Pool, total_amount: Int, reward_per_gas: Int, capacity: Int
) -> Prop:
    """`stake` succeeds iff an owner leaves or names fine terms, or a newcomer beats the lowest."""
    payable = _is_free(before, call, total_amount) | token_is_named(before.address_manager, call.env)
    stays = _may_stay(before, call, total_amount, reward_per_gas, capacity) & payable
    return iff(call.succeeds, ite(total_amount == 0, _active(before, call), stays) & call.accepted)


@rule("stake", kills="token_may_be_nobody")
def stake_needs_a_token(
    before: Pool, call: Call, after: Pool, total_amount: Int, reward_per_gas: Int, capacity: Int
) -> Prop:
    """`stake` that would burn something, while the registry names no token, says which name is missing."""
    stays = _may_stay(before, call, total_amount, reward_per_gas, capacity) & (total_amount != 0)
    unpayable = negate(
        _is_free(before, call, total_amount) | token_is_named(before.address_manager, call.env)
    )
    told = call.reverts_with("RESOLVER_ZERO_ADDR", call.env.chain_id, TOKEN)
    return implies(stays & unpayable & call.accepted, told)


@rule("stake", kills="entry_without_minimum")
def too_little_capacity_is_named(
    before: Pool, call: Call, after: Pool, total_amount: Int, capacity: Int
) -> Prop:
    """`stake` of something for fewer than 100 blocks is refused with POOL_NOT_ENOUGH_RESOURCES."""
    bad = (total_amount != 0) & (capacity < LEAST_CAPACITY)
    return implies(bad, call.reverts_with("POOL_NOT_ENOUGH_RESOURCES"))


@rule("stake", kills="entry_without_reward")
def no_reward_is_named(
    before: Pool, call: Call, after: Pool, total_amount: Int, reward_per_gas: Int, capacity: Int
) -> Prop:
    """`stake` of something for no reward is refused with POOL_REWARD_CANNOT_BE_NULL."""
    bad = (total_amount != 0) & (capacity >= LEAST_CAPACITY) & (reward_per_gas == 0)
    return implies(bad, call.reverts_with("POOL_REWARD_CANNOT_BE_NULL"))


@rule("stake", kills=("entry_with_equal_stake", "leave_without_a_slot"))
def weak_offer_is_named(
    before: Pool, call: Call, after: Pool, total_amount: Int, reward_per_gas: Int, capacity: Int
) -> Prop:
    """Who has no slot and offers no more than the lowest gets POOL_NOT_MEETING_MIN_REQUIREMENTS."""
    _, lowest = lowest_slot(before)
    weak = _terms_are_fine(reward_per_gas, capacity) & (total_amount <= lowest)
    refused = negate(_active(before, call)) & ((total_amount == 0) | weak)
    return implies(refused, call.reverts_with("POOL_NOT_MEETING_MIN_REQUIREMENTS"))


@rule("stake", kills=("exit_keeps_prover_id", "exit_forgets_the_stake", "exit_keeps_the_old_date"))
def stake_of_nothing_leaves(before: Pool, call: Call, after: Pool, total_amount: Int) -> Prop:
    """`stake` of 0 empties the owner's slot and lets the whole stake exit from now on; no token moves."""
    who = call.sender
    slot, mine, then = before.prover_to_id[who], before.exiting_provers[who], after.exiting_provers[who]
    left = (
        (then.amount == mine.amount + _own_slot(before, call).amount)
        & (then.requested_at == call.timestamp)
        & same_record(after.top_provers[slot], VACANT)
        & (after.id_to_prover[slot] == 0)
        & (after.prover_to_id[who] == 0)
        & (burned_in_all(call) + minted_in_all(call) == 0)
        & call.emits_only(ExitRequested(who, call.timestamp, True))
    )
    frame = only_changes(
        before, after, top_provers=[slot], id_to_prover=[slot], prover_to_id=[who], exiting_provers=[who]
    )
    return implies(call.succeeds & (total_amount == 0), left & frame)


@rule("stake", kills=("top_up_adds_the_total", "change_of_another_slot"))
def owner_changes_its_slot_alone(
    before: Pool, call: Call, after: Pool, total_amount: Int, reward_per_gas: Int, capacity: Int
) -> Prop:
    """`stake` of an owner gives its slot exactly the terms named, and changes nobody else's."""
    slot = before.prover_to_id[call.sender]
    changed = same_record(after.top_provers[slot], TopProver(total_amount, reward_per_gas, capacity))
    frame = only_changes(before, after, top_provers=[slot], exiting_provers=[call.sender])
    told = call.emitted(ChangedParameters(call.sender, total_amount, reward_per_gas, capacity))
    stays = call.succeeds & _active(before, call) & (total_amount != 0)
    return implies(stays, changed & frame & told)


@rule("stake", kills=("partial_exit_adds_the_rest", "partial_exit_keeps_the_date"))
def less_stake_lets_the_difference_exit(before: Pool, call: Call, after: Pool, total_amount: Int) -> Prop:
    """`stake` of less than before lets the difference exit, all of it from now on; no token moves."""
    mine, then = before.exiting_provers[call.sender], after.exiting_provers[call.sender]
    staked = _own_slot(before, call).amount
    moved = (
        (then.amount == mine.amount + staked - total_amount)
        & (then.requested_at == call.timestamp)
        & (burned_in_all(call) + minted_in_all(call) == 0)
        & call.emitted(ExitRequested(call.sender, call.timestamp, False))
    )
    reduces = _active(before, call) & (total_amount != 0) & (total_amount < staked)
    return implies(call.succeeds & reduces, moved)


@rule("stake", kills=("stake_burns_too_little", "partly_used_exit_loses_its_date", "top_up_pays_the_total"))
def more_stake_is_paid_for(before: Pool, call: Call, after: Pool, total_amount: Int) -> Prop:
    """`stake` of more than before, or of a newcomer, uses what is exiting first and burns what is missing."""
    staked = ite(_active(before, call), _own_slot(before, call).amount, 0)
    raises = (total_amount != 0) & (total_amount >= staked)
    return implies(call.succeeds & raises, _pays(before, call, after, total_amount - staked))


@rule("stake", kills=("lowest_is_the_last", "stake_seats_in_the_wrong_slot"))
def newcomer_gets_the_lowest_slot(
    before: Pool, call: Call, after: Pool, total_amount: Int, reward_per_gas: Int, capacity: Int
) -> Prop:
    """`stake` of a newcomer gives it the first of the lowest slots, with exactly what was offered."""
    slot, _lowest = lowest_slot(before)
    seated = (
        same_record(after.top_provers[slot], TopProver(total_amount, reward_per_gas, capacity))
        & (after.id_to_prover[slot] == call.sender)
        & (after.prover_to_id[call.sender] == slot)
        & call.emitted(Entered(call.sender, total_amount, reward_per_gas, capacity))
    )
    return implies(call.succeeds & negate(_active(before, call)), seated)


@rule("stake", kills=("displaced_stake_lost", "displaced_owner_not_exited"))
def kicked_staker_keeps_every_token(before: Pool, call: Call, after: Pool, total_amount: Int) -> Prop:
    """Who is kicked out has the whole stake exiting from now on, no slot, and is told who did it."""
    slot, lowest = lowest_slot(before)
    kicked = before.id_to_prover[slot]
    mine, then = before.exiting_provers[kicked], after.exiting_provers[kicked]
    out = (
        (then.amount == mine.amount + lowest)
        & (then.requested_at == call.timestamp)
        & (after.prover_to_id[kicked] == 0)
        & call.emitted(KickeOutByWithAmount(kicked, call.sender, total_amount))
    )
    return implies(call.succeeds & negate(_active(before, call)) & (kicked != 0), out)


@rule("stake", kills="stake_displaces_another")
def newcomer_displaces_the_lowest_alone(before: Pool, call: Call, after: Pool) -> Prop:
    """`stake` of a newcomer changes the caller, the lowest slot and its owner; nothing else."""
    slot, _lowest = lowest_slot(before)
    people = [call.sender, before.id_to_prover[slot]]
    frame = only_changes(
        before, after, top_provers=[slot], id_to_prover=[slot], prover_to_id=people, exiting_provers=people
    )
    return implies(call.succeeds & negate(_active(before, call)), frame)


@rule("stake", kills="entry_with_equal_stake")
def newcomer_has_more_than_who_leaves(
    before: Pool, call: Call, after: Pool, who: Address, total_amount: Int
) -> Prop:
    """Whoever loses a slot to another had strictly less staked than the newcomer."""
    lost = is_active(before, who) & negate(is_active(after, who)) & (call.sender != who)
    return implies(lost, slot_of(before, who).amount < total_amount)


@rule("stake", kills="leaving_not_announced")
def stake_announces_each_step(
    before: Pool, call: Call, after: Pool, total_amount: Int, reward_per_gas: Int, capacity: Int
) -> Prop:
    """`stake` announces an exit, new terms, a kick or an entry where that happens; nothing else."""
    who, active = call.sender, _active(before, call)
    lowest, _ = lowest_slot(before)
    kicked, leaves = before.id_to_prover[lowest], total_amount == 0
    reduces = active & (total_amount < _own_slot(before, call).amount)
    parts = (
        (reduces & negate(leaves), ExitRequested(who, call.timestamp, False)),
        (active & leaves, ExitRequested(who, call.timestamp, True)),
        (active & negate(leaves), ChangedParameters(who, total_amount, reward_per_gas, capacity)),
        (negate(active) & (kicked != 0), KickeOutByWithAmount(kicked, who, total_amount)),
        (negate(active), Entered(who, total_amount, reward_per_gas, capacity)),
    )
    return implies(call.succeeds, announces_exactly(call, *parts))
