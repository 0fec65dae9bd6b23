"""The chain on which agreement is tested: the contract under test, a registry and a token as stubs.

Stubs do what `Summaries` says of them, so the symbolic post-state and the EVM
meet the same callees: the registry answers a view from its own storage; the token
logs its calldata, or reverts with one word, and halts where it is only viewed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.evm.raw import RawOutcome
from harness.evm.vm import Chain
from harness.symbolic import Answer, Request, pieces
from harness.symbolic.data import Known
from harness.term.core import Function, apply, eq, ite
from harness.term.core import const as number
from tests.harness.bytecode.assembler import assemble

POOL, REGISTRY, TOKEN = 0xC0FFEE0001, 0xC0FFEE0002, 0xC0FFEE0003
ACTORS = (0xAAA1, 0xAAA2, 0xAAA3, 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF1)
FUNDS = 10**30

REGISTRY_CODE = assemble("36 calldataload sload 0 mstore 32 0 return")
TOKEN_CODE = assemble(
    "0 sload $fail jumpi calldatasize 0 0 calldatacopy calldatasize 0 log0 stop "
    "@fail 0 sload 0 mstore 32 0 revert"
)

VIEWED = Function("viewed", 1, 0, 1)
ANSWERS = Function("answers", 1, 0, 1)
REGISTERED = Function("registered", 2)
REFUSAL = Function("refusal", 1)


class Summaries:
    """The stubs as the symbolic EVM sees them; every other address has no code."""

    def call(self, request: Request) -> Answer:
        """Say what the call does."""
        if request.kind == "STATICCALL":
            answers = eq(apply(ANSWERS, request.target), number(1))
            size = ite(answers, number(32), number(0))
            answer = ite(answers, apply(REGISTERED, request.target, request.data.word(36)), number(0))
            viewed = eq(apply(VIEWED, request.target), number(1))
            return Answer(viewed, Known(pieces.of_words([answer]), size))
        refusal = apply(REFUSAL, request.target)
        works = eq(refusal, number(0))
        size = ite(works, number(0), number(32))
        return Answer(works, Known(pieces.of_words([refusal]), size))


@dataclass
class Scene:
    """Concrete values for one call: storage of the contract, what the stubs say, the transaction."""

    calldata: bytes
    caller: int
    value: int
    number: int
    timestamp: int
    refusal: int = 0
    registered: dict[int, int] = field(default_factory=dict)
    storage: dict[int, int] = field(default_factory=dict)


class Stage:
    """A chain with the code under test deployed."""

    def __init__(self, code: bytes) -> None:
        self.chain = Chain(code_limit=1 << 20)
        for address, runtime in ((REGISTRY, REGISTRY_CODE), (TOKEN, TOKEN_CODE), (POOL, code)):
            self.chain.set_code(address, runtime)
        self.code = code

    def play(self, scene: Scene) -> tuple[RawOutcome, dict[int, int], set[int]]:
        """Make the call; returns the outcome, the storage after it (the scene's slots), the slots written."""
        chain = self.chain
        chain.set_block(scene.number, scene.timestamp)
        mark = chain.snapshot()
        try:
            chain.set_balance(scene.caller, FUNDS)
            chain.write_many(POOL, scene.storage.items())
            chain.write_many(REGISTRY, scene.registered.items())
            chain.write(TOKEN, 0, scene.refusal)
            inner = chain.snapshot()
            outcome = chain.call(scene.caller, POOL, scene.calldata, scene.value)
            outcome.logs  # noqa: B018  # read before the chain moves on
            written = chain.written_since(inner).get(POOL, set())
            slots = sorted(written | scene.storage.keys())
            after = dict(zip(slots, chain.read_many(POOL, slots), strict=True))
            chain.revert(inner)
            return outcome, after, written
        finally:
            chain.revert(mark)
