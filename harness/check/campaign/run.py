"""One sequence of calls, made on the contract and on its model alike, and judged when it is over.

What a call answers (success, data, events) is compared at once. What it stored is compared at the end, from
the EVM's own journal, which has every word that any account's storage held after each call: cheaper than
reading a hundred words after every call, and nothing written anywhere can escape it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from harness.check.campaign.call import Planned
from harness.check.campaign.claims import Claims
from harness.check.campaign.diagnosis import diagnosis
from harness.check.campaign.errors import CampaignError
from harness.check.campaign.finding import Aspect, Finding
from harness.check.campaign.ground import Bound, Ground
from harness.check.campaign.judge import Failure, Span, judge_storage
from harness.check.campaign.laws import Laws
from harness.check.campaign.prediction import Predicted, Predictor
from harness.check.campaign.surface import Operation
from harness.check.views.stored import GHOST, Memory
from harness.evm.raw import RawLog, RawOutcome
from harness.evm.vm import Snapshot
from harness.lang import Revert, same_record

Changes = dict[int, dict[int, int]]
"""New words by account and slot."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a sequence begins: the deployment, with other values written at layout paths of the target."""

    values: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_deployment(self) -> bool:
        """Whether nothing was written: every state of the sequence is reachable."""
        return not self.values


DEPLOYMENT = Start()

Functions = frozenset[Operation] | None
"""Some functions, or all of them (None)."""

NO_RULES: Functions = frozenset()


class Table:
    """What is kept from one sequence to the next: memories and evaluated claims over the deployment."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.predictor = Predictor(ground)
        self.bounds: dict[int, Bound] = {bound.address: bound for _, bound in ground.companions.values()}
        self.bounds[ground.address] = ground.target
        self.storage = ground.site.storage()
        self.pool = ground.begin()
        self.companions = ground.companion_states()
        self.claims = Claims(ground.spec.invariants, ground.target.memory, ground.addresses)
        self.laws = Laws(ground)
        self.ghosts: dict[str, Any] = {}
        self.view = ground.target.see(ground.target.memory, self.ghosts)
        self.set_ghosts(self.pool)
        with ground.chain.rolled_back():  # as in `Bound.stored`
            broken = self.claims.refresh(self.view)
        self.at_deployment = [Finding(-1, one.invariant.name, keys=one.named_keys) for one in broken]
        self.at_deployment += _otherwise(ground, self.pool)
        if ground.can_initialise_implementation():
            nobody, somebody = "nobody can initialise the implementation", "anybody can"
            self.at_deployment.append(Finding(-1, "model", Aspect.DEPLOYMENT, nobody, somebody))

    def set_ghosts(self, pool: Any) -> None:
        """Take the ledgers of a model's state for the view's."""
        for name in self.ground.spec.model.ghosts:
            value = getattr(pool, name)
            if self.ghosts.get(name) != value:
                self.ghosts[name] = value
                self.claims.touch([f"{GHOST}{name}"])

    def change(self, memory: Memory, words: Mapping[int, int]) -> None:
        """Take changed words of the target."""
        self.claims.touch(memory.change(words))


def _otherwise(ground: Ground, pool: Any) -> Iterator[Finding]:
    """Yield in what the state after deployment is not what the model says of the initialiser."""
    try:
        expected = ground.initialised()
    except Revert as refusal:
        yield Finding(-1, "model", Aspect.DEPLOYMENT, str(refusal), "success")
        return
    names = [one.name for one in fields(pool)] if expected is not None else []
    for name in names:
        one, other = getattr(expected, name), getattr(pool, name)
        if not same_record(one, other):
            yield Finding(-1, "model", Aspect.DEPLOYMENT, f"{name} = {one}", f"{name} = {other}")


def _is_other(raw: RawOutcome, predicted: Predicted) -> bool:
    """Return whether the contract's answer is not the model's."""
    if raw.output != predicted.output or raw.halted or raw.success is not (predicted.refusal is None):
        return True
    return raw.success and raw.logs != tuple(predicted.logs)


class Run:
    """One sequence; use `plan` for each call, `finish` once, which also takes the chain back.

    The models answer first, all the EVM's calls are made in one go after that: each side then has the
    processor's caches to itself, which makes both faster.
    """

    def __init__(self, table: Table, start: Start = DEPLOYMENT) -> None:
        self.table = table
        self.ground = table.ground
        self.start = start
        self.pool = table.pool
        self.companions: Mapping[int, Any] = table.companions
        self.done: list[Predicted] = []
        self.raw: list[RawOutcome] = []
        self.findings: list[Finding] = []
        self.over = False
        self.words: dict[int, int] = {}
        self.begun: dict[int, int] = {}
        self.spans: Sequence[Span] = ()
        self.failure: Failure | None = None
        self._undo: Changes = {}
        self._snapshot: Snapshot = self.ground.chain.snapshot()
        if not start.is_deployment:
            self._write_start()
        self.marks = [self.ground.chain.frames]

    def _write_start(self) -> None:
        """Write the start's values, and let the model begin with what is stored then."""
        ground, target = self.ground, self.ground.target
        storage = self.table.storage
        slots = {storage.paths.place(path).slot for path in self.start.values}
        before = {slot: target.memory.at(slot) for slot in slots}
        self._undo[target.address] = before
        storage.load(self.start.values)
        after = {slot: ground.chain.read(target.address, slot) for slot in slots}
        self.words.update(after)
        self.begun = after
        self.table.change(target.memory, after)
        ghosts = {name: getattr(self.pool, name) for name in ground.spec.model.ghosts}
        self.pool = ground.spec.model.state(**target.stored(target.memory), **ghosts)

    def plan(self, call: Planned) -> Predicted:
        """Let the models make a call; `over` is set where they have no answer."""
        try:
            predicted = self.table.predictor.predict(call, self.pool, self.companions)
        except CampaignError:
            self._take_back()
            raise
        self.done.append(predicted)
        self.pool = predicted.after
        self.companions = predicted.companions
        if predicted.undefined:
            self.over = True
        return predicted

    def _execute(self) -> None:
        """Make the planned calls on the EVM, and compare what they answer, up to the first difference."""
        chain, address, marks = self.ground.chain, self.ground.address, self.marks
        raw, make = self.raw, chain.call
        for predicted in self.done:
            call = predicted.call
            chain.set_block(call.number, call.time)
            raw.append(make(call.sender, address, call.data, call.value))
            marks.append(chain.frames)
        for step, (outcome, predicted) in enumerate(zip(raw, self.done, strict=True)):
            if _is_other(outcome, predicted) and not predicted.undefined:
                self.findings.append(self._difference(step, outcome, predicted))
                return

    def _difference(self, step: int, raw: RawOutcome, predicted: Predicted) -> Finding:
        """Say in what the contract's answer is not the model's."""
        decoder = self.ground.decoder
        refused = predicted.refusal is not None
        if raw.success is refused or not raw.success:
            theirs = "success" if raw.success else raw.halted or str(decoder.decode_revert(raw.output))
            ours = str(decoder.decode_revert(predicted.output)) if refused else "success"
            return Finding(step, "model", Aspect.OUTCOME, ours, theirs)
        if raw.output != predicted.output:
            return Finding(step, "model", Aspect.RETURNS, predicted.output.hex(), raw.output.hex())
        logs = [RawLog(*log) for log in predicted.logs]
        ours, theirs = (
            ", ".join(f"{event.name}{event.args}" for event in map(decoder.decode_event, some)) or "none"
            for some in (logs, raw.logs)
        )
        return Finding(step, "model", Aspect.EVENTS, ours, theirs)

    def finish(
        self, rules: Functions = NO_RULES, diagnose: bool = False, claims: bool = True
    ) -> list[Finding]:
        """Execute and judge the sequence, take the chain back; return what is wrong at the first wrong call.

        Calls of the functions in `rules` are held against the rules; with `diagnose` a call on which model
        and contract differ is held against every property, as the contract made it. Without
        `claims` the invariants are not evaluated.
        """
        try:
            self._execute()
            judge_storage(self, rules, claims)
        finally:
            self._take_back()
        if diagnose and self.failure is not None:
            self.findings += diagnosis(self, self.failure)
        first = min((finding.step for finding in self.findings), default=0)
        return [finding for finding in self.findings if finding.step == first]

    def remember(self, account: int, words: Mapping[int, int]) -> None:
        """Keep the words that were there before, to restore the memories at the end."""
        known = self._undo.setdefault(account, {})
        for slot, word in words.items():
            known.setdefault(slot, word)

    def _take_back(self) -> None:
        """Restore chain and memories to the deployment."""
        table, target = self.table, self.ground.target
        for account, words in self._undo.items():
            if account == target.address:
                table.change(target.memory, words)
            elif account in table.bounds:
                table.bounds[account].memory.change(words)
        self._undo = {}
        table.set_ghosts(table.pool)
        self.ground.chain.revert(self._snapshot)
