"""Running one call frame: every state once, merged wherever control joins.

States wait under their dynamic key (see `harness.bytecode.order`); the least key
runs next, so all states that can reach a place have arrived when it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush
from typing import Literal

from harness.bytecode.disassembly import Instruction, Program
from harness.bytecode.errors import BytecodeError
from harness.bytecode.graph import Graph, Key, Node, build
from harness.bytecode.opcodes import DUP1, DUP16, JUMP, JUMPDEST, JUMPI, PUSH0, PUSH32, SWAP1, SWAP16, name_of
from harness.bytecode.order import DynamicKey, Order
from harness.symbolic.data import EMPTY, Data
from harness.symbolic.errors import Halted, Inexact, Unreachable, Unsupported
from harness.symbolic.memory import Memory
from harness.symbolic.opcodes.table import HANDLERS, Handler
from harness.symbolic.path import impossible
from harness.symbolic.run import Run
from harness.symbolic.state import State, merge_all
from harness.term.core import FALSE, TRUE, Term, TermError, const, not_

Ending = Literal["success", "revert", "halt"]

_POP = 0x50

_NO_MEMORY = Memory()


class Flow:
    """A code's control flow, and the targets of computed jumps that executions have met."""

    def __init__(self, code: bytes) -> None:
        self.program = Program(code)
        self._extra: dict[Key, frozenset[int]] = {}
        self._build()

    def add(self, source: Key, target: int) -> None:
        """Add an edge from a computed jump, and build again."""
        self._extra[source] = self._extra.get(source, frozenset()) | {target}
        self._build()

    def _build(self) -> None:
        self.graph: Graph = build(self.program, self._extra)
        self.order = Order(self.graph)


@lru_cache(maxsize=32)
def flow_of(code: bytes) -> Flow:
    """The control flow of a code, made once. Raises Unsupported where it has no bound."""
    try:
        return Flow(code)
    except BytecodeError as error:
        raise Unsupported("JUMP", 0, str(error)) from error


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """How states ended: one merged state, whose `returndata` is what the frame returns."""

    kind: Ending
    state: State


class _NewEdge(Exception):
    def __init__(self, source: Key, target: int) -> None:
        super().__init__()
        self.source = source
        self.target = target


def _handler(code: int) -> Handler:
    handler = HANDLERS.get(code)
    if handler is None:
        raise Halted
    return handler


class Frame:
    """One code running on one calldata; storage belongs to whoever runs it."""

    def __init__(
        self,
        run: Run,
        code: bytes,
        calldata: Data,
        code_data: Data,
        static: bool = False,
        reverts: bool = True,
    ) -> None:
        self.run = run
        self.flow = flow_of(code)
        self.calldata = calldata
        self.code_data = code_data
        self.static = static
        self.reverts = reverts
        self._heap: list[DynamicKey] = []
        self._waiting: dict[DynamicKey, list[State]] = {}
        self._ends: dict[Ending, list[State]] = {}
        self._forks: list[tuple[State, int]] = []
        self._position = 0

    def execute(self, start: State) -> list[End]:
        """Run from `start` (consumed) until every state has ended; one end of each kind at most."""
        while True:
            self._heap, self._waiting, self._ends = [], {}, {}
            self._start = start
            start.node, start.key = self.flow.graph.nodes[0], self.flow.order.start(0)
            try:
                self._execute(start.copy())
            except _NewEdge as edge:
                self.flow.add(edge.source, edge.target)
                continue
            return [End(kind, merge_all(states)) for kind, states in self._ends.items()]

    def _execute(self, state: State) -> None:
        self._enqueue(state)
        while self._heap:
            states = self._waiting.pop(heappop(self._heap))
            if states[0].node.doomed:
                # Short ways to an end: their conditions merge there, not memory and stack.
                for one in states:
                    self._step(one)
            else:
                self._step(merge_all(states))

    def _enqueue(self, state: State) -> None:
        waiting = self._waiting.get(state.key)
        if waiting is None:
            self._waiting[state.key] = [state]
            heappush(self._heap, state.key)
        else:
            waiting.append(state)

    def _step(self, state: State) -> None:
        """Run the block that the state is at."""
        run, node = self.run, state.node
        run.blocks += 1
        if run.blocks > run.options.max_blocks:
            raise Unsupported("JUMP", node.block.pc, f"more than {run.options.max_blocks} blocks run")
        if node.faults:
            self.end(state, "halt", EMPTY)
            return
        self._forks = [(state, 0)]
        while self._forks:
            self._run_block(*self._forks.pop())

    def _run_block(self, state: State, start: int) -> None:
        """Run the rest of the state's block from instruction `start` on."""
        block = state.node.block
        instruction = block.instructions[start]
        try:
            stack = state.stack
            for self._position in range(start, len(block.instructions)):
                instruction = block.instructions[self._position]
                code = instruction.code
                if PUSH0 <= code <= PUSH32:
                    stack.append(const(instruction.operand))
                elif DUP1 <= code <= DUP16:
                    stack.append(stack[DUP1 - 1 - code])
                elif SWAP1 <= code <= SWAP16:
                    under = SWAP1 - 2 - code
                    stack[-1], stack[under] = stack[under], stack[-1]
                elif code == _POP:
                    stack.pop()
                elif code != JUMPDEST:
                    _handler(code)(self, state, instruction)
                    stack = state.stack
        except Halted:
            self.end(state, "halt", EMPTY)
        except Unreachable:
            return
        except (Inexact, TermError) as error:
            raise Unsupported(name_of(instruction.code), instruction.pc, str(error)) from error
        else:
            following = state.node.following
            if following is not None and block.last not in (JUMP, JUMPI):
                self.go(state, following)

    def fork(self, state: State) -> None:
        """Let another state continue after the running instruction; the two meet where control joins."""
        self._forks.append((state, self._position + 1))

    def ahead(self, state: State, count: int) -> tuple[Instruction, ...]:
        """The next instructions of the running block, at most so many: nothing else runs after this one."""
        return state.node.block.instructions[self._position + 1 : self._position + 1 + count]

    def go(self, state: State, target: Node) -> None:
        """Let the state wait at a successor of its node."""
        key = self.flow.order.advance(state.key, state.node.index, target.index)
        if len(key) > 1 and key[-2] > self.run.options.max_iterations:  # the one number that may have grown
            raise Unsupported(
                "JUMPI",
                target.block.pc,
                f"a loop runs more than {self.run.options.max_iterations} times, or has no constant bound",
            )
        state.node, state.key = target, key
        self._enqueue(state)

    def jump(self, state: State, target: int) -> None:
        """Continue at a jump destination, or halt where there is none."""
        destination = state.node.jumps.get(target)
        if destination is not None:
            self.go(state, destination)
        elif target not in self.flow.program.jumpdests:
            self.end(state, "halt", EMPTY)
        elif state.node.unresolved:
            raise _NewEdge(state.node.key, target)
        else:
            raise AssertionError(f"the control-flow graph lacks a jump to pc {target}")

    def worthwhile(self, node: Node | None) -> bool:
        """Whether to run an arm: it can succeed, or reverting arms are asked for."""
        return self.reverts or (node is not None and node.can_succeed)

    def branch(self, state: State, condition: Term) -> tuple[State | None, State | None]:
        """The states (condition true, condition false) that a branch leads to; None for an impossible arm.

        Where one arm is impossible the other is `state` itself, else the first is.
        """
        decided = True if condition is TRUE else False if condition is FALSE else state.path.decide(condition)
        if decided is None and impossible(state.path):
            decided = False
            state.assume(not_(condition))
        if decided is not None:
            return (state, None) if decided else (None, state)
        other = state.copy()
        state.assume(condition)
        other.assume(not_(condition))
        return state, other

    def halt_when(self, state: State, condition: Term) -> None:
        """Halt exceptionally where the condition holds, and go on where it doesn't."""
        if condition is FALSE or state.path.decide(condition) is False:
            return
        if condition is TRUE or state.path.decide(condition) is True:
            raise Halted
        halted = state.copy()
        halted.assume(condition)
        self.end(halted, "halt", EMPTY)
        state.assume(not_(condition))

    def end(self, state: State, kind: Ending, returned: Data) -> None:
        """End the frame in this state."""
        if kind != "success" and not self.reverts:
            return
        state.returndata = returned
        state.stack, state.memory = [], _NO_MEMORY
        if kind != "success":
            state.storage, state.transient = self._start.storage.copy(), self._start.transient.copy()
        self._ends.setdefault(kind, []).append(state)
