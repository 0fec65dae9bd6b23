"""The EVM's instruction set up to Cancun, as a table.

Only shapes live here (name, stack effect, immediate bytes); meanings live with
whoever executes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opcode:
    """One opcode: `pops` and `pushes` count words, `immediates` counts bytes of code."""

    code: int
    name: str
    pops: int
    pushes: int
    immediates: int = 0


_PLAIN = """
00 STOP 0 0|01 ADD 2 1|02 MUL 2 1|03 SUB 2 1|04 DIV 2 1|05 SDIV 2 1|06 MOD 2 1|07 SMOD 2 1
08 ADDMOD 3 1|09 MULMOD 3 1|0a EXP 2 1|0b SIGNEXTEND 2 1
10 LT 2 1|11 GT 2 1|12 SLT 2 1|13 SGT 2 1|14 EQ 2 1|15 ISZERO 1 1|16 AND 2 1|17 OR 2 1|18 XOR 2 1
19 NOT 1 1|1a BYTE 2 1|1b SHL 2 1|1c SHR 2 1|1d SAR 2 1|20 KECCAK256 2 1
30 ADDRESS 0 1|31 BALANCE 1 1|32 ORIGIN 0 1|33 CALLER 0 1|34 CALLVALUE 0 1|35 CALLDATALOAD 1 1
36 CALLDATASIZE 0 1|37 CALLDATACOPY 3 0|38 CODESIZE 0 1|39 CODECOPY 3 0|3a GASPRICE 0 1
3b EXTCODESIZE 1 1|3c EXTCODECOPY 4 0|3d RETURNDATASIZE 0 1|3e RETURNDATACOPY 3 0|3f EXTCODEHASH 1 1
40 BLOCKHASH 1 1|41 COINBASE 0 1|42 TIMESTAMP 0 1|43 NUMBER 0 1|44 PREVRANDAO 0 1|45 GASLIMIT 0 1
46 CHAINID 0 1|47 SELFBALANCE 0 1|48 BASEFEE 0 1|49 BLOBHASH 1 1|4a BLOBBASEFEE 0 1
50 POP 1 0|51 MLOAD 1 1|52 MSTORE 2 0|53 MSTORE8 2 0|54 SLOAD 1 1|55 SSTORE 2 0|56 JUMP 1 0|57 JUMPI 2 0
58 PC 0 1|59 MSIZE 0 1|5a GAS 0 1|5b JUMPDEST 0 0|5c TLOAD 1 1|5d TSTORE 2 0|5e MCOPY 3 0
f0 CREATE 3 1|f1 CALL 7 1|f2 CALLCODE 7 1|f3 RETURN 2 0|f4 DELEGATECALL 6 1|f5 CREATE2 4 1
fa STATICCALL 6 1|fd REVERT 2 0|fe INVALID 0 0|ff SELFDESTRUCT 1 0
"""


def _plain() -> list[Opcode]:
    """Read the table of the opcodes that are not families."""
    rows = (row.split() for line in _PLAIN.split("\n") for row in line.split("|") if row)
    return [Opcode(int(code, 16), name, int(pops), int(pushes)) for code, name, pops, pushes in rows]


def _families() -> list[Opcode]:
    """The regular families: PUSH0-32, DUP1-16, SWAP1-16, LOG0-4."""
    return [
        *(Opcode(0x5F + n, f"PUSH{n}", 0, 1, n) for n in range(33)),
        *(Opcode(0x7F + n, f"DUP{n}", n, n + 1) for n in range(1, 17)),
        *(Opcode(0x8F + n, f"SWAP{n}", n + 1, n + 1) for n in range(1, 17)),
        *(Opcode(0xA0 + n, f"LOG{n}", n + 2, 0) for n in range(5)),
    ]


OPCODES: dict[int, Opcode] = {opcode.code: opcode for opcode in _plain() + _families()}
"""Every defined opcode by its byte; a byte that is not here halts the call exceptionally."""

BY_NAME: dict[str, Opcode] = {opcode.name: opcode for opcode in OPCODES.values()}

JUMPDEST, JUMP, JUMPI = 0x5B, 0x56, 0x57
PUSH0, PUSH32 = 0x5F, 0x7F
DUP1, DUP16, SWAP1, SWAP16 = 0x80, 0x8F, 0x90, 0x9F
STOP, RETURN, REVERT, INVALID, SELFDESTRUCT = 0x00, 0xF3, 0xFD, 0xFE, 0xFF

ENDS = frozenset({STOP, RETURN, REVERT, INVALID, SELFDESTRUCT})
"""Opcodes that end the call."""


def name_of(code: int) -> str:
    """The opcode's name; an undefined byte reads `UNDEFINED_xx`."""
    opcode = OPCODES.get(code)
    return opcode.name if opcode else f"UNDEFINED_{code:02x}"
