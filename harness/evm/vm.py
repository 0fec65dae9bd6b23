"""One EVM in this process, with every trap of the library behind it contained here.

`Chain` is revm (through pyrevm). Addresses and storage words are ints. What the
library gets wrong, or leaves to its caller, and is dealt with here once:

- an unknown hard-fork name silently means "the latest": the wanted opcodes are probed for;
- revert data and halt reasons exist only in an exception's text;
- snapshots revert in any order without complaint; set_balance and set_code are not part of them;
- a storage write to an account that nobody has looked at yet goes below the journal and survives a revert;
- the code read back of a deployed contract has 33 bytes of padding;
- transient storage survives from one call to the next;
- a sender with code is refused (see `harness.evm.impersonate`);
- a Rust panic is a BaseException and leaves an empty EVM behind;
- `commit` breaks the EVM (call depth underflows), so nothing is ever committed: a journal entry of about
  1.5 kB stays for every call until a snapshot below it is reverted. Take one per sequence and memory is flat;
- code that was set rather than deployed is analysed anew at every call, so deploy what is called often;
- `gas_used` is not reported: slots stay warm between calls, so it means nothing here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pyrevm

from harness.evm.errors import EvmDefect, EvmError
from harness.evm.impersonate import DRIVER, PARKED, shim, wrapped
from harness.evm.journal import frames_of, spans_between, transfers, word_changes, written_slots
from harness.evm.keccak import keccak256, keccak_word
from harness.evm.raw import RawOutcome, hex_address

DEFAULT_GAS = 30_000_000
"""The gas of a call where none is given: a mainnet block."""

WORD = 2**256

# PUSH0 TLOAD, MCOPY(0, 0, 0), then return one word: runs from Cancun on only.
_CANCUN_PROBE = bytes.fromhex("5f5c5f5f5f5e5f5260205ff3")
_PROBE_AT = 0xCA11
_PADDING = 33  # zeros that revm's analysis appends to code


class Snapshot:
    """A point to go back to; belongs to one chain and is used up by `Chain.revert`."""

    __slots__ = ("checkpoint", "undone")

    def __init__(self, checkpoint: Any, undone: int) -> None:
        self.checkpoint = checkpoint
        self.undone = undone


@lru_cache(maxsize=4096)
def _hash_of_block(number: int) -> int:
    return keccak_word(str(number).encode())


def block_hash(number: int, current: int) -> int:
    """Return what BLOCKHASH gives for block `number` in block `current`, as a word.

    revm makes hashes up: keccak256 of the number in decimal digits, for the
    last 256 blocks; 0 for any other. They cannot be set.
    """
    return _hash_of_block(number) if 0 < current - number <= 256 else 0


class Chain:
    """An in-process EVM at hard fork Cancun, with an empty state.

    It cannot be pickled or shared: one per process and thread of work.
    """

    def __init__(self, chain_id: int = 1, code_limit: int | None = None) -> None:
        """Create the chain; `code_limit` replaces EIP-170's 24,576 bytes of runtime code."""
        cfg = pyrevm.CfgEnv(chain_id=chain_id, limit_contract_code_size=code_limit)
        self._evm = pyrevm.EVM(env=pyrevm.Env(cfg=cfg), spec_id="Cancun")
        self._live: list[Snapshot] = []
        self._undo: list[Callable[[], None]] = []
        self._broken: str | None = None
        self.chain_id = chain_id
        self.number = 0
        self.timestamp = 0
        self._probe()
        self.set_block(number=1, timestamp=1)

    # -- blocks -------------------------------------------------------------

    def set_block(self, number: int, timestamp: int) -> None:
        """Make `number` and `timestamp` (seconds) those of the block that the next calls run in."""
        if number != self.number or timestamp != self.timestamp:
            self._evm.set_block_env(pyrevm.BlockEnv(number=number, timestamp=timestamp))
            self.number, self.timestamp = number, timestamp

    def blockhash(self, number: int) -> int:
        """Return what BLOCKHASH gives for block `number` in the current block (see `block_hash`)."""
        return block_hash(number, self.number)

    # -- calls --------------------------------------------------------------

    def call(
        self,
        sender: int,
        to: int,
        data: bytes = b"",
        value: int = 0,
        gas: int = DEFAULT_GAS,
        static: bool = False,
    ) -> RawOutcome:
        """Run one transaction and keep its effects; a failed call has none.

        `value` is in wei and must be covered by the sender's balance. With
        `static` a write makes it halt. Raises EvmError where the transaction
        itself is invalid (funds, intrinsic gas) and EvmDefect if the EVM panics.
        """
        evm = self._evm
        evm.reset_transient_storage()
        try:
            output = evm.message_call(hex_address(sender), hex_address(to), data, value, gas, 0, static)
        except RuntimeError as error:
            text = str(error)
            if text.startswith("Revert {"):
                return RawOutcome(False, bytes.fromhex(text[text.rindex("0x") + 2 : -2]))
            if "RejectCallerWithCode" in text:
                return self._call_as_contract(sender, to, data, value, gas, static)
            return self._failure(error)
        except BaseException as error:  # noqa: BLE001  # a Rust panic is no Exception; others are raised again
            return self._failure(error)
        return RawOutcome(True, output, None, evm.result)

    def create(self, sender: int, code: bytes, value: int = 0, gas: int = 10 * DEFAULT_GAS) -> RawOutcome:
        """Run creation code (constructor arguments appended); `created` is the address where it succeeds."""
        self._evm.reset_transient_storage()
        try:
            address = self._evm.deploy(hex_address(sender), code, value, gas)
        except BaseException as error:  # noqa: BLE001  # a Rust panic is no Exception; others are raised again
            return self._failure(error)
        return RawOutcome(True, b"", None, self._evm.result, int(address, 16))

    def deploy(self, sender: int, code: bytes, value: int = 0) -> int:
        """Run creation code and return the new contract's address; raises EvmError where it fails."""
        outcome = self.create(sender, code, value)
        if outcome.created is None:
            why = outcome.halted or f"revert data 0x{outcome.output.hex()}"
            raise EvmError(f"a deployment by {hex_address(sender)} failed: {why}")
        return outcome.created

    def _call_as_contract(
        self, sender: int, to: int, data: bytes, value: int, gas: int, static: bool
    ) -> RawOutcome:
        if value > self.balance(sender):
            raise EvmError(f"{hex_address(sender)} sends {value} wei and has {self.balance(sender)}")
        code = self.code(sender)
        self._put_code(PARKED, code)
        self._put_code(sender, shim())
        try:
            return self.call(DRIVER, sender, wrapped(to, value, data), 0, gas, static)
        finally:
            self._put_code(sender, code)
            self._put_code(PARKED, b"")

    def _failure(self, error: BaseException) -> RawOutcome:
        """Turn the library's exception into an outcome, or raise what it really means."""
        text = str(error)
        if type(error).__name__ == "PanicException":
            self._broken = text
            raise EvmDefect(f"the EVM panicked ({text}); make a new Chain") from error
        if not isinstance(error, RuntimeError):
            raise error
        if self._broken is not None:
            raise EvmDefect(f"the EVM panicked earlier ({self._broken}); make a new Chain") from error
        if text.startswith("Revert {"):
            return RawOutcome(False, bytes.fromhex(text[text.rindex("0x") + 2 : -2]))
        if text.startswith("Halt {"):
            return RawOutcome(False, b"", text[text.index("reason: ") + 8 : text.rindex(", gas_used")])
        raise EvmError(f"the EVM refuses the transaction: {text}") from error

    # -- snapshots ----------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Return a point that `revert` goes back to; snapshots nest."""
        snapshot = Snapshot(self._evm.snapshot(), len(self._undo))
        self._live.append(snapshot)
        return snapshot

    def revert(self, snapshot: Snapshot) -> None:
        """Undo everything since `snapshot` and use it up.

        Block number and time are not part of the state. Raises EvmError unless
        it is the latest snapshot still live.
        """
        if not self._live or self._live[-1] is not snapshot:
            known = any(snapshot is one for one in self._live)
            reason = "a later snapshot is still live" if known else "it was reverted before"
            raise EvmError(f"snapshots are reverted last in, first out, once: {reason}")
        self._live.pop()
        self._evm.revert(snapshot.checkpoint)
        while len(self._undo) > snapshot.undone:
            self._undo.pop()()

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Undo, at the end of the block, everything done in it."""
        snapshot = self.snapshot()
        try:
            yield
        finally:
            self.revert(snapshot)

    # -- accounts -----------------------------------------------------------

    def balance(self, address: int) -> int:
        """Return the balance in wei."""
        return int(self._evm.get_balance(hex_address(address)))

    def set_balance(self, address: int, wei: int) -> None:
        """Set the balance in wei; undone by a snapshot like any transfer."""
        name = hex_address(address)
        change = wei - self.balance(address)
        self._evm.set_balance(name, wei)
        if self._live:  # the journal undoes transfers as differences, so this one too must be a difference
            self._undo.append(lambda: self._shift_balance(name, -change))

    def _shift_balance(self, name: str, change: int) -> None:
        if self._is_loaded(name):
            self._evm.set_balance(name, (int(self._evm.get_balance(name)) + change) % WORD)

    def _is_loaded(self, name: str) -> bool:
        """Whether a revert left the account in the journal; one loaded later is dropped, changes and all."""
        return any(name == other.lower() for other in self._evm.journal_state)

    def code(self, address: int) -> bytes:
        """Return the runtime code, empty where there is none."""
        name = hex_address(address)
        code = bytes(self._evm.get_code(name) or b"")
        stripped = code[:-_PADDING]
        return stripped if code and keccak256(stripped) == self._evm.basic(name).code_hash else code

    def set_code(self, address: int, runtime: bytes) -> None:
        """Replace the runtime code and keep balance, nonce and storage; undone by a snapshot."""
        old = self.code(address)
        self._put_code(address, runtime)
        if self._live:
            self._undo.append(lambda: self._restore_code(address, old))

    def _restore_code(self, address: int, runtime: bytes) -> None:
        if self._is_loaded(hex_address(address)):
            self._put_code(address, runtime)

    def _put_code(self, address: int, runtime: bytes) -> None:
        name = hex_address(address)
        info = self._evm.basic(name)
        replacement = pyrevm.AccountInfo(  # type: ignore[call-arg]  # its stub forgot `balance`
            balance=info.balance, nonce=info.nonce, code=runtime
        )
        self._evm.insert_account_info(name, replacement)

    # -- storage ------------------------------------------------------------

    def read(self, address: int, slot: int) -> int:
        """Return the word at `slot` of the account's storage."""
        return int(self._evm.storage(hex_address(address), slot))

    def read_many(self, address: int, slots: Iterable[int]) -> list[int]:
        """Return the words at `slots`, in their order (0.3 us a slot)."""
        read, name = self._evm.storage, hex_address(address)
        return [read(name, slot) for slot in slots]

    def write(self, address: int, slot: int, word: int) -> None:
        """Write `word` at `slot` of the account's storage; undone by a snapshot."""
        self.write_many(address, ((slot, word),))

    def write_many(self, address: int, words: Iterable[tuple[int, int]]) -> None:
        """Write (slot, word) pairs; undone by a snapshot."""
        write, name = self._evm.insert_account_storage, hex_address(address)
        self._evm.get_balance(name)  # loads the account, so that the writes are journaled
        for slot, word in words:
            write(name, slot, word)

    def written_since(self, snapshot: Snapshot) -> dict[int, set[int]]:
        """Return, by account, every slot whose word was changed since `snapshot`, changed back or not.

        What reverted (sub)calls did is not in it. Costs a few hundred
        microseconds: meant for the end of a sequence. Raises EvmError unless the snapshot is live.
        """
        if not any(snapshot is one for one in self._live):
            raise EvmError("this snapshot was reverted: ask for the slots written before reverting it")
        return written_slots(self.journal, snapshot.checkpoint.journal_i)

    @property
    def frames(self) -> int:
        """How many frames the journal has: read after each call, it tells the calls apart in `history`."""
        return int(self._evm.journal_len)

    @property
    def journal(self) -> str:
        """The EVM's own record of everything since deployment; `history` and `transfers` read it.

        Raises EvmDefect where it is not in the known form.
        """
        return frames_of(str(self._evm.journal_str))

    def transfers(self, marks: Sequence[int], journal: str) -> dict[int, list[tuple[int, int, int]]]:
        """Return what ether moved between `marks` (payer, payee, wei), by the number of the mark before.

        What reverted is not in it, nor what somebody paid to themselves.
        """
        found: dict[int, list[tuple[int, int, int]]] = {}
        for frame, *moved in transfers(journal, marks[0]):
            payer, payee, wei = moved
            found.setdefault(bisect_right(marks, frame) - 1, []).append((payer, payee, wei))
        return found

    def history(
        self, marks: Sequence[int], journal: str | None = None
    ) -> list[dict[tuple[int, int], tuple[int, int]]]:
        """Return what became of the storage between `marks`, readings of `frames` in the order of time.

        One entry for each pair of neighbours: every word that was changed, changed back or not, by
        (account, slot), with the word before and the word after. What reverted is not in it.
        """
        known = self.journal if journal is None else journal
        return spans_between(word_changes(known, marks[0], self.frames), marks, self.read)

    def _probe(self) -> None:
        """Raise EvmDefect unless PUSH0, MCOPY and TLOAD run: an unknown fork name silently means another."""
        with self.rolled_back():
            self.set_code(_PROBE_AT, _CANCUN_PROBE)
            if self.call(DRIVER, _PROBE_AT).output != bytes(32):
                raise EvmDefect("the EVM does not run Cancun's opcodes; install pyrevm 0.3.7")
