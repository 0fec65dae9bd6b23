"""What a frame can ask: of its call, of the block, and of the chain's state as the call has changed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from harness.bytecode.opcodes import BY_NAME
from harness.evm.keccak import keccak_word
from harness.evm.tracing.frame import Frame, Untraceable, piece
from harness.evm.vm import DEFAULT_GAS, Chain, block_hash


@dataclass(frozen=True, slots=True)
class Block:
    """The block that a call is made in, and who sends it."""

    sender: int
    number: int
    timestamp: int


class Kept(NamedTuple):
    """A state to go back to."""

    written: dict[tuple[int, int], int]
    transient: dict[tuple[int, int], int]
    funds: dict[int, int]


class Surroundings:
    """The chain's state under what the call has done to it."""

    def __init__(self, chain: Chain, words: Mapping[tuple[int, int], int], block: Block) -> None:
        self.chain = chain
        self.block = block
        self.written: dict[tuple[int, int], int] = {}
        self.transient: dict[tuple[int, int], int] = {}
        self._words = words
        self._funds: dict[int, int] = {}

    def read(self, account: int, slot: int) -> int:
        """Return a word of storage."""
        word = self.written.get((account, slot))
        if word is None:
            word = self._words.get((account, slot))
        return self.chain.read(account, slot) if word is None else word

    def write(self, account: int, slot: int, word: int) -> None:
        """Write a word of storage."""
        self.written[account, slot] = word

    def code(self, address: int) -> bytes:
        """Return the runtime code of an account."""
        return self.chain.code(address)

    def balance(self, address: int) -> int:
        """Return the wei that an account has."""
        funds = self._funds.get(address)
        return self.chain.balance(address) if funds is None else funds

    def balances(self, payer: int, payee: int, value: int) -> Kept:
        """Move `value` wei; return the state before.

        Raises:
            Untraceable: if the payer has not enough.
        """
        before = self.kept()
        if value and payer != payee:
            if self.balance(payer) < value:
                raise Untraceable("a transfer that is not covered")
            self._funds[payer] = self.balance(payer) - value
            self._funds[payee] = self.balance(payee) + value
        return before

    def kept(self) -> Kept:
        """Return a state to go back to."""
        return Kept(dict(self.written), dict(self.transient), dict(self._funds))

    def restore(self, kept: Kept) -> None:
        """Go back to a state."""
        self.written, self.transient, self._funds = dict(kept[0]), dict(kept[1]), dict(kept[2])


def _load(frame: Frame, around: Surroundings, offset: int) -> int:
    return int.from_bytes(frame.load(offset, 32), "big")


def _hash_of_code(frame: Frame, around: Surroundings, address: int) -> int:
    code = around.code(address % (1 << 160))
    return keccak_word(code) if code else 0


def _unknown(frame: Frame, around: Surroundings, *taken: int) -> int:
    raise Untraceable("what a block is made of")


_NAMED: dict[str, Callable[..., int]] = {
    "ADDRESS": lambda frame, around: frame.address,
    "BALANCE": lambda frame, around, address: around.balance(address % (1 << 160)),
    "SELFBALANCE": lambda frame, around: around.balance(frame.address),
    "ORIGIN": lambda frame, around: around.block.sender,
    "CALLER": lambda frame, around: frame.caller,
    "CALLVALUE": lambda frame, around: frame.value,
    "CALLDATALOAD": lambda frame, around, at: int.from_bytes(piece(frame.data, at, 32), "big"),
    "CALLDATASIZE": lambda frame, around: len(frame.data),
    "CODESIZE": lambda frame, around: len(frame.program.code),
    "RETURNDATASIZE": lambda frame, around: len(frame.returned),
    "EXTCODESIZE": lambda frame, around, address: len(around.code(address % (1 << 160))),
    "EXTCODEHASH": _hash_of_code,
    "BLOCKHASH": lambda frame, around, number: block_hash(number, around.block.number),
    "TIMESTAMP": lambda frame, around: around.block.timestamp,
    "NUMBER": lambda frame, around: around.block.number,
    "CHAINID": lambda frame, around: around.chain.chain_id,
    "GASPRICE": lambda frame, around: 0,
    "PC": lambda frame, around: frame.pc,
    "MSIZE": lambda frame, around: len(frame.memory),
    "GAS": lambda frame, around: DEFAULT_GAS,
    "MLOAD": _load,
    "KECCAK256": lambda frame, around, offset, size: keccak_word(frame.load(offset, size)),
    "SLOAD": lambda frame, around, slot: around.read(frame.address, slot),
    "TLOAD": lambda frame, around, slot: around.transient.get((frame.address, slot), 0),
    **dict.fromkeys(("COINBASE", "PREVRANDAO", "GASLIMIT", "BASEFEE", "BLOBHASH", "BLOBBASEFEE"), _unknown),
}

READS: dict[int, Callable[..., int]] = {BY_NAME[name].code: read for name, read in _NAMED.items()}
"""By opcode: what is pushed, from the frame, its surroundings and the words that the opcode takes."""
