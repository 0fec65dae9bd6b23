"""The public way in: run a code on an entry and collect the post-state."""

from __future__ import annotations

from harness.compiler.layout import Layout
from harness.symbolic import pieces
from harness.symbolic.data import EMPTY, Data, Known
from harness.symbolic.entry import Entry
from harness.symbolic.frame import End, Frame
from harness.symbolic.opcodes import HANDLERS
from harness.symbolic.path import Path
from harness.symbolic.result import Failure, PostState
from harness.symbolic.run import Options, Run
from harness.symbolic.slots import labels_of
from harness.symbolic.state import State
from harness.symbolic.storage import Fresh, Storage
from harness.symbolic.world import Arbitrary, Environment, World
from harness.term.core import FALSE, TRUE, Term, and_

assert HANDLERS, "the opcodes' families are registered by their import"

NO_VARIABLES = Layout(())


def execute(
    code: bytes,
    layout: Layout,
    entry: Entry,
    options: Options | None = None,
    *,
    world: World | None = None,
    environment: Environment | None = None,
    storage: Storage | None = None,
    transient: Storage | None = None,
    arguments: Data | None = None,
) -> PostState:
    """Run `code` on `entry` from arbitrary storage (or from `storage`), and return what it does.

    For creation code, give ``World(constructing=True)``, zero storage and the encoded
    constructor `arguments`; the deployed code is then the post-state's `returndata`.
    Raises Unsupported for anything that is reached and can't be represented exactly.
    """
    world = world or World()
    run = Run(world, environment or Arbitrary(), options or Options())
    before = storage or Storage(labels_of(layout), Fresh())
    transient = transient or Storage(labels_of(NO_VARIABLES, f"transient{world.mark}"), Fresh())
    code_data = Known([*pieces.of_bytes(code), *(arguments.read(0, _size(arguments)) if arguments else ())])
    frame = Frame(run, code, entry.calldata, code_data, reverts=run.options.reverts)
    path = Path()
    for condition in entry.conditions:
        path = path.extended(condition)
    ends = frame.execute(State(path, before.copy(), transient.copy()))
    return _collect(run, entry, before, transient, ends)


def _size(data: Data) -> int:
    assert data.size.op == "const", "constructor arguments have a constant size"
    return int(data.size.data)


def _collect(run: Run, entry: Entry, before: Storage, transient: Storage, ends: list[End]) -> PostState:
    """Put the ends together."""
    success: Term = FALSE
    state: State | None = None
    failures = []
    for end in ends:
        if end.kind == "success":
            success, state = end.state.path.condition, end.state
        else:
            path, returned = end.state.path, end.state.returndata
            failures.append(Failure(end.kind, path.condition, returned, end.state.trace))
    return PostState(
        entry=entry,
        world=run.world,
        assumed=and_(*entry.conditions) if entry.conditions else TRUE,
        success=success,
        returndata=state.returndata if state else EMPTY,
        failures=tuple(failures),
        before=before,
        storage=state.storage if state else before,
        transient_before=transient,
        transient=state.transient if state else transient,
        trace=state.trace if state else (),
        obligations=run.obligations,
        assumptions=frozenset(run.assumptions),
        blocks=run.blocks,
        late=tuple(run.late),
    )
