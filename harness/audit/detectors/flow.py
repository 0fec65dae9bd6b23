"""Where the values of a function come from, on Slither's intermediate representation."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from slither.core.cfg.node import Node
from slither.core.declarations import Function
from slither.core.solidity_types.elementary_type import ElementaryType
from slither.core.variables.local_variable import LocalVariable
from slither.core.variables.state_variable import StateVariable
from slither.slithir.operations import (
    Assignment,
    Binary,
    BinaryType,
    Delete,
    Index,
    Length,
    Member,
    Operation,
    OperationWithLValue,
    TypeConversion,
)
from slither.slithir.variables import Constant, ReferenceVariable, TemporaryVariable

Path = tuple[Any, ...]


class Flow:
    """The operations of one function, and lookups of what defines a variable."""

    def __init__(self, function: Function) -> None:
        self.operations: list[tuple[Node, Operation]] = [
            (node, operation) for node in function.nodes for operation in node.irs
        ]
        self._definition: dict[Any, Operation] = {}
        self._assigned: dict[Any, list[Operation]] = defaultdict(list)
        self._parameters = {*function.parameters, *function.returns}
        for _, operation in self.operations:
            lvalue = getattr(operation, "lvalue", None)
            if isinstance(lvalue, ReferenceVariable):
                if isinstance(operation, Index | Member | Length):
                    self._definition[lvalue] = operation
            elif isinstance(lvalue, TemporaryVariable):
                self._definition[lvalue] = operation
            elif isinstance(lvalue, LocalVariable):
                self._assigned[lvalue].append(operation)

    def definition(self, variable: Any) -> Operation | None:
        """Return the operation that makes a temporary or a reference, or the only one that sets a local."""
        if isinstance(variable, LocalVariable):
            assigned = self._assigned[variable]
            return assigned[0] if len(assigned) == 1 and variable not in self._parameters else None
        return self._definition.get(variable)

    def source(self, variable: Any, through_locals: bool = True) -> Any:
        """Return what `variable` is a copy of, conversions ignored.

        With `through_locals` a local that is set once stands for what it was set to.
        """
        seen: set[Any] = set()
        while variable not in seen and (through_locals or not isinstance(variable, LocalVariable)):
            # Two locals of a loop can be copies of each other.
            seen.add(variable)
            operation = self.definition(variable)
            if isinstance(operation, Assignment):
                variable = operation.rvalue
            elif isinstance(operation, TypeConversion):
                variable = operation.variable
            else:
                break
        return variable

    def shifted(self, variable: Any) -> tuple[Any, int]:
        """Return (x, k) such that `variable` is x + k for a constant k, x being a copy of nothing else."""
        total = 0
        while True:
            variable = self.source(variable)
            operation = self.definition(variable)
            if not isinstance(operation, Binary) or isinstance(variable, LocalVariable):
                return variable, total
            left, right = operation.variable_left, operation.variable_right
            if operation.type is BinaryType.ADDITION and isinstance(left, Constant):
                left, right = right, left
            if not isinstance(right, Constant) or not isinstance(right.value, int):
                return variable, total
            if operation.type not in {BinaryType.ADDITION, BinaryType.SUBTRACTION}:
                return variable, total
            total += right.value if operation.type is BinaryType.ADDITION else -right.value
            variable = left

    def path(self, variable: Any) -> Path:
        """Return the place that a reference names: a root variable, then member names and keys.

        A storage pointer that is set once stands for the place it points to, so two names of one place
        have one path.
        """
        operation = self.definition(variable)
        if isinstance(operation, Member):
            return (*self.path(operation.variable_left), f".{operation.variable_right}")
        if isinstance(operation, Length):
            return (*self.path(operation.value), ".length")
        if isinstance(operation, Index):
            return (*self.path(operation.variable_left), self._key(operation.variable_right))
        pointer = isinstance(variable, LocalVariable) and variable.is_storage
        if pointer and isinstance(operation, Assignment):
            return self.path(operation.rvalue)
        return (variable,)

    def _key(self, variable: Any) -> Any:
        source = self.source(variable)
        if isinstance(source, Constant):
            return source.value
        return self.path(source) if isinstance(source, ReferenceVariable) else source

    def leaves(self, variable: Any) -> list[Any]:
        """Return the variables that `variable` is computed from within this function, itself if from none."""
        found: list[Any] = []
        seen: set[Any] = set()
        waiting = [variable]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            operation = self.definition(current)
            inputs = operation.read if isinstance(operation, OperationWithLValue) else []
            if isinstance(current, StateVariable) or not inputs:
                found.append(current)
            waiting.extend(inputs)
        return found

    def width(self, variable: Any) -> int:
        """Return the bits of the Solidity type of an integer; 0 for a literal, which takes the other's type.

        Slither gives the result of an operation the type of its left operand; Solidity, the wider one.
        """
        if isinstance(variable, Constant):
            return 0
        operation = self._definition.get(variable)
        if isinstance(operation, TypeConversion):
            return bits_of(operation.type)
        if isinstance(operation, Binary) and isinstance(variable, TemporaryVariable):
            return max(self.width(operation.variable_left), self.width(operation.variable_right))
        return bits_of(variable.type)


def bits_of(type_: Any) -> int:
    """Return the bits of an integer type, 0 for any other type."""
    if isinstance(type_, ElementaryType) and type_.name.startswith(("uint", "int")):
        return int(type_.size)
    return 0


def after(node: Node) -> set[Node]:
    """Return the nodes that can run after `node` (itself only within a loop)."""
    seen: set[Node] = set()
    waiting = list(node.sons)
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting.extend(current.sons)
    return seen


def written(operation: Operation) -> Any:
    """Return the variable or reference that `operation` stores to, or None for one that only computes."""
    if isinstance(operation, Delete):
        return operation.variable
    if isinstance(operation, Index | Member | Length):
        return None
    lvalue = getattr(operation, "lvalue", None)
    return lvalue if isinstance(lvalue, ReferenceVariable | StateVariable | LocalVariable) else None


def sets_zero(operation: Operation) -> bool:
    """Say whether `operation` stores zero: a `delete`, or the constant 0."""
    if isinstance(operation, Delete):
        return True
    return (
        isinstance(operation, Assignment)
        and isinstance(operation.rvalue, Constant)
        and operation.rvalue.value in (0, False)
    )


def is_storage(path: Path) -> bool:
    """Say whether a path is a place in storage."""
    root = path[0]
    return isinstance(root, StateVariable) or (isinstance(root, LocalVariable) and root.is_storage)
