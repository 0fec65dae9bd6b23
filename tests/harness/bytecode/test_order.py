from __future__ import annotations

import random

import pytest

from harness.bytecode.disassembly import Program
from harness.bytecode.graph import Graph, Node, build
from harness.bytecode.order import Order
from tests.harness.bytecode.assembler import assemble

NESTED = """
0 @outer 0 @inner 1 add dup1 3 gt $inner jumpi pop 1 add dup1 5 gt $outer jumpi stop
"""
IRREDUCIBLE = """
callvalue $right jumpi
@left caller $right jumpi stop
@right origin $left jumpi stop
"""


def random_graph(seed: int) -> Graph:
    """A graph of many blocks with random edges, all reachable: order.py asks only for shape."""
    rng = random.Random(seed)
    program = Program(b"\0")
    count = rng.randint(2, 25)
    nodes = [Node(index, program.block(0), ()) for index in range(count)]
    for index in range(1, count):
        nodes[rng.randrange(index)].jumps[index] = nodes[index]
    for _ in range(rng.randint(0, 2 * count)):
        target = nodes[rng.randrange(count)]
        nodes[rng.randrange(count)].jumps[target.index] = target
    return Graph(program, nodes)


def walk(graph: Graph, seed: int, steps: int = 60) -> list[tuple[int, ...]]:
    """The keys met on a random walk; `advance` raises when one does not grow."""
    rng = random.Random(seed)
    order = Order(graph)
    node, key = graph.nodes[0], order.start(0)
    keys = [key]
    for _ in range(steps):
        if not node.successors:
            break
        following = rng.choice(node.successors)
        key = order.advance(key, node.index, following.index)
        keys.append(key)
        node = following
    return keys


@pytest.mark.parametrize("seed", range(200))
def test_keys_grow_along_every_walk_of_any_graph(seed):
    keys = walk(random_graph(seed), seed)

    assert keys == sorted(set(keys))


@pytest.mark.parametrize("text", [NESTED, IRREDUCIBLE])
def test_keys_grow_in_nested_and_irreducible_loops(text):
    graph = build(Program(assemble(text)))
    for seed in range(50):
        walk(graph, seed)

    assert max(len(place.heads) for place in Order(graph).places) == (2 if text is NESTED else 1)


def test_the_iteration_counts_up_at_the_head_and_inner_loops_start_again():
    graph = build(Program(assemble(NESTED)))
    order = Order(graph)
    outer = next(node for node in graph.nodes if order.places[node.index].heads == (node.index,))
    inner = next(node for node in graph.nodes if order.places[node.index].heads == (outer.index, node.index))
    tail = next(node for node in graph.nodes if outer in node.successors and node is not graph.nodes[0])

    first = order.advance(order.start(0), 0, outer.index)
    inside = order.advance(first, outer.index, inner.index)
    again = order.advance(inside, inner.index, inner.index)
    end = order.advance(again, inner.index, tail.index)
    second = order.advance(end, tail.index, outer.index)

    assert again[3] == inside[3] + 1
    assert second[1] == first[1] + 1
    assert order.advance(second, outer.index, inner.index)[3] == 0


def test_different_nodes_never_share_a_key():
    for seed in range(50):
        graph = random_graph(seed)
        order = Order(graph)

        keys = {order.start(node.index) for node in graph.nodes}

        assert len(keys) == len(graph.nodes)
