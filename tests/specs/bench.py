"""A bench for the models: a world with a registry, a token and a block, and calls as the rules see them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from eth_hash.auto import keccak

from harness.lang import Call, ConcreteTable, Env, Play, Revert, Run, Spec, World, replace
from specs.common.deployment import CHAIN_ID
from specs.common.resolver import PROTOCOL, TOKEN, name_word
from specs.common.taiko_token import TAIKO_TOKEN, TaikoToken
from tests.specs.twin import OWNER, POOL_AT, PROTOCOL_ROLE, REGISTRY, TOKEN_AT, Twin
from tests.specs.twin import STRANGER as STRANGER

START = 1_000_000
PLENTY = 10**30
NO_TOKENS = TaikoToken(REGISTRY, ConcreteTable(0), 0)
TOKEN_CALLS = {call.signature: call for call in TAIKO_TOKEN.calls}


class BenchWorld(World):
    """One registry, and a draw that a test may choose."""

    def __init__(self) -> None:
        self.names = {
            (CHAIN_ID, PROTOCOL): PROTOCOL_ROLE,
            (CHAIN_ID, TOKEN): TOKEN_AT,
            (CHAIN_ID, name_word("prover_pool")): POOL_AT,
        }
        self.draw: int | None = None

    def blockhash(self, number: Any) -> int:
        return int.from_bytes(keccak(str(number).encode()), "big")

    def keccak(self, *words: Any) -> int:
        if self.draw is not None:
            return self.draw
        return int.from_bytes(keccak(b"".join(word.to_bytes(32, "big") for word in words)), "big")

    def ask(self, target: Any, signature: str, *args: Any) -> int:
        if target != REGISTRY:
            raise Revert()
        assert signature == "getAddress(uint256,bytes32)"
        return self.names.get((args[0], args[1]), 0)


@dataclass
class ModelCall(Call):
    """A call that a model answered."""

    _env: Env
    function: str
    arguments: dict[str, int]
    error: Revert | None = None
    returns: tuple[Any, ...] = ()
    events: tuple[Any, ...] = ()
    calls: tuple[Any, ...] = ()

    @property
    def env(self) -> Env:
        return self._env

    @property
    def succeeds(self) -> bool:
        return self.error is None

    @property
    def accepted(self) -> bool:
        return self.error is None or not self.error.by_callee

    def reverts_with(self, name: str, *args: Any) -> bool:
        error = self.error
        return error is not None and not error.by_callee and (error.name, error.values) == (name, args)

    def returned(self, position: int = 0) -> Any:
        return self.returns[position] if self.returns else 0

    def emitted(self, event: Any) -> bool:
        return event in self.events

    def emits_only(self, *events: Any) -> bool:
        return self.events == events

    def sent(self, signature: str, amount: Callable[..., Any]) -> int:
        return sum(amount(*call.args) for call in self.calls if call.signature == signature)

    def is_call_of(self, *functions: str) -> bool:
        return self.function in functions

    def argument(self, name: str) -> int:
        return self.arguments.get(name, 0)


@dataclass
class Bench:
    """A pool after `init`, its token, and everybody rich."""

    spec: Spec[Any]
    world: BenchWorld = field(default_factory=BenchWorld)
    token: TaikoToken = NO_TOKENS
    pool: Any = None
    number: int = 100

    twin: ClassVar[Callable[[str], Twin] | None] = None
    """Where it is given, every call is also made on the EVM (unless a test chose the draw), and compared."""

    def __post_init__(self) -> None:
        transitions = self.spec.model.transitions
        self.transitions = {t.signature or t.name: t for t in transitions}
        self.pool = self.spec.model.initial
        self.call("init", REGISTRY, sender=OWNER, at=START)

    def give(self, *whom: int) -> None:
        """Make everybody of `whom` rich."""
        for who in whom:
            balances = self.token.balances.put(who, PLENTY)
            self.token = replace(self.token, balances=balances, total_supply=self.token.total_supply + PLENTY)

    def given(self, who: int, **fields: int) -> None:
        """Write fields of a staker's record."""
        self.pool = replace(
            self.pool, stakers=self.pool.stakers.put(who, replace(self.pool.stakers[who], **fields))
        )

    def run(self, function: str, *args: int, sender: int, at: int) -> Run[Any]:
        """Make a call; a refused one leaves everything as it was."""
        before, token = self.pool, self.token
        run = self._modelled(function, *args, sender=sender, at=at)
        if self.twin is not None and self.world.draw is None:
            self.twin(self.spec.name).check(self, before, token, run.call, args)
        return run

    def _modelled(self, function: str, *args: int, sender: int, at: int) -> Run[Any]:
        before = self.pool
        transition = self.transitions[function]
        env = Env(sender, at, self.number, CHAIN_ID, POOL_AT, self.world)
        names = list(inspect.signature(transition.function).parameters)[2:]
        call = ModelCall(env, function, dict(zip(names, args, strict=True)))
        try:
            step = transition(before, env, *args)
            token = self.token
            for made in step.calls:
                asked = replace(env, sender=POOL_AT, this=TOKEN_AT)
                token = TOKEN_CALLS[made.signature](token, asked, *made.args).pool
        except Revert as refusal:
            call.error = refusal
            return Run(before, call, before)
        call.returns, call.events, call.calls = step.returns, step.events, step.calls
        ghost = self.spec.model.ghost
        assert ghost is not None
        self.pool = replace(step.pool, **ghost(before, call, step.pool))
        self.token = token
        return Run(before, call, self.pool)

    def call(self, function: str, *args: int, sender: int, at: int) -> Any:
        """Make a call that a test expects to succeed; its refusal is raised."""
        run = self.run(function, *args, sender=sender, at=at)
        if isinstance(run.call, ModelCall) and run.call.error is not None:
            raise run.call.error
        return run.call


class Unsupposed(Exception):
    """The scenario is not about this case."""


@dataclass
class BenchPlay(Play[Any]):
    """A scenario's calls, made on a bench, with numbers that a test chooses."""

    bench: Bench
    number: Callable[[str, int, int], int]
    time: int

    @property
    def pool(self) -> Any:
        return self.bench.pool

    @property
    def now(self) -> int:
        return self.time

    def call(self, function: str, *args: Any, sender: Any, at: Any) -> Run[Any]:
        self.time = at
        return self.bench.run(function, *args, sender=sender, at=at)

    def any_number(self, name: str, low: int, high: int) -> int:
        return self.number(name, low, high)

    def suppose(self, premise: Any) -> None:
        if not premise:
            raise Unsupposed
