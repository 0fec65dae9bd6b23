from __future__ import annotations

from harness.bytecode.disassembly import Program, sweep
from harness.bytecode.opcodes import BY_NAME, OPCODES, name_of
from tests.harness.bytecode.assembler import assemble


def test_a_jumpdest_byte_inside_push_data_is_no_destination():
    program = Program(assemble("0x5b5b") + assemble("@here stop"))

    assert program.jumpdests == {3}


def test_a_push_that_the_code_cuts_short_reads_zeros():
    instructions = sweep(bytes([0x61, 0xAB]))

    assert instructions[0].operand == 0xAB00
    assert instructions[0].size == 3


def test_past_the_end_of_the_code_there_is_a_stop():
    block = Program(assemble("1 pop")).block(0)

    assert [found.code for found in block.instructions] == [0x60, 0x50, 0x00]


def test_a_block_ends_before_the_next_destination():
    program = Program(assemble("1 @loop $loop jump"))

    first = program.block(0)

    assert (len(first.instructions), first.following) == (1, 2)
    assert program.block(2).last == BY_NAME["JUMP"].code


def test_an_undefined_byte_ends_its_block():
    block = Program(bytes([0x0C, 0x00])).block(0)

    assert len(block.instructions) == 1
    assert name_of(0x0C) == "UNDEFINED_0c"


def test_the_table_has_every_opcode_of_cancun():
    assert len(OPCODES) == 149
    assert BY_NAME["PUSH0"].immediates == 0
    assert BY_NAME["PUSH32"].code == 0x7F
    assert (BY_NAME["SWAP16"].pops, BY_NAME["LOG4"].pops, BY_NAME["MCOPY"].code) == (17, 6, 0x5E)
