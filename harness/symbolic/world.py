"""What a call finds around it: the transaction, the block, and other contracts.

Everything is a symbol within the machine's bounds unless somebody fixes it. What
callees do is a *summary*, given by whoever asks for the execution; without one,
a callee may do anything with its own outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from harness.symbolic.data import Data, Unknown
from harness.symbolic.path import Path
from harness.symbolic.storage import Storage
from harness.symbolic.trace import Kind, Trace
from harness.term.core import ZERO, Function, Term, and_, apply, bvar, const, ite, le, lt, var
from harness.term.integer import iadd

ADDRESS_MAX = (1 << 160) - 1
SIZE_MAX = (1 << 64) - 1
"""More bytes or gas than any transaction can pay for."""


def address_symbol(name: str) -> Term:
    """An arbitrary address."""
    return var(name, 0, ADDRESS_MAX)


@dataclass(frozen=True, slots=True)
class World:
    """Terms for what the environment opcodes read.

    `assumptions` names whatever the given terms suppose beyond the machine's own
    bounds. `codes` are the codes known at constant addresses: DELEGATECALL runs
    them in place. `constructing`: creation code runs, and the address has no code yet.
    `mark` tells what is read without a term here (balances, code, gas, transient storage) from other
    executions'.
    """

    address: Term = field(default_factory=lambda: address_symbol("this"))
    caller: Term = field(default_factory=lambda: address_symbol("caller"))
    origin: Term = field(default_factory=lambda: address_symbol("origin"))
    value: Term = field(default_factory=lambda: var("callvalue"))
    timestamp: Term = field(default_factory=lambda: var("timestamp"))
    number: Term = field(default_factory=lambda: var("number"))
    chainid: Term = field(default_factory=lambda: var("chainid"))
    gasprice: Term = field(default_factory=lambda: var("gasprice"))
    coinbase: Term = field(default_factory=lambda: address_symbol("coinbase"))
    prevrandao: Term = field(default_factory=lambda: var("prevrandao"))
    gaslimit: Term = field(default_factory=lambda: var("gaslimit"))
    basefee: Term = field(default_factory=lambda: var("basefee"))
    blobbasefee: Term = field(default_factory=lambda: var("blobbasefee"))
    codes: Mapping[int, bytes] = field(default_factory=dict)
    constructing: bool = False
    assumptions: frozenset[str] = frozenset()
    mark: str = ""

    def elsewhere(self, mark: str) -> World:
        """Return these surroundings in another transaction: what nobody chose has symbols of its own."""
        return replace(
            self,
            origin=address_symbol(f"origin{mark}"),
            gasprice=var(f"gasprice{mark}"),
            coinbase=address_symbol(f"coinbase{mark}"),
            prevrandao=var(f"prevrandao{mark}"),
            gaslimit=var(f"gaslimit{mark}"),
            basefee=var(f"basefee{mark}"),
            blobbasefee=var(f"blobbasefee{mark}"),
            mark=mark,
        )


BLOCKHASH = Function("blockhash", 1)
_CODESIZE = "codesize"


def hash_of(block: Term, now: Term) -> Term:
    """Return the hash of a block as one of number `now` is told it: zero but for the 256 before that."""
    recent = and_(lt(block, now), le(now, iadd(block, const(256))))
    return ite(recent, apply(BLOCKHASH, block), ZERO)


def blobhash(mark: str) -> Function:
    """The hashes of a transaction's blobs."""
    return Function(f"blobhash{mark}", 1)


def balance(epoch: int, mark: str) -> Function:
    """The balance of an address; a new function after anything that may have moved ether."""
    return Function(_at("balance", epoch, mark), 1)


def codesize(epoch: int, mark: str) -> Function:
    """The size of an address's code; a new function after anything that may have created contracts."""
    return Function(_at(_CODESIZE, epoch, mark), 1, 0, SIZE_MAX)


def codehash(epoch: int, mark: str) -> Function:
    """The hash of an address's code; a new function after anything that may have created contracts."""
    return Function(_at("codehash", epoch, mark), 1)


def is_codesize(function: Function) -> bool:
    """Say whether a function is the size of code, at any time."""
    return function.name.startswith(_CODESIZE)


def _at(name: str, epoch: int, mark: str) -> str:
    return f"{name}'{epoch}{mark}" if epoch else f"{name}{mark}"


@dataclass(frozen=True, slots=True)
class Request:
    """An external call about to be made. `ordinal` is different for all calls of one path.

    `gas` is as in `harness.symbolic.trace.Call`, and `earlier` what was done before, each entry under its
    condition.
    """

    kind: Kind
    target: Term
    value: Term
    gas: Term
    data: Data
    ordinal: int
    path: Path
    storage: Storage
    pc: int
    earlier: Trace = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call does: success (boolean), return data, and whether this contract's storage is kept.

    With `havoc`, storage is arbitrary afterwards: the callee may have called back.
    `assumptions` names what the answer supposes of the callee.
    """

    success: Term
    returndata: Data
    havoc: bool = False
    assumptions: frozenset[str] = frozenset()


class Environment(Protocol):
    """Summaries of the contracts that are called."""

    def call(self, request: Request) -> Answer:
        """Say what the call does."""


NO_REENTRY = "callees_do_not_call_back"


class Arbitrary:
    """Callees of which nothing is known: any success, any return data of any size.

    With `reentry`, they may also have called back and changed storage in any way;
    without, that they don't is an assumption of the result.
    """

    def __init__(self, reentry: bool = True) -> None:
        self.reentry = reentry

    def call(self, request: Request) -> Answer:
        """Say what the call does: anything."""
        name = f"call{request.ordinal}"
        content = Function(f"{name}.returndata", 1)
        havoc = request.kind != "STATICCALL"
        return Answer(
            bvar(f"{name}.success"),
            Unknown(content, var(f"{name}.returndatasize", 0, SIZE_MAX)),
            havoc and self.reentry,
            frozenset() if self.reentry or not havoc else frozenset({NO_REENTRY}),
        )
