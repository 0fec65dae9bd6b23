"""A wider value cut to fewer bits without a check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slither.core.cfg.node import Node
from slither.core.declarations import Contract
from slither.core.declarations.solidity_variables import SolidityVariableComposed
from slither.slithir.operations import Binary, BinaryType, TypeConversion
from slither.slithir.variables import Constant

from harness.audit.detectors.base import HIGH, MEDIUM, Info, PoolDetector, own_functions
from harness.audit.detectors.flow import Flow, bits_of

_ORDERS = {BinaryType.LESS, BinaryType.LESS_EQUAL, BinaryType.GREATER, BinaryType.GREATER_EQUAL}
_TIMESTAMP_BITS = 40  # seconds until the year 36812


class NarrowingCast(PoolDetector):
    """Explicit conversions to a narrower integer type that nothing in the function bounds."""

    ARGUMENT = "pool-narrowing-cast"
    HELP = "Wider integer cut to a narrower type without a check"
    IMPACT = HIGH
    CONFIDENCE = MEDIUM
    WIKI_TITLE = "Unchecked narrowing of a wider intermediate"
    WIKI_DESCRIPTION = (
        "`uint32(x)` silently drops the upper bits of `x`, checked arithmetic or not. An amount that was "
        "computed in a wide type and stored in a narrow one can lose most of its value."
    )
    WIKI_EXPLOIT_SCENARIO = (
        "`staker.exitAmount = uint64(amount)` with `amount = 2**64` records an exit of nothing."
    )
    WIKI_RECOMMENDATION = "Use SafeCast, or compare with `type(T).max` first."

    def findings(self, contract: Contract) -> Iterator[Info]:
        """Yield the conversions in `contract` that may lose bits."""
        for function in own_functions(contract):
            flow = Flow(function)
            # The innermost conversion of a statement stands for those around it.
            found: dict[Node, TypeConversion] = {}
            for node, operation in flow.operations:
                if isinstance(operation, TypeConversion) and _loses_bits(operation, flow):
                    found.setdefault(node, operation)
            for node, operation in found.items():
                text = f" narrows {flow.width(operation.variable)} bits to {operation.type} unchecked:\n\t- "
                yield [function, text, node, "\n"]


def _loses_bits(operation: TypeConversion, flow: Flow) -> bool:
    target, value = bits_of(operation.type), operation.variable
    if not target or flow.width(value) <= target or isinstance(flow.source(value), Constant):
        return False
    if isinstance(value, SolidityVariableComposed) and target >= _TIMESTAMP_BITS:
        return value.name not in {"block.timestamp", "block.number"}
    return not _is_masked(value, target, flow) and not _is_compared(value, target, flow)


def _is_masked(value: Any, target: int, flow: Flow) -> bool:
    """Say whether `value` is the result of ``%`` or ``&`` with a constant that leaves only `target` bits."""
    operation = flow.definition(flow.source(value))
    if not isinstance(operation, Binary) or operation.type not in {BinaryType.MODULO, BinaryType.AND}:
        return False
    bounds = [flow.source(each) for each in (operation.variable_left, operation.variable_right)]
    return any(isinstance(each, Constant) and _fits(each.value, target) for each in bounds)


def _is_compared(value: Any, target: int, flow: Flow) -> bool:
    """Say whether the function compares `value` with a constant of at most `target` bits."""
    wanted = flow.source(value)
    for _, operation in flow.operations:
        if isinstance(operation, Binary) and operation.type in _ORDERS:
            sides = [flow.source(each) for each in (operation.variable_left, operation.variable_right)]
            bounded = any(isinstance(each, Constant) and _fits(each.value, target) for each in sides)
            if bounded and wanted in sides:
                return True
    return False


def _fits(value: object, bits: int) -> bool:
    # Zero bounds nothing from above: `x > 0` is no check.
    return isinstance(value, int) and 0 < value <= 1 << bits
