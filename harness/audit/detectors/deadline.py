"""One deadline whose last second counts differently in different places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from slither.core.cfg.node import Node
from slither.core.declarations import Contract, FunctionContract
from slither.core.variables.state_variable import StateVariable
from slither.slithir.operations import Binary, BinaryType, InternalCall
from slither.slithir.variables import Constant

from harness.audit.detectors.base import LOW, MEDIUM, Info, PoolDetector, outliers, own_functions
from harness.audit.detectors.flow import Flow

# Whether the boundary second itself is over, when the time stands on the left.
_OVER_AT_BOUNDARY = {
    BinaryType.GREATER: False,
    BinaryType.LESS_EQUAL: False,
    BinaryType.GREATER_EQUAL: True,
    BinaryType.LESS: True,
}
_MIRRORED = {
    BinaryType.GREATER: BinaryType.LESS,
    BinaryType.LESS: BinaryType.GREATER,
    BinaryType.GREATER_EQUAL: BinaryType.LESS_EQUAL,
    BinaryType.LESS_EQUAL: BinaryType.GREATER_EQUAL,
}
_SHORTEST_PERIOD = 60  # seconds; a smaller literal is no deadline


class _Comparison(NamedTuple):
    """The time is compared with a deadline that depends on `period`."""

    period: str
    over: bool
    function: FunctionContract
    node: Node


class DeadlineStrictness(PoolDetector):
    """Comparisons of the time with one period that disagree about the boundary second."""

    ARGUMENT = "pool-deadline-strictness"
    HELP = "A deadline is compared with another strictness than elsewhere"
    IMPACT = LOW
    CONFIDENCE = MEDIUM
    WIKI_TITLE = "A deadline compared with the wrong strictness"
    WIKI_DESCRIPTION = (
        "`block.timestamp > start + PERIOD` in one function and `>=` in another disagree about one second, "
        "in which an exit is both mature and not."
    )
    WIKI_EXPLOIT_SCENARIO = "In the boundary second an exit can be withdrawn, and still be slashed."
    WIKI_RECOMMENDATION = "Compare in one function, and call it everywhere."

    def findings(self, contract: Contract) -> Iterator[Info]:
        """Yield the comparisons in `contract` that disagree with most others of the same period."""
        groups: dict[str, list[_Comparison]] = defaultdict(list)
        for function in own_functions(contract):
            for comparison in _comparisons(function):
                groups[comparison.period].append(comparison)
        for period, comparisons in groups.items():
            for each in outliers(comparisons, lambda each: each.over):
                says = "over" if each.over else "not over"
                text = f" takes {period} for {says} in its last second, elsewhere it is the opposite:\n\t- "
                yield [each.function, text, each.node, "\n"]


def _comparisons(function: FunctionContract) -> Iterator[_Comparison]:
    flow = Flow(function)
    for node, operation in flow.operations:
        if not isinstance(operation, Binary) or operation.type not in _OVER_AT_BOUNDARY:
            continue
        left, right = (flow.leaves(side) for side in (operation.variable_left, operation.variable_right))
        if any(_is_time(leaf, flow) for leaf in left):
            kind = operation.type
        elif any(_is_time(leaf, flow) for leaf in right):
            kind = _MIRRORED[operation.type]
        else:
            continue
        for period in {name for leaf in (*left, *right) if (name := _period(leaf))}:
            yield _Comparison(period, _OVER_AT_BOUNDARY[kind], function, node)


def _is_time(leaf: Any, flow: Flow) -> bool:
    operation = flow.definition(leaf)
    if isinstance(operation, InternalCall) and operation.function is not None:
        return any(
            variable.name == "block.timestamp" for variable in operation.function.solidity_variables_read
        )
    return getattr(leaf, "name", "") == "block.timestamp"


def _period(leaf: Any) -> str:
    """Return the name of a period, or nothing: a constant or immutable, or a literal number of seconds."""
    if isinstance(leaf, StateVariable) and (leaf.is_constant or leaf.is_immutable):
        return str(leaf.name)
    if isinstance(leaf, Constant) and isinstance(leaf.value, int) and leaf.value >= _SHORTEST_PERIOD:
        return f"{leaf.value} seconds"
    return ""
