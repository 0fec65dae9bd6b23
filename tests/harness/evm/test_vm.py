"""The traps of the EVM library stay inside `Chain`."""

from __future__ import annotations

import resource

import pytest

from harness.evm.errors import EvmDefect, EvmError
from harness.evm.keccak import keccak_word
from harness.evm.vm import Chain

CALLER, OTHER, AT, CALLEE = 0xAA, 0xAB, 0xBB, 0xCC

RETURN_WORD = "5f5260205ff3"
STORE = "6020355f3555"  # sstore(word 0, word 1)
REVERT_AA = "60aa5f5260205ffd"
LOG_WORD = "5f355f52600760205fa1"  # log1(mem[0:32] = word 0, topic 7)


@pytest.fixture
def chain() -> Chain:
    return Chain()


def put(chain: Chain, code: str, at: int = AT) -> None:
    chain.set_code(at, bytes.fromhex(code))


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(32, "big") for value in values)


def number(output: bytes) -> int:
    return int.from_bytes(output, "big")


def test_a_call_that_succeeds_gives_its_return_data_and_logs(chain: Chain) -> None:
    put(chain, LOG_WORD + "602a" + RETURN_WORD)

    outcome = chain.call(CALLER, AT, words(5))

    assert outcome.success
    assert number(outcome.output) == 42
    assert [(log.address, [number(t) for t in log.topics], number(log.data)) for log in outcome.logs] == [
        (AT, [7], 5)
    ]


def test_logs_belong_to_their_call_alone(chain: Chain) -> None:
    put(chain, LOG_WORD)
    first = chain.call(CALLER, AT, words(1))
    second = chain.call(CALLER, AT, words(2))
    assert [number(log.data) for log in first.logs] == [1]
    assert [number(log.data) for log in second.logs] == [2]


def test_a_revert_gives_its_data_and_changes_nothing(chain: Chain) -> None:
    put(chain, STORE + REVERT_AA)
    outcome = chain.call(CALLER, AT, words(3, 4))
    assert (outcome.success, number(outcome.output), outcome.halted) == (False, 0xAA, None)
    assert chain.read(AT, 3) == 0


def test_an_empty_revert_has_empty_data(chain: Chain) -> None:
    put(chain, "5f5ffd")
    outcome = chain.call(CALLER, AT)
    assert (outcome.success, outcome.output, outcome.halted) == (False, b"", None)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("fe", "InvalidFEOpcode"),
        ("0c", "OpcodeNotFound"),
        ("5f56", "InvalidJump"),
        ("01", "StackUnderflow"),
        ("5b5f56", "OutOfGas(Basic)"),
    ],
)
def test_a_halt_names_its_reason(chain: Chain, code: str, reason: str) -> None:
    put(chain, code)
    outcome = chain.call(CALLER, AT)
    assert (outcome.success, outcome.halted, outcome.output) == (False, reason, b"")


def test_block_number_and_time_are_what_was_set(chain: Chain) -> None:
    chain.set_block(number=1_000, timestamp=77)
    put(chain, "43" + RETURN_WORD)
    assert number(chain.call(CALLER, AT).output) == 1_000
    put(chain, "42" + RETURN_WORD)
    assert number(chain.call(CALLER, AT).output) == 77


def test_the_chain_id_is_what_was_asked_for() -> None:
    chain = Chain(chain_id=167)
    chain.set_block(number=5, timestamp=5)
    put(chain, "46" + RETURN_WORD)
    assert number(chain.call(CALLER, AT).output) == 167


@pytest.mark.parametrize("number_", [0, 1, 743, 744, 745, 998, 999, 1000, 1001])
def test_blockhash_is_the_one_the_opcode_gives(chain: Chain, number_: int) -> None:
    chain.set_block(number=1_000, timestamp=1)
    put(chain, "5f3540" + RETURN_WORD)
    assert chain.blockhash(number_) == number(chain.call(CALLER, AT, words(number_)).output)


def test_blockhash_is_made_from_the_decimal_number(chain: Chain) -> None:
    chain.set_block(number=1_000, timestamp=1)
    assert chain.blockhash(999) == keccak_word(b"999")
    assert chain.blockhash(1_000) == 0


def test_transient_storage_does_not_survive_a_call(chain: Chain) -> None:
    put(chain, "5f5c60055f5d" + RETURN_WORD)  # old = tload(0); tstore(0, 5); return old
    assert number(chain.call(CALLER, AT).output) == 0
    assert number(chain.call(CALLER, AT).output) == 0


def test_a_static_call_cannot_write(chain: Chain) -> None:
    put(chain, STORE)
    outcome = chain.call(CALLER, AT, words(1, 2), static=True)
    assert outcome.halted == "StateChangeDuringStaticCall"


def test_snapshots_restore_storage_code_and_balances(chain: Chain) -> None:
    put(chain, STORE)
    chain.set_balance(CALLER, 100)
    snapshot = chain.snapshot()
    chain.call(CALLER, AT, words(1, 2), value=30)
    chain.set_balance(CALLER, 5)
    chain.call(CALLER, AT, words(1, 3), value=2)
    chain.set_balance(OTHER, 9)
    put(chain, "00")
    chain.write(AT, 8, 9)

    chain.revert(snapshot)

    assert chain.read_many(AT, [1, 8]) == [0, 0]
    assert (chain.balance(CALLER), chain.balance(AT), chain.balance(OTHER)) == (100, 0, 0)
    assert chain.code(AT) == bytes.fromhex(STORE)


def test_snapshots_nest_and_revert_last_in_first_out(chain: Chain) -> None:
    outer = chain.snapshot()
    chain.write(AT, 1, 1)
    inner = chain.snapshot()
    chain.write(AT, 1, 2)
    with pytest.raises(EvmError, match="a later snapshot is still live"):
        chain.revert(outer)
    chain.revert(inner)
    assert chain.read(AT, 1) == 1
    chain.revert(outer)
    with pytest.raises(EvmError, match="reverted before"):
        chain.revert(outer)


def test_a_block_rolled_back_leaves_no_trace(chain: Chain) -> None:
    with chain.rolled_back():
        chain.write(AT, 1, 1)
    assert chain.read(AT, 1) == 0


def test_code_can_be_replaced_without_touching_the_account(chain: Chain) -> None:
    chain.set_balance(AT, 7)
    chain.write(AT, 1, 2)
    put(chain, "00")
    put(chain, "5f")
    assert (chain.balance(AT), chain.read(AT, 1), chain.code(AT)) == (7, 2, b"\x5f")


def test_an_account_without_code_has_empty_code(chain: Chain) -> None:
    assert chain.code(0x123456) == b""
    chain.set_balance(0x123456, 1)
    assert chain.code(0x123456) == b""


def test_a_deployment_runs_the_constructor_and_gives_distinct_addresses(chain: Chain) -> None:
    creation = bytes.fromhex("600160025560fe5f5360015ff3")  # sstore(2, 1); code is fe
    first, second = chain.deploy(CALLER, creation), chain.deploy(CALLER, creation)
    assert first != second
    assert (chain.code(first), chain.read(second, 2)) == (b"\xfe", 1)


def test_a_deployment_that_reverts_is_an_error_with_its_data(chain: Chain) -> None:
    with pytest.raises(EvmError, match=r"revert data 0x0+aa"):
        chain.deploy(CALLER, bytes.fromhex(REVERT_AA))


def test_code_over_24576_bytes_is_refused_unless_the_limit_is_raised() -> None:
    creation = bytes.fromhex("6160015ff3")
    with pytest.raises(EvmError, match="CreateContractSizeLimit"):
        Chain().deploy(CALLER, creation)
    assert len((raised := Chain(code_limit=10**6)).code(raised.deploy(CALLER, creation))) == 0x6001


def test_value_beyond_the_funds_is_refused_in_words(chain: Chain) -> None:
    with pytest.raises(EvmError, match=r"refuses the transaction: .*LackOfFund"):
        chain.call(CALLER, AT, value=5)


def test_the_zero_address_can_be_a_caller(chain: Chain) -> None:
    put(chain, "3315" + RETURN_WORD)
    assert number(chain.call(0, AT).output) == 1


def test_a_contract_can_be_the_caller_and_keeps_its_code(chain: Chain) -> None:
    # The callee asks its caller for a word by call, adds the value it got, and returns caller, sum.
    ask = "60205f5f5f5f335af150"
    put(chain, ask + "5f513401602052335f5260405ff3", CALLEE)
    put(chain, "6009" + RETURN_WORD)
    chain.set_balance(AT, 1_000)

    outcome = chain.call(AT, CALLEE, b"", value=4)

    assert outcome.success
    assert (number(outcome.output[:32]), number(outcome.output[32:])) == (AT, 9 + 4)
    assert chain.code(AT) == bytes.fromhex("6009" + RETURN_WORD)
    assert chain.balance(CALLEE) == 4
    assert chain.balance(AT) == 996


def test_a_contract_as_caller_sees_revert_data(chain: Chain) -> None:
    put(chain, REVERT_AA, CALLEE)
    put(chain, "00")
    outcome = chain.call(AT, CALLEE, b"\x01\x02")
    assert (outcome.success, number(outcome.output)) == (False, 0xAA)


def test_a_contract_can_call_itself(chain: Chain) -> None:
    put(chain, "33" + RETURN_WORD)
    assert number(chain.call(AT, AT).output) == AT


def test_a_panic_is_named_and_the_chain_stays_refused(chain: Chain) -> None:
    with pytest.raises(EvmDefect, match="panicked"):
        chain.call(CALLER, AT, gas=2**70)


def test_memory_is_flat_when_every_sequence_is_rolled_back(chain: Chain) -> None:
    put(chain, LOG_WORD + STORE)

    def sequences(number_: int) -> None:
        for _ in range(number_):
            with chain.rolled_back():
                for word in range(100):
                    chain.call(CALLER, AT, words(word, 1))

    sequences(10)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sequences(100)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 2_000  # kB; 10,000 such calls that stay in the journal take 6,000


def test_an_address_beyond_160_bits_is_refused(chain: Chain) -> None:
    with pytest.raises(EvmError, match="not an address"):
        chain.call(2**160, AT)
