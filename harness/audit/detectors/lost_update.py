"""A change to a copy in memory that never reaches storage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slither.core.cfg.node import Node
from slither.core.declarations import Contract, FunctionContract, Structure
from slither.core.solidity_types import UserDefinedType
from slither.core.variables.local_variable import LocalVariable
from slither.slithir.operations import Assignment, Index, Member, Operation
from slither.slithir.variables import ReferenceVariable

from harness.audit.detectors.base import HIGH, MEDIUM, Info, PoolDetector, own_functions
from harness.audit.detectors.flow import Flow, after, is_storage, written


class LostUpdate(PoolDetector):
    """Structs that are copied from storage, changed in memory, and dropped."""

    ARGUMENT = "pool-lost-update"
    HELP = "A memory copy of a stored struct is changed and never written back"
    IMPACT = HIGH
    CONFIDENCE = MEDIUM
    WIKI_TITLE = "A change to a memory copy that is lost"
    WIKI_DESCRIPTION = (
        "`Staker memory s = stakers[a]; s.exitAmount = 0;` changes a copy. Unless the copy is written back "
        "or used afterwards, the change has no effect; `storage` was meant."
    )
    WIKI_EXPLOIT_SCENARIO = "`withdraw` clears the exit in memory only: it can be called again and again."
    WIKI_RECOMMENDATION = "Declare the variable `storage`, or write it back."

    def findings(self, contract: Contract) -> Iterator[Info]:
        """Yield the changes to copies in `contract` that nothing reads."""
        for function in own_functions(contract):
            flow = Flow(function)
            for copy in _copies(function, flow):
                for node, operation in flow.operations:
                    member = _changed_member(operation, copy, flow)
                    if member is not None and not _is_read(copy, member, node, flow):
                        yield [function, f" changes {copy}{member} in memory only:\n\t- ", node, "\n"]


def _copies(function: FunctionContract, flow: Flow) -> Iterator[LocalVariable]:
    """Yield the memory structs of `function` that are set from storage, returned ones left out."""
    for _, operation in flow.operations:
        if not isinstance(operation, Assignment) or not isinstance(operation.lvalue, LocalVariable):
            continue
        copy = operation.lvalue
        struct = isinstance(copy.type, UserDefinedType) and isinstance(copy.type.type, Structure)
        if (
            struct
            and not copy.is_storage
            and copy not in function.returns
            and is_storage(flow.path(operation.rvalue))
        ):
            yield copy


def _changed_member(operation: Operation, copy: LocalVariable, flow: Flow) -> str | None:
    """Return the member of `copy` that `operation` sets, or None."""
    target = written(operation)
    path = flow.path(target) if isinstance(target, ReferenceVariable) else ()
    return str(path[1]) if len(path) == 2 and path[0] is copy else None


def _is_read(copy: LocalVariable, member: str, change: Node, flow: Flow) -> bool:
    """Say whether anything after `change` reads that member of `copy`, or `copy` as a whole."""
    later = after(change)
    for node, operation in flow.operations:
        if node not in later or isinstance(operation, Member | Index):
            continue
        for value in operation.read:
            if value is copy or (_is_reference(value) and flow.path(value)[:2] == (copy, member)):
                return True
    return False


def _is_reference(value: Any) -> bool:
    return isinstance(value, ReferenceVariable)
