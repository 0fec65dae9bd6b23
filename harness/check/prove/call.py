"""One symbolic call as rules see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any

from harness.check.prove.decode import decoded, encodes, zero_of
from harness.check.prove.summary import answer_function, arity, first_four
from harness.check.views.arguments import UnknownName, error_of, event_of
from harness.errors import instead_of
from harness.evm.abi import Abi, Function
from harness.lang import (
    NO_HASH,
    Address,
    Call,
    Env,
    Int,
    Prop,
    World,
    all_of,
    any_of,
    collecting,
    ite,
    negate,
)
from harness.symbolic import trace, world
from harness.symbolic.data import EMPTY, Data
from harness.symbolic.entry import selector_of
from harness.symbolic.errors import Unsupported
from harness.term.core import FALSE, MAX_WORD, TRUE, Term, and_, apply, const, eq, implies, le
from harness.term.core import ite as choose
from harness.term.hashing import keccak
from harness.term.symbol import number, term_of, truth
from harness.term.word import wrap

_asked: ContextVar[list[str] | None] = ContextVar("asked", default=None)


def observed_questions() -> AbstractContextManager[list[str]]:
    """Collect the views of others, by signature, that a specification asks meanwhile."""
    return collecting(_asked)


class SymbolicWorld(World):
    """The rest of the chain as uninterpreted functions, the same that the symbolic EVM uses.

    `views` are the views of others by signature, with the bits of their answers; `now` is the block's number.
    """

    def __init__(self, views: Mapping[str, int], now: Term) -> None:
        self._views = views
        self._now = now

    def blockhash(self, number_: Int) -> Int:
        """Return the hash of block `number_`, zero but for the 256 blocks before this one."""
        return number(world.hash_of(term_of(number_), self._now))

    def keccak(self, *words: Int) -> Int:
        """Return keccak256 of the words, `NO_HASH` where one is no word."""
        terms = list(map(term_of, words))
        encoded = and_(*(and_(le(const(0), one), le(one, const(MAX_WORD))) for one in terms))
        return number(choose(encoded, keccak([wrap(one, 256) for one in terms]), const(NO_HASH)))

    def ask(self, target: Address, signature: str, *args: Int) -> Int:
        """Return the one word that the view `signature` of `target` answers."""
        seen = _asked.get()
        if seen is not None:
            seen.append(signature)
        function = answer_function(signature, self._views[signature])
        return number(apply(function, term_of(target), *map(term_of, args)))


@dataclass(frozen=True)
class Behaviour:
    """What one execution did, as terms: the prover's view of a post-state.

    `succeeds` is True or False where only runs that return, or revert, are looked at, so that most of what
    a rule says folds away; a term in a scenario. `output` is the return data where the call succeeds (what
    a failing call returned reads as zeros of that shape), `refusal` the revert data where it fails;
    `entries` are events and calls in order, each under its condition.
    """

    succeeds: Prop
    output: Data
    refusal: Data
    entries: trace.Trace


class SymbolicCall(Call):
    """A call of one external function (or of none: `function` is None for bare transfers and the like).

    `arguments` are those that are read symbolically; `unread` are the types of the others; `named` are the
    names of all that any function has.
    """

    def __init__(
        self,
        abi: Abi,
        function: Function | None,
        behaviour: Behaviour,
        env: Env,
        arguments: Mapping[str, Int],
        named: frozenset[str],
        unread: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._abi = abi
        self.function = function
        self._behaviour = behaviour
        self._env = env
        self._arguments = arguments
        self._named = named
        self._unread = unread

    @property
    def env(self) -> Env:
        """The call's surroundings."""
        return self._env

    @property
    def succeeds(self) -> Prop:
        """The call did not revert."""
        return self._behaviour.succeeds

    @property
    def accepted(self) -> Prop:
        """No contract that was called refused."""
        return all_of(truth(implies(call.condition, call.success)) for call in self._calls)

    @property
    def _calls(self) -> list[trace.Call]:
        return [entry for entry in self._behaviour.entries if isinstance(entry, trace.Call)]

    def reverts_with(self, name: str, *args: Int) -> Prop:
        """The call reverted with exactly this error."""
        refusal, failed = self._behaviour.refusal, negate(self._behaviour.succeeds)
        if failed is False:
            return False
        if not name:
            return failed & truth(eq(refusal.size, const(0)))
        error = error_of(self._abi.errors.values(), name, len(args))
        words = [
            encodes(refusal.word(4 + 32 * place), value, one.type, one.name)
            for place, (value, one) in enumerate(zip(args, error.inputs, strict=True))
        ]
        claim = and_(
            eq(refusal.size, const(4 + 32 * len(args))),
            eq(first_four(refusal), const(int.from_bytes(error.selector, "big"))),
            *words,
        )
        return failed & truth(claim)

    def returned(self, position: int = 0) -> Any:
        """Return the return value at `position`."""
        return self._returned[position]

    @cached_property
    def _returned(self) -> tuple[Any, ...]:
        if self.function is None:
            return ()
        kinds = [output.type for output in self.function.outputs]
        if self._behaviour.succeeds is False and self._behaviour.output is EMPTY:
            return tuple(map(zero_of, kinds))
        values = decoded(self._behaviour.output, kinds)
        return ite(self._behaviour.succeeds, values, _zeros(values))

    def emitted(self, event: Any) -> Prop:
        """The contract emitted an event equal to this record."""
        events = [entry for entry in self._behaviour.entries if isinstance(entry, trace.Event)]
        found = any_of(truth(and_(entry.condition, self._is(entry, event))) for entry in events)
        return self.succeeds & found

    def emits_only(self, *events: Any) -> Prop:
        """The contract emitted exactly these events in this order."""
        rest = [*(FALSE for _ in events), TRUE]
        for entry in reversed(self._behaviour.entries):
            if isinstance(entry, trace.Event):
                step = [
                    and_(self._is(entry, event), rest[place + 1]) for place, event in enumerate(events)
                ] + [FALSE]
                rest = [choose(entry.condition, here, later) for here, later in zip(step, rest, strict=True)]
        return ite(self.succeeds, truth(rest[0]), not events)

    def _is(self, entry: trace.Event, event: Any) -> Term:
        """Return the condition that a log is the ABI encoding of an event record."""
        kind = event_of(self._abi.events, event)
        if len(entry.topics) != kind.topics:
            return FALSE
        values = [getattr(event, field.name) for field in fields(event)]
        claims = [eq(entry.topics[0], const(int.from_bytes(kind.topic, "big")))]
        topics = iter(entry.topics[1:])
        offset = 0
        for one, value in zip(kind.inputs, values, strict=True):
            if one.indexed:
                word = next(topics)
            else:
                word, offset = entry.data.word(offset), offset + 32
            claims.append(encodes(word, value, one.type, one.name))
        return and_(*claims, eq(entry.data.size, const(offset)))

    def sent(self, signature: str, amount: Callable[..., Int]) -> Int:
        """Return the sum of ``amount(*args)`` over the calls made to function `signature`."""
        count = arity(signature)
        selector = const(selector_of(signature))
        result: Int = 0
        for call in self._calls:
            if call.kind == "CALL":
                matches = and_(call.condition, call.success, eq(first_four(call.data), selector))
                args = [number(call.data.word(4 + 32 * place)) for place in range(count)]
                result = result + number(choose(matches, term_of(amount(*args)), const(0)))
        return ite(self.succeeds, result, 0)

    def is_call_of(self, *functions: str) -> Prop:
        """The call is one of these functions."""
        return self.function is not None and bool(
            {self.function.name, self.function.signature} & set(functions)
        )

    def argument(self, name: str) -> Int:
        """Return the argument with this snake_case name; 0 if there is none.

        Raises:
            Unsupported: if there is one, of a type that is not read symbolically.
            UnknownName: if no function has one.
        """
        if name not in self._named:
            lacking = f"The specification reads the argument `{name}`, which no function has"
            raise UnknownName(f"{lacking}: {instead_of(name, sorted(self._named))}")
        if name in self._unread:
            reason = f"the argument `{name}` of type {self._unread[name]} is not read symbolically"
            raise Unsupported("CALLDATALOAD", -1, reason)
        return self._arguments.get(name, 0)


def _zeros(value: Any) -> Any:
    """Return zeros in the shape of `value`."""
    return tuple(map(_zeros, value)) if isinstance(value, tuple) else 0
