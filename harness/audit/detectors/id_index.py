"""One id that is used with an array as two different indices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from slither.core.cfg.node import Node
from slither.core.declarations import Contract, FunctionContract
from slither.core.solidity_types import ArrayType
from slither.core.variables.state_variable import StateVariable
from slither.slithir.operations import Assignment, Index, Member
from slither.slithir.variables import ReferenceVariable

from harness.audit.detectors.base import HIGH, MEDIUM, Info, PoolDetector, outliers, own_functions
from harness.audit.detectors.flow import Flow, is_storage


class _Use(NamedTuple):
    """`array` is used at the stored id `key` plus `shift`."""

    array: StateVariable
    key: str
    shift: int
    function: FunctionContract
    node: Node


class IdIndexMismatch(PoolDetector):
    """Arrays that are indexed by a stored id with different offsets in different places."""

    ARGUMENT = "pool-id-index-mismatch"
    HELP = "A stored id selects different elements of one array"
    IMPACT = HIGH
    CONFIDENCE = MEDIUM
    WIKI_TITLE = "Off by one between an id and an index"
    WIKI_DESCRIPTION = (
        "Where 0 means `no slot`, ids count from 1, and the record of id `n` is `records[n - 1]` or "
        "`records[n]`, but the same everywhere. One place that forgets the shift touches somebody else's."
    )
    WIKI_EXPLOIT_SCENARIO = (
        "`enter` writes `records[i]` and stores the id `i + 1`; `exit` pays out `records[id]`, a neighbour's."
    )
    WIKI_RECOMMENDATION = "Convert between id and index in one function, and use it everywhere."

    def findings(self, contract: Contract) -> Iterator[Info]:
        """Yield the uses in `contract` that disagree with most others of the same id and array."""
        groups: dict[tuple[StateVariable, str], list[_Use]] = defaultdict(list)
        for function in own_functions(contract):
            for use in dict.fromkeys(_uses(function)):
                groups[use.array, use.key].append(use)
        for (array, key), uses in groups.items():
            for use in outliers(uses, lambda use: use.shift):
                place = f"{key} {use.shift:+d}" if use.shift else key
                text = f" at {place}, elsewhere at another shift:\n\t- "
                yield [use.function, " takes ", array, text, use.node, "\n"]


def _uses(function: FunctionContract) -> Iterator[_Use]:
    """Yield the uses of arrays by ids in `function`.

    Direct ones (``records[staker.id - 1]``), and implied ones: ``records[i]`` in a function that stores
    ``i + 1`` as the id takes the record at id - 1.
    """
    flow = Flow(function)
    stored: dict[Any, list[tuple[str, int]]] = defaultdict(list)
    indexed: list[tuple[Node, StateVariable, Any, int]] = []
    for node, operation in flow.operations:
        if isinstance(operation, Assignment) and isinstance(operation.lvalue, ReferenceVariable):
            key = _id(operation.lvalue, flow)
            if key is not None:
                variable, shift = flow.shifted(operation.rvalue)
                stored[variable].append((key, shift))
        if isinstance(operation, Index) and _is_array(operation.variable_left):
            variable, shift = flow.shifted(operation.variable_right)
            indexed.append((node, operation.variable_left, variable, shift))
    for node, array, variable, shift in indexed:
        direct = _id(variable, flow)
        if direct is not None:
            yield _Use(array, direct, shift, function, node)
        for key, id_shift in stored.get(variable, []):
            yield _Use(array, key, shift - id_shift, function, node)


def _is_array(variable: object) -> bool:
    return isinstance(variable, StateVariable) and isinstance(variable.type, ArrayType)


def _id(variable: Any, flow: Flow) -> str | None:
    """Return a name for the stored integer `variable`: a struct's member or a mapping's value; else None."""
    operation = flow.definition(variable)
    if not isinstance(variable, ReferenceVariable) or not flow.width(variable):
        return None
    if isinstance(operation, Member):
        return f"{operation.variable_left.type}.{operation.variable_right}"
    if isinstance(operation, Index) and is_storage(flow.path(variable)):
        return None if _is_array(operation.variable_left) else str(operation.variable_left)
    return None
