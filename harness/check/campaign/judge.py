"""What a finished sequence stored: compared with the models word by word, and held against every property."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.check.campaign.finding import Aspect, Finding
from harness.check.campaign.ground import Bound
from harness.check.campaign.prediction import Predicted
from harness.check.views.packing import Bits
from harness.check.views.stored import Memory

if TYPE_CHECKING:
    from harness.check.campaign.run import Functions, Run

Words = dict[int, int]
Transfer = tuple[int, int, int]
Span = Mapping[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Failure:
    """Where model and contract part: the target's changed words and the ledgers before, the words after."""

    step: int
    before: Words
    ghosts: dict[str, Any]
    after: Words


def judge_storage(run: Run, rules: Functions, claims: bool = True) -> None:
    """Add what is wrong with the storage after each call, and with the properties, to the run's findings."""
    chain = run.ground.chain
    journal = chain.journal
    spans = run.spans = chain.history(run.marks, journal)
    run.findings += _misplaced_ether(run, chain.transfers(run.marks, journal))
    _seed(run, spans)
    watched = _holding(run) if claims or not run.start.is_deployment else set()
    ruled = watched is not None and rules != frozenset()
    failed = min([finding.step for finding in run.findings], default=None)
    for step, (predicted, span) in enumerate(zip(run.done, spans, strict=True)):
        if predicted.undefined:
            if watched is not None:
                run.findings.append(Finding(step, "model", Aspect.MODEL, predicted.undefined, "an answer"))
            return
        if not span and not predicted.bits and step != failed and predicted.after is predicted.before:
            if ruled:
                _hold_rules(run, step, predicted, rules)
            continue
        stored = _take(run, step, predicted, span)
        if stored or failed == step:
            run.findings += stored
            run.failure = _failure(run, step, predicted, span) if watched is not None else None
            return
        if watched and _check_claims(run, step, predicted.after, watched):
            return
        if ruled:
            _hold_rules(run, step, predicted, rules)


def _misplaced_ether(run: Run, moved: Mapping[int, Sequence[Transfer]]) -> list[Finding]:
    """Return the first call that moves other ether than what is sent with it: models know no other."""
    target = run.ground.address
    sending = [step for step, predicted in enumerate(run.done) if predicted.call.value]
    for step in sorted({*moved, *sending}):
        call = run.done[step].call
        meant = [(call.sender, target, call.value)] if run.raw[step].success and call.value else []
        found = list(moved.get(step, ()))
        if found != meant and not run.done[step].undefined:
            return [Finding(step, "model", Aspect.ETHER, _told(meant), _told(found))]
    return []


def _told(moved: Sequence[Transfer]) -> str:
    texts = [f"{wei} wei from {payer:#x} to {payee:#x}" for payer, payee, wei in moved]
    return ", ".join(texts) or "nothing moves"


def _hold_rules(run: Run, step: int, predicted: Predicted, rules: Functions) -> None:
    """Hold a call on which model and contract agree against the rules, if it is one of those to be."""
    if rules is None or predicted.call.operation in rules:
        run.findings += run.table.laws.broken(step, predicted.before, predicted.executed(), predicted.after)


def _failure(run: Run, step: int, predicted: Predicted, span: Span) -> Failure:
    """Return the states around a call on which model and contract differ, as the EVM has them."""
    target = run.ground.address
    before = {slot: old for (account, slot), (old, _) in span.items() if account == target}
    names = run.ground.spec.model.ghosts
    ghosts = {name: getattr(predicted.before, name) for name in names}
    return Failure(step, run.words | before, ghosts, dict(run.words))


def _seed(run: Run, spans: list[Any]) -> None:
    """Tell the memories what was there before the first change of each word."""
    bounds = run.table.bounds
    first: dict[tuple[int, int], int] = {}
    for span in reversed(spans):
        for place, (old, _) in span.items():
            first[place] = old
    accounts: dict[int, Words] = {}
    for (account, slot), word in first.items():
        if account not in accounts:
            accounts[account] = {}
        accounts[account][slot] = word
    for account, words in accounts.items():
        if account in bounds:
            bounds[account].memory.seed(words)
        run.remember(account, words)


def _holding(run: Run) -> set[str] | None:
    """Return which invariants can be watched from the start on, None where some do not hold there.

    What depends on ledgers cannot be told in a state that was written: nobody kept them.
    """
    claims = run.table.claims
    if run.start.is_deployment:
        return {one.name for one in run.ground.spec.invariants}
    broken = claims.refresh(run.table.view)
    historic = {one.invariant.name for one in claims.instances if one.is_historic}
    if any(one.invariant.name not in historic for one in broken):
        return None
    return {one.name for one in run.ground.spec.invariants} - historic


def _take(run: Run, step: int, predicted: Predicted, span: Span) -> list[Finding]:
    """Take the words that one call changed, and return where they are not what the models say."""
    table, bits, target = run.table, predicted.bits, run.ground.target
    findings: list[Finding] = []
    changed: dict[int, Words] = {account: {} for account in bits}
    for (account, slot), (old, new) in span.items():
        if old != new:
            if account not in changed:
                changed[account] = {}
            changed[account][slot] = new
    for account, words in changed.items():
        bound = table.bounds.get(account)
        if bound is None:
            findings.append(_foreign(step, account, words))
            continue
        wrong = _differences(bound.memory, bits.get(account, {}), words)
        if wrong:
            aspect = Aspect.STORAGE if bound is target else Aspect.COMPANION
            findings += _named(step, aspect, bound, wrong, _keys_of(predicted))
        if bound is target:
            run.words.update(words)
            table.change(bound.memory, words)
        else:
            bound.memory.change(words)
    table.set_ghosts(predicted.after)
    return findings


def _foreign(step: int, account: int, words: Words) -> Finding:
    slots = ", ".join(f"{slot:#x}" for slot in words)
    return Finding(step, "model", Aspect.COMPANION, "nothing written", f"account {account:#x} at {slots}")


def _differences(memory: Memory, bits: Bits, words: Words) -> list[tuple[int, int, int]]:
    """Return (slot, expected, actual) where words are not what the model says.

    `memory` has what was there before, `words` are the changed ones: a changed word that the model does not
    speak of is wrong, too, and so is a changed bit beside those that it speaks of.
    """
    wrong: list[tuple[int, int, int]] = []
    for slot, (mask, value) in bits.items():
        old = memory.word(slot)
        new = words.get(slot, old)
        if (old & ~mask | value) != new:
            wrong.append((slot, old & ~mask | value, new))
    if not words.keys() <= bits.keys():
        wrong += [(slot, memory.word(slot), new) for slot, new in words.items() if slot not in bits]
    return wrong


def _named(
    step: int, aspect: Aspect, bound: Bound, wrong: list[tuple[int, int, int]], keys: Iterable[int]
) -> list[Finding]:
    """Return differing words of one contract field by field, as far as the specification binds them."""
    atlas = bound.atlas(keys, [slot for slot, _, _ in wrong])
    return [
        Finding(step, "model", aspect, f"{path} = {ours}", f"{path} = {theirs}")
        for slot, expected, actual in wrong
        for path, ours, theirs in atlas.differences(slot, expected, actual)
    ]


def _check_claims(run: Run, step: int, pool: Any, watched: set[str]) -> bool:
    """Evaluate the invariants after a call; return whether one is broken."""
    found = run.table.claims.refresh(run.table.view)
    if not found:
        return False
    kept = run.start.is_deployment
    broken = [one for one in found if one.invariant.name in watched and (kept or not one.is_historic)]
    run.findings += [Finding(step, one.invariant.name, keys=one.named_keys) for one in broken]
    return bool(broken)


def _keys_of(predicted: Predicted) -> list[int]:
    """Return the numbers that a call is about: keys, perhaps, of mappings."""
    return [value for value in predicted.call.arguments or () if isinstance(value, int)]
