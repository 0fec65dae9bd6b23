"""A contract in outline for a reader: whom it inherits, who may call what, and what calls what.

The same facts as Slither's printers `inheritance`, `vars-and-auth`, `function-summary` and `call-graph`, as
data: the printers write text for a terminal and files, and miss what is stored through a storage pointer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from slither import Slither
from slither.core.declarations import Contract, Function, FunctionContract
from slither.core.variables.state_variable import StateVariable
from slither.printers.functions.authorization import PrinterWrittenVariablesAndAuthorization
from slither.slithir.operations import HighLevelCall, InternalCall, LibraryCall

from harness.audit.detectors.flow import Flow, written
from harness.audit.errors import AuditError


@dataclass(frozen=True, slots=True)
class Base:
    """A contract in the line of inheritance: where it is declared, and its immediate bases."""

    name: str
    file: str
    bases: tuple[str, ...]
    is_dependency: bool


@dataclass(frozen=True, slots=True)
class Access:
    """An entry point: its modifiers, the conditions on its caller, the variables that it reads and stores to.

    `mutability` is ``view``, ``pure``, ``payable`` or empty. What is read is without constants.
    """

    function: str
    declared_in: str
    mutability: str
    modifiers: tuple[str, ...]
    conditions: tuple[str, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """`caller` calls `callee`; `external` if that is another contract. Both as ``Contract.function``."""

    caller: str
    callee: str
    external: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """What there is to see of one contract; `bases` starts with the contract itself."""

    bases: tuple[Base, ...]
    access: tuple[Access, ...]
    calls: tuple[Call, ...]


def outline(slither: Slither, unit: str, name: str) -> Outline:
    """Return the outline of contract `name` of `unit`, which `slither` must have read.

    Raises:
        AuditError: if there is no such contract.
    """
    for contract in slither.contracts:
        if contract.name == name and contract.source_mapping.filename.short == unit:
            return Outline(tuple(_bases(contract)), tuple(_access(contract)), tuple(_calls(contract)))
    raise AuditError(f"{unit} declares no contract {name} that could be outlined.")


def _bases(contract: Contract) -> Iterator[Base]:
    for each in (contract, *contract.inheritance):
        immediate = tuple(base.name for base in each.immediate_inheritance)
        yield Base(each.name, each.source_mapping.filename.short, immediate, each.is_from_dependency())


def _access(contract: Contract) -> Iterator[Access]:
    for function in sorted(contract.functions_entry_points, key=lambda each: str(each.full_name)):
        if not isinstance(function, FunctionContract):
            continue
        conditions = PrinterWrittenVariablesAndAuthorization.get_msg_sender_checks(function)
        yield Access(
            function=function.full_name,
            declared_in=function.contract_declarer.name,
            mutability=_mutability(function),
            modifiers=tuple(modifier.name for modifier in function.modifiers),
            conditions=tuple(sorted(set(conditions))),
            reads=tuple(sorted({one.name for one in function.all_state_variables_read() if one.is_stored})),
            writes=tuple(sorted({variable.name for variable in _stored(function)})),
        )


def _mutability(function: Function) -> str:
    flags = {"pure": function.pure, "view": function.view, "payable": function.payable}
    return next((name for name, holds in flags.items() if holds), "")


def _stored(function: Function) -> Iterator[StateVariable]:
    inner = [call.function for call in function.all_internal_calls() if isinstance(call.function, Function)]
    for each in (function, *inner):
        flow = Flow(each)
        for _, operation in flow.operations:
            target = written(operation)
            root = flow.path(target)[0] if target is not None else None
            if isinstance(root, StateVariable):
                yield root


def _calls(contract: Contract) -> Iterator[Call]:
    found: dict[Call, None] = {}
    for function in (*contract.functions, *contract.modifiers):
        for operation in (operation for node in function.nodes for operation in node.irs):
            callee = getattr(operation, "function", None)
            if isinstance(operation, InternalCall | HighLevelCall) and isinstance(callee, Function):
                external = isinstance(operation, HighLevelCall) and not isinstance(operation, LibraryCall)
                found[Call(_name(function), _name(callee), external)] = None
    yield from found


def _name(function: Function) -> str:
    declarer = getattr(function, "contract_declarer", None)
    return f"{declarer.name}.{function.name}" if declarer is not None else str(function.name)
