"""A function that anyone may call between others that only the protocol may."""

from __future__ import annotations

from collections.abc import Iterator

from slither.core.declarations import Contract, FunctionContract, Modifier

from harness.audit.detectors.base import HIGH, MEDIUM, Info, PoolDetector, entry_points


class MissingModifier(PoolDetector):
    """State-changing functions that ignore who calls, in contracts that otherwise restrict the caller."""

    ARGUMENT = "pool-missing-access-modifier"
    HELP = "A state-changing function without the modifier of its siblings"
    IMPACT = HIGH
    CONFIDENCE = MEDIUM
    WIKI_TITLE = "A protocol-facing function without its modifier"
    WIKI_DESCRIPTION = (
        "A function that changes state and depends on its caller in no way is open to everybody. Where "
        "siblings carry an access modifier, it has probably been forgotten."
    )
    WIKI_EXPLOIT_SCENARIO = "Anyone calls `slashProver` until the pool is empty."
    WIKI_RECOMMENDATION = "Add the modifier, or make the effect depend on `msg.sender`."

    def findings(self, contract: Contract) -> Iterator[Info]:
        """Yield the functions of `contract` that anyone may call to the same effect."""
        siblings = {
            modifier
            for function in contract.functions_entry_points
            for modifier in function.modifiers
            if isinstance(modifier, Modifier) and _looks_at_caller(modifier)
        }
        if not siblings:
            return
        names = ", ".join(sorted(modifier.name for modifier in siblings))
        for function in entry_points(contract):
            if not function.view and not function.pure and not _looks_at_caller(function):
                yield [function, f" changes state for any caller; its siblings have {names}\n"]


def _looks_at_caller(function: FunctionContract | Modifier) -> bool:
    return any(variable.name == "msg.sender" for variable in function.all_solidity_variables_read())
