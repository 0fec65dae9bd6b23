from __future__ import annotations

import pytest

from harness.bytecode.opcodes import OPCODES
from harness.symbolic.opcodes import HANDLERS
from tests.harness.symbolic.ring import agree

UNARY = ["ISZERO", "NOT"]
BINARY = [
    "ADD", "MUL", "SUB", "DIV", "SDIV", "MOD", "SMOD", "LT", "GT", "SLT", "SGT", "EQ", "AND", "OR", "XOR",
    "BYTE", "SHL", "SHR", "SAR", "SIGNEXTEND",
]  # fmt: skip
TERNARY = ["ADDMOD", "MULMOD"]
RETURN = "0 mstore 32 0 return"
ENVIRONMENT = [
    "ADDRESS", "ORIGIN", "CALLER", "CALLVALUE", "GASPRICE", "COINBASE", "TIMESTAMP", "NUMBER", "PREVRANDAO",
    "GASLIMIT", "CHAINID", "BASEFEE", "BLOBBASEFEE", "CALLDATASIZE", "CODESIZE", "RETURNDATASIZE", "PC",
    "SELFBALANCE",
]  # fmt: skip


@pytest.mark.parametrize("name", UNARY)
def test_unary_operations_agree_with_revm(name):
    assert agree(f"0 calldataload {name} {RETURN}", 1, 60)["success"] == 60


@pytest.mark.parametrize("name", BINARY)
def test_binary_operations_agree_with_revm(name):
    assert agree(f"32 calldataload 0 calldataload {name} {RETURN}", 2, 150)["success"] == 150


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("constant", [0, 1, 3, 31, 2**64, 2**255, 2**256 - 1])
def test_binary_operations_with_one_constant_agree_with_revm(name, constant):
    first = agree(f"0 calldataload {constant} {name} {RETURN}", 1, 25)
    second = agree(f"{constant} 0 calldataload {name} {RETURN}", 1, 25)

    assert first["success"] == second["success"] == 25


@pytest.mark.parametrize("name", TERNARY)
def test_ternary_operations_agree_with_revm(name):
    program = f"64 calldataload 32 calldataload 0 calldataload {name} {RETURN}"

    assert agree(program, 3, 100)["success"] == 100


@pytest.mark.parametrize("exponent", [0, 1, 2, 5, 8])
def test_powers_agree_with_revm(exponent):
    assert agree(f"{exponent} 0 calldataload exp {RETURN}", 1, 20)["success"] == 20
    assert agree(f"0 calldataload 0xff and {exponent} exp {RETURN}", 1, 20)["success"] == 20


@pytest.mark.parametrize("shift", [0, 1, 8, 12, 224, 248, 255, 256, 2**255])
@pytest.mark.parametrize("offset", [0, 5, 32, 50])
def test_calldata_that_is_shifted_at_once_agrees_with_revm(shift, offset):
    assert agree(f"{offset} calldataload {shift} shr {RETURN}", 2, 10)["success"] == 10


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_what_the_environment_answers_agrees_with_revm(name):
    assert agree(f"{name} {RETURN}", 0, 15)["success"] == 15


@pytest.mark.parametrize("name", ["BALANCE", "EXTCODESIZE"])
@pytest.mark.parametrize("address", [0, 0xC0FFEE0001, 0xC0FFEE0002, 0xAAA1, 2**255 + 0xAAA1])
def test_what_other_accounts_answer_agrees_with_revm(name, address):
    assert agree(f"{address} {name} {RETURN}", 0, 10)["success"] == 10


@pytest.mark.parametrize("back", [0, 1, 2, 255, 256, 257, 300])
def test_block_hashes_reach_back_256_blocks(back):
    assert agree(f"{back} number sub blockhash {RETURN}", 0, 20)["success"] == 20


def test_every_opcode_is_handled_or_built_in():
    built_in = {code for code, opcode in OPCODES.items() if opcode.name.startswith(("PUSH", "DUP", "SWAP"))}
    plain = {code for code, opcode in OPCODES.items() if opcode.name in ("POP", "JUMPDEST")}

    assert HANDLERS.keys() | built_in | plain == OPCODES.keys()
