"""What Slither says of an implementation behind a proxy: who initialises it, and what the proxy hides of it.

Where fields are, `harness.check.upgrade` says, from what the compiler lays out; Slither's own checks of that
compare the order of declarations, and know of no gaps and no namespaces.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from time import monotonic
from typing import Any

from slither.core.declarations import Contract
from slither.tools.upgradeability.checks import all_checks
from slither.tools.upgradeability.checks.abstract_checks import AbstractCheck

from harness.audit.engine import DETECTOR_ERRORS, analyse, quiet
from harness.audit.errors import AuditError
from harness.check.target import Implementation
from harness.check.upgrade import CHECK
from harness.check.verdict import Outcome, Verdict
from harness.compiler.tree import compile_tree

BY_SLITHER = (
    "missing-init-modifier",
    "missing-calls",
    "multiple-calls",
    "variables-initialized",
    "function-id-collision",
    "function-shadowing",
)
"""The checks that add something, by Slither's names: the initialisers, and selectors that the proxy takes."""


def check_implementation(
    target: str, implementation: Implementation, proxy: Implementation
) -> Iterator[Verdict]:
    """Yield a verdict for each of Slither's checks of an implementation that is to be put behind `proxy`.

    Raises:
        AuditError: if Slither cannot read one of the two.
        CompilerError: if one does not compile.
    """
    with quiet():
        contract, before = _contract(implementation), _contract(proxy)
        for kind in _checks():
            yield _verdict(target, kind, contract, before)


def _verdict(target: str, kind: type[AbstractCheck], contract: Contract, proxy: Contract) -> Verdict:
    started = monotonic()
    try:
        found = kind(None, contract, proxy=proxy).check()
    except DETECTOR_ERRORS as error:
        outcome, detail = Outcome.UNKNOWN, f"the check failed: {type(error).__name__}: {error}"
    else:
        outcome = Outcome.FOUND if found else Outcome.HELD
        detail = "\n".join(" ".join(each["description"].split()) for each in found) or f"Slither: {kind.HELP}"
    return Verdict(target, CHECK, kind.ARGUMENT, contract.name, outcome, monotonic() - started, detail)


def _checks() -> Iterator[type[AbstractCheck]]:
    kinds: list[Any] = [kind for kind in vars(all_checks).values() if inspect.isclass(kind)]
    named = {kind.ARGUMENT: kind for kind in kinds if issubclass(kind, AbstractCheck)}
    for name in BY_SLITHER:
        yield named[name]


def _contract(one: Implementation) -> Contract:
    """Return Slither's view of a contract."""
    unit, name = one.project.locate(one.contract)
    slither = analyse(compile_tree(one.project, [unit], one.settings))
    for contract in slither.contracts:
        if contract.name == name and contract.source_mapping.filename.short == unit:
            return contract
    raise AuditError(f"Slither does not see the contract {one.contract}: try the audit of its file.")
