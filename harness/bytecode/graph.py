"""The static, context-sensitive control-flow graph.

A node is a basic block together with what is known of the stack on entry.
Constants are folded inside a block, but only values that are valid jump
destinations cross an edge: the domain stays finite, and return addresses become
call strings. A jump whose target is not known is *live*, never a revert: whoever
executes and finds its target adds the edge and builds again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.bytecode.disassembly import Block, Program
from harness.bytecode.errors import BytecodeError
from harness.bytecode.folding import Known, StackUnderflow, step
from harness.bytecode.opcodes import ENDS, JUMP, JUMPI, OPCODES, RETURN, SELFDESTRUCT, STOP

Key = tuple[int, tuple[Known, ...]]
"""What a node is: the block's pc and the abstract stack on entry (bottom first)."""

MAX_NODES = 60_000
MAX_DEPTH = 1024


@dataclass(slots=True, eq=False)
class Node:
    """A block in one context; `index` is its place in `Graph.nodes`.

    `jumps` maps each known target pc to its node, `following` is where control
    falls to, `unresolved` says that the jump's target is not statically known,
    `faults` that the block pops an empty stack (the EVM halts in it). `can_succeed`:
    some way on from here ends in success, or is not known. `doomed`: there is one
    way on from here, without a branch, and it fails.
    """

    index: int
    block: Block
    stack: tuple[Known, ...]
    jumps: dict[int, Node] = field(default_factory=dict)
    following: Node | None = None
    unresolved: bool = False
    faults: bool = False
    can_succeed: bool = True
    doomed: bool = False

    @property
    def key(self) -> Key:
        """The node's identity, the same in every graph of one code."""
        return self.block.pc, self.stack

    @property
    def successors(self) -> list[Node]:
        """Jump targets, then the node that control falls to."""
        return [*self.jumps.values(), *([self.following] if self.following else [])]


@dataclass(frozen=True, slots=True)
class Graph:
    """All nodes reachable from pc 0 with an empty stack; `nodes[0]` is the entry."""

    program: Program
    nodes: list[Node]


class _Builder:
    def __init__(self, program: Program, extra: Mapping[Key, frozenset[int]], cap: int) -> None:
        self.program = program
        self.extra = extra
        self.cap = cap
        self.nodes: list[Node] = []
        self.known: dict[Key, Node] = {}
        self.waiting: list[Node] = []

    def node(self, pc: int, stack: tuple[Known, ...]) -> Node:
        """The node for a context, made and queued when new; raises BytecodeError past the caps."""
        found = self.known.get((pc, stack))
        if found is None:
            if len(self.nodes) >= self.cap or len(stack) > MAX_DEPTH:
                raise BytecodeError(
                    f"control flow grows without end at pc {pc}: more than {self.cap} contexts or "
                    f"{MAX_DEPTH} stack words (recursion, or code that no compiler emits)"
                )
            found = Node(len(self.nodes), self.program.block(pc), stack)
            self.nodes.append(found)
            self.known[pc, stack] = found
            self.waiting.append(found)
        return found

    def expand(self, node: Node) -> None:
        """Run a node's block abstractly and link its successors."""
        stack: list[Known] = list(node.stack)
        block = node.block
        if len(stack) + len(block.instructions) > MAX_DEPTH:
            raise BytecodeError(f"the stack may grow beyond {MAX_DEPTH} words in the block at pc {block.pc}")
        try:
            for instruction in block.instructions[:-1]:
                step(stack, instruction)
            self._leave(node, stack)
        except StackUnderflow:
            node.faults = True

    def _leave(self, node: Node, stack: list[Known]) -> None:
        """Link the successors that the block's last instruction decides."""
        final = node.block.instructions[-1]
        if final.code not in OPCODES:
            return
        if final.code not in (JUMP, JUMPI):
            step(stack, final)
            if final.code not in ENDS:
                node.following = self.node(node.block.following, self._crossing(stack))
            return
        target = stack[-1] if stack else None
        condition = stack[-2] if final.code == JUMPI and len(stack) > 1 else 1
        step(stack, final)
        entry = self._crossing(stack)
        if condition != 0:
            self._jump(node, target, entry)
        if final.code == JUMPI and not condition:
            node.following = self.node(node.block.following, entry)

    def _jump(self, node: Node, target: Known, entry: tuple[Known, ...]) -> None:
        """Link a jump: its constant target, or those that executions have reported."""
        if target is None:
            node.unresolved = True
        targets = self.extra.get(node.key, frozenset()) if target is None else (target,)
        for destination in sorted(targets):
            if destination in self.program.jumpdests:
                node.jumps[destination] = self.node(destination, entry)

    def _crossing(self, stack: list[Known]) -> tuple[Known, ...]:
        """What crosses an edge: constants that are jump destinations."""
        destinations = self.program.jumpdests
        return tuple([value if value in destinations else None for value in stack])


def build(program: Program, extra: Mapping[Key, frozenset[int]] | None = None, cap: int = MAX_NODES) -> Graph:
    """Build the graph of `program`; `extra` adds targets to unresolved jumps.

    Raises BytecodeError when more than `cap` contexts appear.
    """
    builder = _Builder(program, extra or {}, cap)
    builder.node(0, ())
    while builder.waiting:
        builder.expand(builder.waiting.pop())
    _mark_successful(builder.nodes)
    _mark_doomed(builder.nodes)
    return Graph(program, builder.nodes)


def _mark_successful(nodes: list[Node]) -> None:
    """Set `can_succeed`: some path from the node ends in success, or is not known."""
    before: list[list[Node]] = [[] for _ in nodes]
    reached = []
    for node in nodes:
        node.can_succeed = False
        for successor in node.successors:
            before[successor.index].append(node)
        if not node.faults and (node.unresolved or node.block.last in (STOP, RETURN, SELFDESTRUCT)):
            node.can_succeed = True
            reached.append(node)
    while reached:
        for previous in before[reached.pop().index]:
            if not previous.can_succeed:
                previous.can_succeed = True
                reached.append(previous)


def _mark_doomed(nodes: list[Node]) -> None:
    """Set `doomed`, from the ends backwards along single ways on."""
    before: list[list[Node]] = [[] for _ in nodes]
    ends = []
    for node in nodes:
        successors = node.successors
        if not node.can_succeed and len(successors) == 1 and node.block.last != JUMPI:
            before[successors[0].index].append(node)
        elif not node.can_succeed and not successors:
            ends.append(node)
    while ends:
        node = ends.pop()
        node.doomed = True
        ends += before[node.index]
