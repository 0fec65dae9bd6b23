"""A call to another contract before the state is what it should be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slither.core.cfg.node import Node
from slither.core.declarations import Contract, Function, FunctionContract
from slither.core.variables.state_variable import StateVariable
from slither.slithir.operations import (
    HighLevelCall,
    InternalCall,
    LibraryCall,
    LowLevelCall,
    Operation,
    Send,
    Transfer,
)

from harness.audit.detectors.base import MEDIUM, Info, PoolDetector, entry_points
from harness.audit.detectors.flow import Flow, after, is_storage, written

_GUARD = re.compile(r"non_?reentran|lock", re.IGNORECASE)


class CallBeforeEffects(PoolDetector):
    """Functions without a reentrancy guard that store something after a call that may come back."""

    ARGUMENT = "pool-call-before-effects"
    HELP = "External call before a state change, without a reentrancy guard"
    IMPACT = MEDIUM
    CONFIDENCE = MEDIUM
    WIKI_TITLE = "External call before a state change without a guard"
    WIKI_DESCRIPTION = (
        "The called contract can call back while the caller's state is half changed. A token counts too: it "
        "is upgradeable, and may have hooks."
    )
    WIKI_EXPLOIT_SCENARIO = "`withdraw` mints and then clears the exit; the token's hook withdraws again."
    WIKI_RECOMMENDATION = "Make all calls last, or add a guard to every function that shares the state."

    def findings(self, contract: Contract) -> Iterator[Info]:
        """Yield the unguarded functions of `contract` with a store after a call, one for each call."""
        for function in entry_points(contract):
            if any(_GUARD.search(modifier.name) for modifier in function.modifiers):
                continue
            calls = [node for node in function.nodes if any(_calls_out(each) for each in node.irs)]
            stores = _stores(function)
            for call in calls:
                later = [node for node in stores if node in after(call)]
                if later:
                    yield [
                        function, " calls out:\n\t- ", call, "\n\tbefore it stores:\n\t- ", later[0], "\n",
                    ]  # fmt: skip


def _stores(function: FunctionContract) -> list[Node]:
    flow = Flow(function)
    found = []
    for node, operation in flow.operations:
        target = written(operation)
        inside = isinstance(operation, InternalCall) and _changes_state(operation.function)
        if inside or (target is not None and is_storage(flow.path(target)) and not _is_pointer(target)):
            found.append(node)
    return found


def _is_pointer(target: object) -> bool:
    # Setting a storage pointer stores nothing.
    return getattr(target, "is_storage", False) and not isinstance(target, StateVariable)


def _changes_state(function: object) -> bool:
    return isinstance(function, Function) and any(
        is_storage(flow.path(target)) and not _is_pointer(target)
        for inner in (function, *_called(function))
        for flow in (Flow(inner),)
        for _, operation in flow.operations
        if (target := written(operation)) is not None
    )


def _called(function: Function) -> Iterator[Function]:
    for operation in function.all_internal_calls():
        if isinstance(operation.function, Function):
            yield operation.function


def _calls_out(operation: Operation) -> bool:
    """Say whether `operation` may hand control to another contract that may call back and change state."""
    if isinstance(operation, InternalCall):
        inner = operation.function
        return isinstance(inner, Function) and any(
            _calls_out(each) for function in (inner, *_called(inner)) for node in function.nodes
            for each in node.irs if not isinstance(each, InternalCall)
        )  # fmt: skip
    if isinstance(operation, LibraryCall):
        return False
    if isinstance(operation, HighLevelCall):
        called = operation.function
        return not (
            isinstance(called, StateVariable)
            or (isinstance(called, Function) and (called.view or called.pure))
        )
    return isinstance(operation, LowLevelCall | Send | Transfer)
