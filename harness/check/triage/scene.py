"""A stage for counterexamples: the deployment on a real EVM, to write a state into and make calls on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from harness.check.campaign.claims import values_of
from harness.check.campaign.ground import Parts
from harness.check.campaign.world import Answers, CallWorld
from harness.check.prove.subject import SHORT_CALLDATA, UNKNOWN_SELECTOR
from harness.check.triage.callees import make_accepting
from harness.check.triage.errors import Unrealisable
from harness.check.triage.observed import EvmCall, Transaction
from harness.check.triage.places import Places
from harness.check.views import Entries, bind
from harness.check.views.arguments import argument_names
from harness.check.views.stored import Memory, viewer
from harness.evm import Chain, Site, deploy
from harness.evm.abi import Function
from harness.evm.errors import EvmError
from harness.evm.raw import RawOutcome
from harness.evm.recorder import recorded_call
from harness.lang import Domain, Env, Invariant, Property, Revert, Rule, Spec
from harness.lang.deployment import Contract, Deployment
from harness.symbolic.regions import Field, Region

RICH = 10**24
"""The wei that every sender has."""

SMALL_KEYS = 66
"""The numbers below this are looked at as keys of mappings, besides the addresses."""

STOP, INVALID = 0x00, 0xFE
"""Opcodes that end an execution: with what was done so far, or without."""

Words = Mapping[int, int]


@dataclass(frozen=True)
class Situation:
    """Where calls begin: words of the target written over the deployment, ledgers, and scripted callees."""

    words: Words = field(default_factory=dict)
    ghosts: Mapping[str, int] = field(default_factory=dict)
    scripts: Mapping[int, bytes] = field(default_factory=dict)
    keys: tuple[int, ...] = ()


@dataclass(frozen=True)
class Act:
    """One call that was made, with the specification's views of the states around it."""

    before: Any
    call: EvmCall
    after: Any
    ghosts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Broken:
    """A property that does not hold, and the values of its quantified parameters."""

    claim: Property
    keys: Mapping[str, int]


def with_deployment(spec: Spec[Any]) -> Spec[Any]:
    """Return the specification, with a deployment of the target alone where it has none."""
    if spec.deployment is not None:
        return spec
    return replace(spec, deployment=Deployment(("deployer", "caller", "other"), (Contract("target", None),)))


class Scene:
    """One deployment; every `played` sequence begins from it and leaves no trace.

    `compares` says that it shows how two codes differ, which is not all that they may differ in.
    """

    compares = False

    def __init__(self, parts: Parts) -> None:
        spec = parts.spec
        assert spec.deployment is not None, "parts are made from specifications that have one"
        self.parts = parts
        self.spec = spec
        self.site: Site = deploy(spec.deployment, parts.artifacts)
        self.chain: Chain = self.site.chain
        self.instance = self.site.contract()
        self.address = self.instance.address
        self.layout = self.instance.artifact.layout
        self.places = Places(self.layout)
        self.start_number, self.start_time = self.chain.number, self.chain.timestamp
        self.shapes = bind(spec.model.state, self.layout, spec.model.ghosts)
        self._see = viewer(spec.model.state, self.shapes)
        self._tables = [name for name, shape in self.shapes.items() if isinstance(shape, Entries)]
        self._functions = {one.selector: one for one in self.instance.abi.functions.values()}
        self.people = tuple(self.site.roles.values())
        self.callees = tuple(
            one.address for one in self.site.contracts.values() if one.address != self.address
        )
        self.addresses = tuple(dict.fromkeys((0, *self.people, self.address, *self.callees)))
        self.first_ghosts = {name: getattr(spec.model.initial, name) for name in spec.model.ghosts}
        self._base = self._decoded()

    def of_generation(self, generation: int) -> Scene:
        """Return this scene with storage named as another run's is (see `Fresh`)."""
        other = copy(self)
        other.places = Places(self.layout, generation)
        return other

    def callees_with(self, signature: str) -> list[int]:
        """Return the other deployed contracts that have a function; all of them for the signature ""."""
        return [
            one.address
            for one in self.site.contracts.values()
            if one.address != self.address and (not signature or signature in one.abi.functions)
        ]

    def function(self, data: bytes) -> Function | None:
        """Return the function that calldata selects."""
        return self._functions.get(data[:4])

    def entry(self, data: bytes) -> str:
        """Return the name of the way in that calldata takes."""
        function = self.function(data)
        if function is not None:
            return function.signature
        return UNKNOWN_SELECTOR if len(data) >= 4 else SHORT_CALLDATA

    def held(self, place: tuple[Region, Field], keys: tuple[int, ...]) -> int:
        """Return what a field of storage holds for its function's arguments; 0 where it has no place."""
        try:
            bits = self.places.bits(*place, keys)
            return self.word(bits.slot) >> bits.shift & (1 << bits.width) - 1
        except (EvmError, OverflowError, Unrealisable):
            return 0

    def word(self, slot: int) -> int:
        """Return a word of the target's storage."""
        return self.chain.read(self.address, slot)

    @contextmanager
    def played(
        self, start: Situation, calls: Sequence[Transaction], pause: int | None = None
    ) -> Iterator[list[Act]]:
        """Make calls one after the other, and show what came of each while the block lasts.

        With `pause`, the state after the last call is that at this pc of the target's code, where another
        contract is about to be called. Raises EvmError where a transaction itself is invalid.
        """
        chain, number, time = self.chain, self.chain.number, self.chain.timestamp
        with chain.rolled_back():
            for address, code in start.scripts.items():
                chain.set_code(address, code)
            chain.write_many(self.address, start.words.items())
            marks = [chain.frames]
            made = []
            for place, call in enumerate(calls, 1):
                if pause is not None and place == len(calls):
                    made.append(self._paused(call, [*self.callees, *start.scripts], pause))
                else:
                    made.append(self._make(call, [*self.callees, *start.scripts]))
                marks.append(chain.frames)
            yield self._acts(start, made, marks)
        chain.set_block(number, time)

    @contextmanager
    def advanced(self, calls: Sequence[Transaction]) -> Iterator[list[Act]]:
        """Let everything begin after some calls, while the block lasts."""
        kept = self.start_number, self.start_time, self.first_ghosts, self._base
        with self.played(Situation(), calls) as acts:
            self.start_number, self.start_time = calls[-1].number, calls[-1].time
            self.first_ghosts = dict(acts[-1].ghosts)
            self._base = self._decoded()
            try:
                yield acts
            finally:
                self.start_number, self.start_time, self.first_ghosts, self._base = kept

    def _make(self, call: Transaction, others: Sequence[int]) -> EvmCall:
        chain, callees = self.chain, list(dict.fromkeys(others))
        chain.set_block(call.number, call.time)
        chain.set_balance(call.sender, max(RICH, call.value))
        refused = False
        with chain.rolled_back():
            trial = chain.call(call.sender, self.address, call.data, call.value)
            if not trial.success:
                refused = self._accepting(call, callees) != (trial.success, trial.output)
        raw, logs, asked = recorded_call(chain, callees, call.sender, self.address, call.data, call.value)
        abi = self.instance.decoder
        events = [abi.decode_event(log) for log in logs if log.address == self.address]
        env = self.env(call)
        function = self.function(call.data)
        names = argument_names(self.spec.model, function) if function is not None else ()
        return EvmCall(abi, function, names, call, env, raw, events, asked, not refused)

    def _paused(self, call: Transaction, others: Sequence[int], pc: int) -> EvmCall:
        """Return a whole call, but leave the state as it is at `pc`; raises EvmError if it is not there."""
        with self.chain.rolled_back():
            whole = self._make(call, others)
        with self.chain.rolled_back():
            reached = whole.raw.success and not self._cut_short(call, pc, INVALID).success
        if not reached:
            raise EvmError(f"the call does not come to pc {pc}, or fails")
        self._cut_short(call, pc, STOP)
        return whole

    def _cut_short(self, call: Transaction, pc: int, opcode: int) -> RawOutcome:
        """Make a call that comes upon another opcode at `pc` of the target's code."""
        place = self.instance.implementation or self.address
        code = self.chain.code(place)
        self.chain.set_code(place, code[:pc] + bytes([opcode]) + code[pc + 1 :])
        try:
            return self.chain.call(call.sender, self.address, call.data, call.value)
        finally:
            self.chain.set_code(place, code)

    def _accepting(self, call: Transaction, callees: Sequence[int]) -> tuple[bool, bytes]:
        """Return how a call ends where no callee refuses an order."""
        make_accepting(self.chain, callees)
        raw: RawOutcome = self.chain.call(call.sender, self.address, call.data, call.value)
        return raw.success, raw.output

    def env(self, call: Transaction) -> Env:
        """Return a call's surroundings."""
        world = CallWorld(Answers(self.chain, self.instance.decoder), call.number)
        return Env(call.sender, call.time, call.number, self.chain.chain_id, self.address, world)

    def _acts(self, start: Situation, made: Sequence[EvmCall], marks: Sequence[int]) -> list[Act]:
        """Return the calls with views of the states around them, put together from the journal."""
        spans = [
            {slot: change for (account, slot), change in span.items() if account == self.address}
            for span in self.chain.history(marks)
        ]
        words: dict[int, int] = {}
        for span in reversed(spans):
            words |= {slot: old for slot, (old, _) in span.items()}
        words = {**start.words, **words}
        ghosts = {**self.first_ghosts, **start.ghosts}
        acts = []
        before = self.view(words, ghosts, start.keys)
        for call, span in zip(made, spans, strict=True):
            words = words | {slot: new for slot, (_, new) in span.items()}
            after = self.view(words, ghosts, start.keys)
            if self.spec.model.ghost is not None and call.raw.success:
                ghosts = {**ghosts, **self.spec.model.ghost(before, call, after)}
                after = self.view(words, ghosts, start.keys)
            acts.append(Act(before, call, after, ghosts))
            before = after
        return acts

    def view(self, words: Words, ghosts: Mapping[str, int], keys: Iterable[int] = ()) -> Any:
        """Return the specification's state where the target holds these words, and else what it holds now."""
        known = dict.fromkeys((*self.addresses, *keys, *range(SMALL_KEYS)))
        apart = frozenset(words)
        memory = Memory(
            lambda slot: words[slot] if slot in words else self.word(slot), lambda _: known, self._base, apart
        )
        return self._see(memory, ghosts)

    def _decoded(self) -> Memory:
        """Return a memory with all records decoded that are worth looking at, as storage holds them now."""
        known = dict.fromkeys((*self.addresses, *range(SMALL_KEYS)))
        memory = Memory(self.word, lambda _: known)
        seen = self._see(memory, self.first_ghosts)
        for name in self._tables:
            table = getattr(seen, name)
            for key in list(table.keys()):
                table[key]  # remembers it
        return memory

    def broken(self, claims: Iterable[Invariant], view: Any, keys: Iterable[int] = ()) -> list[Broken]:
        """Return the broken instances of invariants in a state, at every key worth looking at."""
        found = []
        for claim in claims:
            names = [name for name, _ in claim.quantified]
            choices = [self.values(domain, keys) for _, domain in claim.quantified]
            for chosen in product(*choices):
                if not claim.predicate(view, *chosen):
                    found.append(Broken(claim, dict(zip(names, chosen, strict=True))))
        return found

    def values(self, domain: Domain, keys: Iterable[int]) -> Sequence[int]:
        """Return the numbers of a domain to look at, `keys` among them."""
        inside = [key for key in keys if domain.low <= key <= domain.high]
        return list(dict.fromkeys([*inside, *values_of(domain, self.addresses)]))

    def obeys(self, rule: Rule, act: Act, keys: Mapping[str, int]) -> bool:
        """Return whether a call obeys a rule; where the world refuses an answer, the rule says nothing."""
        arguments = act.call.arguments
        values = [keys[name] if name in keys else arguments.get(name, 0) for name, _ in rule.parameters]
        try:
            return bool(rule.predicate(act.before, act.call, act.after, *values))
        except Revert:
            return True
