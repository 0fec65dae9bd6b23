"""Values that are used after they were cleared: as the key of a record, or as what is paid."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from slither.core.cfg.node import Node
from slither.core.declarations import Contract, FunctionContract
from slither.core.variables.state_variable import StateVariable
from slither.slithir.operations import (
    EventCall,
    HighLevelCall,
    Index,
    InternalCall,
    LowLevelCall,
    Operation,
    Send,
    Transfer,
)
from slither.slithir.variables import ReferenceVariable

from harness.audit.detectors.base import HIGH, Info, PoolDetector, own_functions
from harness.audit.detectors.flow import Flow, Path, after, is_storage, sets_zero, written

Uses = Callable[[Operation], list[object]]


class KeyResetBeforeUse(PoolDetector):
    """Records that are looked up by a stored key after that key was cleared."""

    ARGUMENT = "pool-key-reset-before-use"
    HELP = "A record is looked up by a key that was just cleared"
    IMPACT = HIGH
    CONFIDENCE = HIGH
    WIKI_TITLE = "A mapping entry cleared after its key was reset"
    WIKI_DESCRIPTION = (
        "After `staker.id = 0`, `delete owners[staker.id]` deletes the entry of id 0: the real entry stays, "
        "and a later holder of that id shares it."
    )
    WIKI_EXPLOIT_SCENARIO = "A staker who left stays the recorded owner of the slot that the next one enters."
    WIKI_RECOMMENDATION = "Copy the key to a local variable before it is cleared."

    def findings(self, contract: Contract) -> Iterator[Info]:
        """Yield the lookups in `contract` by a cleared key."""
        for function in own_functions(contract):
            for reset, use in _uses_after_reset(function, _keys):
                yield [function, " looks up:\n\t- ", use, "\n\tby what it cleared:\n\t- ", reset, "\n"]


class AmountResetBeforePayment(PoolDetector):
    """Amounts that are passed on after they were cleared."""

    ARGUMENT = "pool-amount-reset-before-use"
    HELP = "An amount is paid or reported after it was cleared"
    IMPACT = HIGH
    CONFIDENCE = HIGH
    WIKI_TITLE = "An amount used after it was reset"
    WIKI_DESCRIPTION = (
        "After `staker.exitAmount = 0`, a call or an event with `staker.exitAmount` pays or reports nothing."
    )
    WIKI_EXPLOIT_SCENARIO = (
        "`withdraw` clears the exit and then mints `staker.exitAmount`: the tokens are lost."
    )
    WIKI_RECOMMENDATION = "Copy the amount to a local variable before it is cleared."

    def findings(self, contract: Contract) -> Iterator[Info]:
        """Yield the calls and events in `contract` with a cleared value."""
        for function in own_functions(contract):
            for reset, use in _uses_after_reset(function, _arguments):
                yield [function, " passes on:\n\t- ", use, "\n\twhat it cleared:\n\t- ", reset, "\n"]


def _keys(operation: Operation) -> list[object]:
    return [operation.variable_right] if isinstance(operation, Index) else []


def _arguments(operation: Operation) -> list[object]:
    if isinstance(operation, EventCall | HighLevelCall | InternalCall | LowLevelCall):
        return [*operation.arguments, getattr(operation, "call_value", None)]
    return [operation.call_value] if isinstance(operation, Send | Transfer) else []


def _uses_after_reset(function: FunctionContract, uses: Uses) -> Iterator[tuple[Node, Node]]:
    """Yield (reset, use) of places in storage that one statement clears and a later one reads for `uses`."""
    flow = Flow(function)
    resets = [
        (node, flow.path(written(operation))) for node, operation in flow.operations if sets_zero(operation)
    ]
    for reset, place in resets:
        if not is_storage(place):
            continue
        reachable = _until_written_again(reset, place, flow)
        for node, operation in flow.operations:
            read = (flow.source(value, through_locals=False) for value in uses(operation))
            if node in reachable and any(_is(place, value, flow) for value in read):
                yield reset, node


def _is(place: Path, value: object, flow: Flow) -> bool:
    return isinstance(value, ReferenceVariable | StateVariable) and flow.path(value) == place


def _until_written_again(reset: Node, place: Path, flow: Flow) -> set[Node]:
    """Return the nodes that run after `reset`, less those that run after `place` is set once more."""
    reachable = after(reset)
    for node, operation in flow.operations:
        target = written(operation)
        again = node in reachable and target is not None and not sets_zero(operation)
        if again and flow.path(target) == place:
            reachable -= after(node) | {node}
    return reachable
