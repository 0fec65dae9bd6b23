"""Whatever is reached and can't be represented exactly is refused by name, never guessed."""

from __future__ import annotations

import pytest

from harness.compiler.layout import Layout
from harness.symbolic import Arbitrary, Options, Unsupported, World, execute, pieces, raw
from harness.symbolic.entry import argument
from harness.symbolic.operands import GAS
from harness.symbolic.world import NO_REENTRY
from harness.term.core import not_
from tests.harness.bytecode.assembler import assemble
from tests.harness.symbolic.ring import agree

WORDS = raw("words", pieces.of_words([argument(0), argument(1)]))
NOTHING = Layout(())


def run(text: str, options: Options | None = None, world: World | None = None):
    return execute(assemble(text), NOTHING, WORDS, options, world=world, environment=Arbitrary(reentry=False))


@pytest.mark.parametrize(
    ("text", "opcode", "why"),
    [
        ("0 calldataload mload stop", "MLOAD", "a memory address is symbolic"),
        ("0 calldataload 0 sha3", "SHA3", ""),
        ("0 0 0 create", "CREATE", "creates contracts"),
        ("caller selfdestruct", "SELFDESTRUCT", "destroy itself"),
        ("msize", "MSIZE", "not tracked"),
        ("0 0 0 caller extcodecopy", "EXTCODECOPY", "not known"),
        ("0 0 0 0 caller gas delegatecall", "DELEGATECALL", "is not known"),
        ("0 calldataload sload", "SLOAD", "no variable of the layout explains"),
        ("0 @again 1 add 0 calldataload dup2 lt $again jumpi", "JUMPI", "no constant bound"),
        ("0 calldataload jump @a stop", "JUMP", "a jump target is symbolic"),
        ("50 0 calldataload exp", "EXP", "to the power of"),
    ],
)
def test_what_has_no_exact_form_is_refused_with_opcode_and_reason(text, opcode, why):
    if opcode == "SHA3":
        text, opcode, why = "0 calldataload 0 keccak256", "KECCAK256", "a length is symbolic"
    with pytest.raises(Unsupported, match=why) as caught:
        run(text)

    assert caught.value.opcode == opcode


def test_an_unreached_construct_does_not_matter():
    assert run("0 $never jumpi stop @never caller selfdestruct").success.op == "true"


def test_a_jump_table_in_memory_is_followed():
    program = "$two 0 mstore 0 mload jump @one 1 0 mstore 32 0 return @two 2 0 mstore 32 0 return"

    assert agree(program, 1, 3)["success"] == 3


def test_a_choice_of_jump_targets_takes_both_ways():
    program = """
    $one $two dup2 0 calldataload 1 and mul swap1 0 calldataload 1 and iszero mul add jump
    @one 1 0 mstore 32 0 return @two 2 0 mstore 32 0 return
    """

    assert agree(program, 1, 30)["success"] == 30


def test_memory_beyond_what_gas_can_pay_for_halts_under_a_named_assumption():
    post = run("0x1000000 mload stop")

    assert post.success.op == "false"
    assert [failure.kind for failure in post.failures] == ["halt"]
    assert GAS in post.assumptions


HIGH = "0 calldataload 1 and"
NOWHERE = f"32 {HIGH} iszero mul {1 << 30} {HIGH} mul"
"""A length and an address: the range is empty exactly where no memory is affordable."""


@pytest.mark.parametrize("code", ["keccak256", "return", "log0", "0x80 swap1 mcopy", "0 swap1 calldatacopy"])
def test_an_empty_range_beyond_all_memory_is_not_taken_to_halt(code):
    with pytest.raises(Unsupported, match=r"may be empty|copy of symbolic length"):
        run(f"{NOWHERE} {code} stop")


def test_undefined_opcodes_bad_jumps_and_empty_stacks_halt():
    for code in (bytes([0x0C]), assemble("3 jump"), assemble("add")):
        post = execute(code, NOTHING, WORDS)

        assert post.success.op == "false"
        assert [failure.kind for failure in post.failures] == ["halt"]


def test_the_cap_on_blocks_raises():
    with pytest.raises(Unsupported, match="blocks"):
        run("0 @again 1 add dup1 200 gt $again jumpi", Options(max_blocks=100))


def test_reverting_arms_are_left_out_only_when_asked():
    text = "callvalue $bad jumpi 1 0 sstore stop @bad 0 0 revert"
    whole, success = run(text), run(text, Options(reverts=False))

    assert success.failures == ()
    assert success.success is whole.success
    assert whole.failures[0].condition is not_(whole.success)


def test_a_call_that_may_come_back_forgets_storage_and_one_that_may_not_says_so():
    text = "7 0 sstore 0 0 0 0 0 caller gas call 0 sload 0 mstore 32 0 return"
    kept = run(text)
    havoc = execute(assemble(text), NOTHING, WORDS, environment=Arbitrary())

    assert kept.returndata.word(0).data == 7
    assert NO_REENTRY in kept.assumptions
    assert havoc.returndata.word(0).op == "apply"


def test_a_balance_read_after_a_call_is_another_number():
    text = """
    callvalue $more jumpi @back selfbalance 0 mstore 0 0 0 0 0 caller gas call pop selfbalance 32 mstore
    64 0 return @more 0 0 0 0 0 caller gas call pop $back jump
    """
    post = run(text)

    assert post.returndata.word(0) is not post.returndata.word(32)
