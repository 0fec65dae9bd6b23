from __future__ import annotations

import pytest

from harness.bytecode.disassembly import Program
from harness.bytecode.errors import BytecodeError
from harness.bytecode.graph import Graph, build
from tests.harness.bytecode.assembler import assemble


def graph_of(text: str) -> Graph:
    return build(Program(assemble(text)))


def test_a_routine_called_twice_is_two_contexts_and_returns_to_each_caller():
    graph = graph_of("$one $routine jump @one $two $routine jump @two stop @routine jump")

    routine = [node for node in graph.nodes if node.block.last == 0x56 and len(node.block.instructions) == 2]

    assert len(routine) == 2
    assert all(len(node.jumps) == 1 and not node.unresolved for node in routine)


def test_a_return_address_computed_in_a_block_is_folded():
    graph = graph_of("$end 1 1 sub add jump @end stop")

    assert not graph.nodes[0].unresolved
    assert [node.block.pc for node in graph.nodes[0].successors] == [10]


def test_a_counter_does_not_split_the_loop_into_contexts():
    graph = graph_of("0 @loop 1 add dup1 100 gt $loop jumpi stop")

    assert len(graph.nodes) == 3


def test_an_unknown_target_is_live_and_takes_reported_edges():
    program = Program(assemble("0 calldataload jump @end stop"))
    graph = build(program)
    entry = graph.nodes[0]

    assert entry.unresolved
    assert entry.can_succeed

    (end,) = program.jumpdests
    again = build(program, {entry.key: frozenset({end})})

    assert [node.block.pc for node in again.nodes[0].successors] == [end]


def test_recursion_reaches_the_cap_and_raises():
    program = Program(assemble("@again $back $again jump @back stop"))

    with pytest.raises(BytecodeError, match="grows without end at pc"):
        build(program, cap=200)


def test_a_block_that_pops_an_empty_stack_faults():
    graph = graph_of("add stop")

    assert graph.nodes[0].faults
    assert not graph.nodes[0].can_succeed


def test_arms_that_can_only_revert_are_known():
    graph = graph_of("callvalue $bad jumpi stop @bad 0 0 revert")
    by_end = {node.block.last: node for node in graph.nodes}

    assert by_end[0x00].can_succeed
    assert not by_end[0xFD].can_succeed
    assert graph.nodes[0].can_succeed


def test_a_branch_on_a_constant_has_one_way_out():
    graph = graph_of("0 $never jumpi stop @never 0 0 revert")

    assert [node.block.last for node in graph.nodes] == [0x57, 0x00]


def test_a_stack_that_may_overflow_is_refused():
    with pytest.raises(BytecodeError, match="stack may grow"):
        graph_of("dup1 " * 1030)
