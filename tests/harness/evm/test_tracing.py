"""Traces say what the EVM did: words, memory, calls, reverts, and which way each jump went."""

from __future__ import annotations

from random import Random

import pytest

from harness.bytecode.opcodes import OPCODES
from harness.evm.tracing import Block, Trace, Untraceable, trace
from harness.evm.tracing.words import PURE
from harness.evm.vm import Chain
from tests.harness.bytecode.assembler import assemble

AT, CALLEE, CALLER = 0xBB00, 0xCC00, 0xAA00
EDGES = (0, 1, 2, 31, 32, 255, 256, 2**128, 2**255 - 1, 2**255, 2**255 + 1, 2**256 - 1)
ANSWER = "0 mstore 32 0 return"


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.set_block(1000, 5000)
    return chain


def followed(chain: Chain, code: bytes, data: bytes = b"", value: int = 0, at: int = AT) -> Trace:
    """Return the trace of a call, after comparing what it came to with the EVM's own."""
    chain.set_code(at, code)
    chain.set_balance(CALLER, 10**18)
    way = trace(chain, {}, Block(CALLER, chain.number, chain.timestamp), at, data, value)
    with chain.rolled_back():
        raw = chain.call(CALLER, at, data, value)
        stored = {place: chain.read(*place) for place in way.written}
    assert (way.success, way.output, way.logs) == (raw.success, raw.output, len(raw.logs))
    assert way.written == stored
    return way


@pytest.mark.parametrize("code", PURE, ids=lambda code: OPCODES[code].name)
def test_an_opcode_computes_what_the_evm_does(code: int, chain: Chain) -> None:
    rng, pops = Random(code), PURE[code][0]
    loads = " ".join(f"{32 * place} calldataload" for place in reversed(range(pops)))
    program = assemble(f"{loads} {OPCODES[code].name} {ANSWER}")
    for _ in range(60):
        words = [rng.choice(EDGES) if rng.random() < 0.6 else rng.getrandbits(256) for _ in range(pops)]
        assert followed(chain, program, b"".join(word.to_bytes(32, "big") for word in words)).success


@pytest.mark.parametrize(
    "opcode",
    ["address", "origin", "caller", "callvalue", "calldatasize", "codesize", "returndatasize", "timestamp",
     "number", "chainid", "selfbalance", "pc", "msize", "gasprice"],
)  # fmt: skip
def test_surroundings_are_the_evms(opcode: str, chain: Chain) -> None:
    assert followed(chain, assemble(f"{opcode} {ANSWER}"), b"\1\2\3", value=7).success


@pytest.mark.parametrize(
    "text",
    [
        f"{CALLER:#x} balance {ANSWER}",
        f"{AT:#x} extcodesize {ANSWER}",
        f"{AT:#x} extcodehash {ANSWER}",
        f"999 blockhash {ANSWER}",
        f"5 calldataload {ANSWER}",
        "0xabcd 3 mstore8 9 1 mstore 40 2 3 mcopy 64 0 return",
        "40 1 2 calldatacopy 64 0 return",
        "40 1 2 codecopy 64 0 return",
        f"40 1 2 {AT:#x} extcodecopy 64 0 return",
        "7 0 mstore 32 0 keccak256 " + ANSWER,
        f"5 1 sstore 6 2 tstore 1 sload 2 tload add {ANSWER}",
        "5 1 sstore 9 0 mstore 32 0 revert",
        "1 2 3 4 32 0 log4 32 0 log0 stop",
        "5 1 sstore 0xfe 0 mstore 7 jump",
        "1 0 0 returndatacopy stop",
        "add stop",
        "swap1 stop",
        "pop",
        "invalid",
    ],
)
def test_a_piece_of_code_does_what_it_does_in_the_evm(text: str, chain: Chain) -> None:
    way = followed(chain, assemble(text), bytes(range(1, 60)))

    assert 0 in way.executed[AT]


CALLS = {
    "call": f"0 0 4 28 0 {CALLEE:#x} gas call",
    "callcode": f"0 0 4 28 0 {CALLEE:#x} gas callcode",
    "delegatecall": f"0 0 4 28 {CALLEE:#x} gas delegatecall",
    "staticcall": f"0 0 4 28 {CALLEE:#x} gas staticcall",
}
CALLEES = {
    "writes": "caller 3 sstore address 4 sstore callvalue 5 sstore 7 0 mstore 32 0 return",
    "refuses": "caller 3 sstore 7 0 mstore 32 0 revert",
    "halts": "caller 3 sstore invalid",
    "is nobody": "",
}


@pytest.mark.parametrize("callee", CALLEES)
@pytest.mark.parametrize("call", CALLS)
def test_a_call_of_another_contract_does_what_it_does_in_the_evm(
    call: str, callee: str, chain: Chain
) -> None:
    chain.set_code(CALLEE, assemble(CALLEES[callee]))
    code = f"1 3 sstore {CALLS[call]} 0 sstore returndatasize 0 0 returndatacopy returndatasize 0 return"

    way = followed(chain, assemble(code))

    assert way.executed.keys() <= {AT, CALLEE}
    assert (0 in way.executed[CALLEE]) is True


def test_value_moves_with_a_call_and_comes_back_if_it_fails(chain: Chain) -> None:
    send = f"0 0 0 0 5 {CALLEE:#x} gas call pop {CALLEE:#x} balance {ANSWER}"
    for callee, moved in (("stop", 5), ("invalid", 0)):
        chain.set_code(CALLEE, assemble(callee))
        assert int.from_bytes(followed(chain, assemble(send), value=9).output) == moved


def test_jumps_are_told_with_the_way_they_went(chain: Chain) -> None:
    code = assemble("0 calldataload $there jumpi stop @there 1 0 mstore stop")
    jumpi = code.index(0x57)

    straight, away = followed(chain, code), followed(chain, code, b"\1")

    assert straight.jumps == {AT: {(jumpi, False)}}
    assert away.jumps == {AT: {(jumpi, True)}}
    assert jumpi + 1 in straight.executed[AT]
    assert jumpi + 1 not in away.executed[AT]


def test_words_can_be_others_than_the_chains(chain: Chain) -> None:
    chain.set_code(AT, assemble(f"7 sload {ANSWER}"))
    chain.write(AT, 7, 1)
    block = Block(CALLER, 1, 1)

    assert trace(chain, {}, block, AT, b"").output == (1).to_bytes(32, "big")
    assert trace(chain, {(AT, 7): 2}, block, AT, b"").output == (2).to_bytes(32, "big")
    assert chain.read(AT, 7) == 1


@pytest.mark.parametrize(
    "text", ["0 0 0 create stop", "0 0 0 0 1 gas staticcall stop", "@again $again jump", "coinbase stop"]
)
def test_what_is_not_followed_is_said(text: str, chain: Chain) -> None:
    chain.set_code(AT, assemble(text))

    with pytest.raises(Untraceable):
        trace(chain, {}, Block(CALLER, 1, 1), AT, b"")
