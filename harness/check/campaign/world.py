"""The rest of the chain, as an executed call's model and rules may ask about it."""

from __future__ import annotations

from typing import cast

from harness.evm.abi import Abi
from harness.evm.keccak import keccak256, keccak_word
from harness.evm.vm import Chain, block_hash
from harness.lang import NO_HASH, Address, Int, Revert, World

MOST_ANSWERS = 8_192


class Answers:
    """What views of other contracts answer, asked of the real ones once for as long as they stand still.

    `forget` must be called when a contract other than the target has changed in a way that its model
    does not cover, or the chain was taken back.
    """

    def __init__(self, chain: Chain, errors: Abi) -> None:
        self._chain = chain
        self._errors = errors
        self._known: dict[tuple[int, str, tuple[int, ...]], int | Revert] = {}

    def of(self, target: int, signature: str, args: tuple[int, ...]) -> int:
        """Return the one word that a view answers; a `Revert` where it refuses or is not there."""
        question = target, signature, args
        answer = self._known.get(question)
        if answer is None:
            if len(self._known) >= MOST_ANSWERS:  # a campaign asks about random words for ever
                self.forget()
            answer = self._known[question] = self._ask(target, signature, args)
        if isinstance(answer, Revert):  # a new one, as what was raised keeps the states that it came through
            raise Revert(answer.name, *answer.values, by_callee=True)
        return answer

    def forget(self) -> None:
        """Ask everything anew."""
        self._known.clear()

    def _ask(self, target: int, signature: str, args: tuple[int, ...]) -> int | Revert:
        if not self._chain.code(target):
            return Revert(by_callee=True)  # solc looks whether there is code before it calls
        data = keccak256(signature.encode())[:4] + b"".join([arg.to_bytes(32, "big") for arg in args])
        raw = self._chain.call(0, target, data, static=True)
        if raw.success:
            if len(raw.output) < 32:
                return Revert(by_callee=True)
            return int.from_bytes(raw.output[:32], "big")
        reason = self._errors.decode_revert(raw.output)
        return Revert(reason.name, *reason.args, by_callee=True)


class CallWorld(World):
    """The world in the block of one call."""

    __slots__ = ("_answers", "_number")

    def __init__(self, answers: Answers, number: int) -> None:
        self._answers = answers
        self._number = number

    def blockhash(self, number: Int) -> Int:
        """Return the hash of block `number`, as the EVM makes it up."""
        return block_hash(cast(int, number), self._number)

    def keccak(self, *words: Int) -> Int:
        """Return keccak256 of the words, `NO_HASH` where one is no word."""
        numbers = [cast(int, word) for word in words]
        if any(number not in range(2**256) for number in numbers):
            return NO_HASH
        return keccak_word(b"".join(number.to_bytes(32, "big") for number in numbers))

    def ask(self, target: Address, signature: str, *args: Int) -> Int:
        """Return the one word that the view `signature` of `target` answers."""
        return self._answers.of(target, signature, args)  # type: ignore[arg-type]  # plain numbers here
